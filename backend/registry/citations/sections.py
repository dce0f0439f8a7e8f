"""What stands after the §: numbers with letters, ranges, lists, stk., nr., litra and pkt. (domain.md D1, `paras`)."""

from dataclasses import dataclass, field

from .tokens import NOTHING

DASHES = {"-", "–", "—", "−", "‐", "‑"}
AND = {"og", "eller", "samt"}
# What may follow a list of numbers; before anything else a number counts something («§ 83, 2 timer»).
GOES_ON = {*AND, "i", "jf", "jfr", "stk", "nr", "litra", "til", "ff"}
SECTION_WORDS = {"paragraf", "paragraffen", "paragrafferne", "paragraffer"}
ARTICLE_WORDS = {"artikel", "artiklerne", "artikler"}
PART_WORDS = {
    "stk": "stk",
    "stykke": "stk",
    "nr": "nr",
    "nummer": "nr",
    "litra": "litra",
    "lit": "litra",
    "pkt": "pkt",
    "punktum": "pkt",
}
# «§ 17, stk. 4-udvalg» is a body, not a rule.
BODIES = {
    f"{body}{ending}"
    for body in ("udvalg", "nævn", "råd")
    for ending in ("", "s", "et", "ets", "ene", "enes")
}


@dataclass
class Sections:
    """The sections of one citation; every item is written in one way («3a» is `3 a`)."""

    paragraphs: list = field(default_factory=list)
    stk: list = field(default_factory=list)
    nr: list = field(default_factory=list)
    litra: list = field(default_factory=list)
    pkt: list = field(default_factory=list)
    # The words name a body («§ 17, stk. 4-udvalg»), so that there is no citation.
    is_body: bool = False


class SectionReader:
    """Reads sections from tokens. Every method is given a place and returns what it read and the place after it."""

    def __init__(self, tokens):
        self.tokens = tokens

    def at(self, place):
        """The token at `place`, or NOTHING outside the text."""
        return self.tokens[place] if 0 <= place < len(self.tokens) else NOTHING

    def sections(self, place, *, articles=False):
        """(Sections, place after) of what begins at `place` with §, paragraf or par. (or artikel), else None."""
        start, is_several = self._opening(place, articles)
        if start is None or not self._is_number(start):
            return None
        found = Sections()
        place = self._numbers(start, found.paragraphs, is_several)
        if articles:
            found.paragraphs = [f"art. {item}" for item in found.paragraphs]
        place = self._parts(place, found)
        found.is_body, place = self._body(place)
        return found, place

    def _opening(self, place, articles):
        """(place of the first number, whether several are announced); (None, False) where no sections begin."""
        token = self.at(place)
        if articles:
            if token.key in ARTICLE_WORDS:
                return place + 1, token.key != "artikel"
            return (
                (place + 2, False) if token.key == "art" and self.at(place + 1).key == "." else (None, False)
            )
        if token.key == "§":
            is_several = self.at(place + 1).key == "§"
            return place + 1 + is_several, is_several
        if token.key in SECTION_WORDS:
            return place + 1, token.key in ("paragrafferne", "paragraffer")
        if token.key == "par" and self.at(place + 1).key == ".":
            return place + 2, False
        return None, False

    def _is_number(self, place):
        token = self.at(place)
        return token.kind == "number" and len(token.key) <= 4

    def _numbers(self, place, found, is_several):
        """Read `p { connector p }` into `found`; returns the place after."""
        item, after = self._number(place)
        found.append(item)
        value = self.at(place).value
        while True:
            connector, following = self._connector(after)
            is_range = connector == "range"
            if is_range and "-" in found[-1]:
                break
            if is_range and self.at(following).key == "§":
                following += 1
            if is_range and self._is_letter(following):
                found[-1] = f"{found[-1]}-{self.at(following).key}"
                after = following + 1
                continue
            if not connector or not self._is_number(following):
                break
            is_rising = self.at(following).value >= value
            item, end = self._number(following)
            if not (is_several or is_rising) or not self._ends_item(end, is_free=is_several, by=connector):
                break
            if is_range:
                found[-1] = f"{found[-1]}-{item}"
            else:
                found.append(item)
            value, after = self.at(following).value, end
        if self.at(after).key == "ff":
            after += 1 + (self.at(after + 1).key == "." and self.at(after + 1).is_joined)
        return after

    def _number(self, place):
        """A number with its letter: («83», place) or («83 a», place)."""
        number, letter = self.at(place), self.at(place + 1)
        if letter.kind != "word" or len(letter.key) != 1 or not (letter.is_joined or letter.text.islower()):
            return number.key.lstrip("0") or "0", place + 1
        after = self.at(place + 2)
        is_part_of_word = after.key in DASHES and after.is_joined and len(self.at(place + 3).key) > 1
        if is_part_of_word and self.at(place + 3).kind == "word" and not letter.is_joined:
            return number.key, place + 1
        if letter.key == "i" and not letter.is_joined and not self._is_letter_i(place + 2):
            return number.key, place + 1
        return f"{number.key} {letter.key}", place + 2

    def _is_letter_i(self, place):
        """«§ 12 i, stk. 2» and «§ 12 i i loven»: whether the i before `place` belongs to the number."""
        if self.at(place).key == ",":
            return self.at(place + 1).key in PART_WORDS
        return self.at(place).key in ("i", *PART_WORDS)

    def _connector(self, place):
        """(«range», «list» or «comma», place of the next item), or ("", place) where the list ends."""
        token = self.at(place)
        if token.key in DASHES or token.key == "til":
            return "range", place + 1
        if token.key in AND or (token.key == "/" and token.is_joined):
            return "list", place + 1
        if token.key == ",":
            if self.at(place + 1).key in AND:
                return "list", place + 2
            return "comma", place + 1
        return "", place

    def _ends_item(self, place, *, is_free, by):
        """Whether the number before `place` is an item and no ordinal, date or count of something.

        `is_free`: «§§» has announced several. `by`: the connector before the number.
        """
        token, after = self.at(place), self.at(place + 1)
        if token.key == "." and (after.text.islower() or after.kind == "number"):
            return False
        return is_free or by != "comma" or token.kind != "word" or token.key in GOES_ON

    def _is_letter(self, place):
        token = self.at(place)
        return token.kind == "word" and len(token.key) == 1 and token.key.isalpha()

    def _parts(self, place, found):
        """Read stk., nr., litra and pkt. in any order; returns the place after."""
        seen = set()
        while True:
            start = place + (self.at(place).key == ",")
            is_joined_by_and = self.at(start).key in AND
            start += is_joined_by_and
            part = PART_WORDS.get(self.at(start).key)
            if self._ordinal(start):
                part, after = "pkt", self._ordinals(start, found.pkt)
            elif part is None or (is_joined_by_and and part not in seen):
                return place
            else:
                start += 1 + (self.at(start + 1).key == ".")
                after = self._items(start, getattr(found, part), letters=part == "litra")
            if after is None:
                return place
            seen.add(part)
            place = after

    def _items(self, place, found, *, letters):
        """Read the numbers (or letters) of a part; None where there is none."""
        is_item = self._is_letter if letters else self._is_number
        if not is_item(place):
            return None
        found.append(self.at(place).key)
        place += 1
        while True:
            connector, following = self._connector(place)
            if not connector or not is_item(following) or self._ordinal(following):
                return place
            if connector == "range" and "-" in found[-1]:
                return place
            if letters and self.at(following).key == "i" and not self.at(following).is_joined:
                return place
            if not self._ends_item(following + 1, is_free=False, by=connector):
                return place
            if not letters and self.at(following).value <= self._last_value(found):
                return place
            if connector == "range":
                found[-1] = f"{found[-1]}-{self.at(following).key}"
            else:
                found.append(self.at(following).key)
            place = following + 1

    @staticmethod
    def _last_value(found):
        return int(found[-1].rpartition("-")[2])

    def _ordinal(self, place):
        """Whether «2. pkt.» or «1. og 2. pkt.» begins at `place`."""
        for _item in range(4):
            if not self._is_number(place) or self.at(place + 1).key != ".":
                return False
            if self.at(place + 2).key in ("pkt", "punktum"):
                return True
            connector, place = self._connector(place + 2)
            if not connector:
                return False
        return False

    def _ordinals(self, place, found):
        """Read what `_ordinal` has seen; returns the place after «pkt.»."""
        connector = "list"
        while True:
            if connector == "range":
                found[-1] = f"{found[-1]}-{self.at(place).key}"
            else:
                found.append(self.at(place).key)
            place += 2
            if self.at(place).key in ("pkt", "punktum"):
                stop = self.at(place + 1)
                return place + 1 + (stop.key == "." and stop.is_joined and self.at(place).key == "pkt")
            connector, place = self._connector(place)

    def _body(self, place):
        """(whether the sections only name a body, place after its name)."""
        is_compound = self.at(place).key in DASHES and self.at(place).is_joined
        word = self.at(place + is_compound).key
        if word in BODIES and (is_compound or word.startswith("udvalg")):
            return True, place + is_compound + 1
        return False, place

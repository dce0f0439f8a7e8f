"""The parser of Danish rule citations (domain.md D1): one way through the tokens, never back.

At every token at most a fixed number of others is looked at, so the time follows the text's length.
"""

import datetime
import re
from dataclasses import dataclass, field

from .citation import Citation, Document
from .names import END, address_key
from .sections import AND, DASHES, SectionReader, Sections
from .tokens import tokens_of

# Types as retsinformation abbreviates them (upper case only) and as they are written out.
TYPES = {"LBK", "LOV", "BEK", "CIR", "CIS", "VEJ", "SKR"}
TYPE_WORDS = {
    "lovbekendtgørelse": "LBK",
    "lovbekendtgørelsen": "LBK",
    "lov": "LOV",
    "loven": "LOV",
    "bekendtgørelse": "BEK",
    "bekendtgørelsen": "BEK",
    "cirkulære": "CIR",
    "cirkulæret": "CIR",
    "cirkulæreskrivelse": "CIS",
    "vejledning": "VEJ",
    "vejledningen": "VEJ",
    "skrivelse": "SKR",
    "skrivelsen": "SKR",
}
# Where the ELI of a type lies. Ministerial circulars and guides have four digits or more since they are numbered so.
SERIES = {"LBK": "lta", "LOV": "lta", "BEK": "lta"}
FIRST_RETSINFO_NUMBER = 9000
ELI_ROOT = "https://www.retsinformation.dk/eli/"
EU_WORDS = {
    "forordning": "EU-FOR",
    "forordningen": "EU-FOR",
    "forordningens": "EU-FOR",
    "direktiv": "EU-DIR",
    "direktivet": "EU-DIR",
    "direktivets": "EU-DIR",
}
MONTHS = (
    "januar februar marts april maj juni juli august september oktober november december".split()  # noqa: SIM905
)
# A law that we do not know, by how its name ends.
LAW_ENDINGS = (
    *("lov", "lovs", "loven", "lovens", "bekendtgørelsen", "bekendtgørelsens"),
    *("cirkulæret", "cirkulærets", "vejledningen", "vejledningens"),
)
TITLE_TOKENS = 24
_ELI = re.compile(
    r"(?:https?://)?(?:www\.)?retsinformation\.dk/eli/"
    r"(?:(lta|ltb|ltc|mt|retsinfo)/([0-9]{4})/([0-9]{1,6})|(ft|accn)/([0-9A-Za-z]{1,20}))"
    r"(?:/[a-z]{2,3})?/?(?:\?[^#]*)?(?:#(.*))?",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"P([0-9]{1,4})([a-zæøå]?)", re.IGNORECASE)
_SESSION = re.compile(r"([0-9]{4})([0-9]{2})L[0-9]+")


@dataclass
class _Found:
    """A citation while it is read. `first`, `after`: places of tokens. `is_open`: a § that a law may still claim."""

    first: int
    after: int
    law: str | None = None
    sections: Sections = field(default_factory=Sections)
    document: Document | None = None
    eli: str | None = None
    is_open: bool = False


def find_citations(text, names):
    """The rule citations in `text`, in their order; they never overlap. `names` is the vocabulary (`read_names`).

    Never raises, whatever the text holds; the time follows the text's length.
    """
    tokens = tokens_of(text)
    reader = _Reader(tokens, names)
    citations = []
    for found in reader.read():
        start, end = tokens[found.first].start, reader.end_of(found)
        part = found.sections
        citations.append(
            Citation(
                start=start,
                end=end,
                text=text[start:end],
                law=found.law,
                paragraphs=tuple(part.paragraphs),
                stk=tuple(part.stk),
                nr=tuple(part.nr),
                litra=tuple(part.litra),
                pkt=tuple(part.pkt),
                document=found.document,
                eli=found.eli,
            )
        )
    return citations


class _Reader(SectionReader):
    def __init__(self, tokens, names):
        super().__init__(tokens)
        self.names = names

    def read(self):
        """Every citation, in order."""
        found, group, place = [], [], 0
        while place < len(self.tokens):
            one = self._citation(place)
            if one is None:
                place += 1
                continue
            place = max(one.after, place + 1)
            if one.sections.is_body:
                group = []
                continue
            group = self._join(group, one)
            found.append(one)
        return found

    def end_of(self, found):
        """Where the citation's text ends; an address leaves out the sentence's own signs."""
        last = self.tokens[found.after - 1]
        return last.start + len(_trimmed(last.text)) if last.kind == "url" else last.end

    def _citation(self, place):
        token = self.tokens[place]
        if token.kind == "url":
            return self._address(place)
        if token.kind == "word":
            for read in (
                self._document,
                self._bill,
                self._eu_act,
                self._principle,
                self._law,
                self._unknown_law,
            ):
                if (found := read(place)) is not None:
                    return found
        return self._bare(place)

    def _join(self, group, one):
        """«servicelovens § 83 og § 85»: a § that only «og» parts from the last shares its law, whichever names it."""
        if not group or not self._is_joined(group[-1].after, one.first):
            return [one]
        if one.is_open:
            last = group[-1]
            one.law, one.document, one.eli, one.is_open = last.law, last.document, last.eli, last.is_open
        elif self.at(one.first).key not in ("§", "paragraf", "paragrafferne", "par"):
            return [one]
        elif one.law:
            for other in group:
                if other.is_open:
                    other.law, other.is_open = one.law, False
        return [*group, one] if len(group) < 50 else [one]

    def _is_joined(self, place, end):
        while place < end and (self.at(place).key in (",", "/") or self.at(place).key in AND):
            place += 1
            if end - place > 3:
                return False
        return place == end

    # --- §§ with or without a law ---

    def _bare(self, place):
        read = self.sections(place)
        if read is None:
            read = self.sections(place, articles=True)
            # «artikel 6» alone is anything that one reads.
            if read is None or self._law_after(read[1]) is None:
                return None
        sections, after = read
        found = _Found(place, after, sections=sections, is_open=True)
        if sections.is_body:
            return found
        if (claimed := self._law_after(after)) is not None:
            found.law, found.document, found.eli, found.after = claimed
            found.is_open = False
        return found

    def _law_after(self, place):
        """«… i serviceloven», «… (SEL)»: (law, document, ELI, place after), or None."""
        start = place + (self.at(place).key == ",")
        if self.at(start).key == "i":
            start += 1
            if document := self._document(start, with_sections=False):
                return document.law, document.document, document.eli, document.after
            if act := self._eu_act(start, with_sections=False):
                return act.law, act.document, None, act.after
            if name := self._name(start):
                return name[0], None, None, self._same_law(name)
            if self._is_unknown_law(start) and self.at(start).key not in ("lov", "loven"):
                return None, None, None, start + 1
            return None
        is_bracketed = self.at(place).key == "("
        name = self._name(place + is_bracketed)
        if name is None or name[2] or self._sections_after(name[1]) is not None:
            return None
        if is_bracketed:
            return (name[0], None, None, name[1] + 1) if self.at(name[1]).key == ")" else None
        return name[0], None, None, name[1]

    def _sections_after(self, place):
        """Sections right after a law's name, also after a comma or in brackets: (Sections, place after) or None."""
        mark = self.at(place).key
        read = None
        if mark in (",", "("):
            read = self.sections(place + 1) or self.sections(place + 1, articles=True)
            if read and mark == "(":
                read = read[0], read[1] + (self.at(read[1]).key == ")")
        return read or self.sections(place) or self.sections(place, articles=True)

    # --- laws by name ---

    def _law(self, place):
        name = self._name(place)
        if name is None:
            return None
        law, after, _is_genitive, stands_alone = name
        after = self._same_law(name)
        # «(ældreloven) § 10», after the title or number of the same law.
        is_bracketed = self.at(place - 1).key == "(" and self.at(after).key == ")"
        read = self._sections_after(after + is_bracketed)
        if read is not None:
            return _Found(place, read[1], law, read[0])
        if not stands_alone and after == name[1]:
            return None
        return _Found(place, after, law)

    def _same_law(self, name):
        """The place after a name with another of the same law in brackets: «Lov om social service (SEL)»."""
        after = name[1]
        other = self._name(after + 1) if self.at(after).key == "(" else None
        if other is not None and other[0] == name[0] and self.at(other[1]).key == ")":
            return other[1] + 1
        return after

    def _name(self, place):
        """(law, place after, whether in the genitive, whether it is one without a §) of the longest name here."""
        token, before = self.at(place), self.at(place - 1)
        if token.kind != "word":
            return None
        is_inside = before.kind == "number" or before.key in ("@", "_")
        is_second = before.key in DASHES and before.is_joined and self.at(place - 2).kind == "word"
        if token.is_joined and (is_inside or is_second):
            return None
        found = self._walk(place, self.names.tree) or self._abbreviation(place)
        if found is None or self._goes_on(found[1]):
            return None
        return found

    def _goes_on(self, place):
        """«SEL-møde», «serviceloven_2»: whether the word goes on at `place`."""
        token, after = self.at(place), self.at(place + 1)
        if not token.is_joined:
            return False
        if token.kind == "number" or token.key == "_":
            return True
        return token.key in DASHES and after.is_joined and after.kind == "word"

    def _walk(self, place, tree):
        """The longest name that `tree` has from `place`."""
        found = None
        node = tree
        while (key := self.at(place).key) and key in node:
            node, place = node[key], place + 1
            if END in node:
                law, is_genitive = node[END]
                found = law, place, is_genitive, True
        return found

    def _abbreviation(self, place):
        """An abbreviation, upper case only («LAS» is an act, «las» a verb), also as «SELs» and «GDPR's»."""
        text, after = self.at(place).text, place + 1
        abbreviations = self.names.abbreviations
        is_genitive = text not in abbreviations and text.endswith("s") and text[:-1] in abbreviations
        known = abbreviations.get(text[:-1] if is_genitive else text)
        if known is None:
            return None
        if self.at(after).key in ("'", "’") and self.at(after + 1).key == "s":
            is_genitive, after = True, after + 2
        stands_alone = known.stands_alone and not self._is_shouted(place)
        return known.key, after, is_genitive, stands_alone

    def _is_shouted(self, place):
        """Whether a neighbour is in capitals too: in «JEG LAS DEN» nothing is an abbreviation."""
        return any(
            token.kind == "word"
            and len(token.text) > 1
            and token.text.isupper()
            and token.text not in self.names.abbreviations
            for token in (self.at(place - 1), self.at(place + 1))
        )

    def _unknown_law(self, place):
        """A law that the registry does not know is kept, where a § follows: «voksenansvarsloven § 3»."""
        if not self._is_unknown_law(place):
            return None
        after = place + 1
        read = self._sections_after(after)
        if read is None and self.at(place).key in TYPE_WORDS and self.at(after).key == "om":
            read = self._sections_after_title(after)
        return _Found(place, read[1], None, read[0]) if read else None

    def _is_unknown_law(self, place):
        token = self.at(place)
        return token.kind == "word" and token.key.endswith(LAW_ENDINGS)

    def _sections_after_title(self, place):
        """The sections after a title that nobody knows, which ends at the first § within reach; else None."""
        for here in range(place + 1, place + TITLE_TOKENS):
            token = self.at(here)
            if token.key == "§" or token.key in ("paragraf", "paragrafferne"):
                before = self.at(here - 1)
                return self.sections(here) if before.kind == "word" or before.key == "," else None
            if token.kind not in ("word", "number") and token.key not in (",", "-", "/"):
                return None
            if token.key in ("jf", "jfr", "i") or self._name(here) or token.key.endswith("lovens"):
                return None
        return None

    # --- documents by number ---

    def _document(self, place, *, with_sections=True):
        """«LBK nr 1053 af 08/09/2015», «bekendtgørelse nr. 904 af 22. august 2019, § 3»."""
        token = self.at(place)
        is_abbreviated = token.text in TYPES
        type_ = token.text if is_abbreviated else TYPE_WORDS.get(token.key)
        if type_ is None:
            return None
        after = place + 1
        has_word = self.at(after).key in ("nr", "nummer")
        after += has_word and 1 + (self.at(after + 1).key == ".")
        number = self.at(after)
        if number.kind != "number":
            return None
        date, year, end = self._date_of(after + 1)
        if date is None and not (is_abbreviated and has_word):
            return None
        digits = number.key.lstrip("0") or "0"
        found = _Found(place, end, document=Document(type_, digits, date), eli=_eli_of(type_, digits, year))
        found.law = self.names.documents.get((type_, digits, year))
        self._add_title(found)
        if not with_sections:
            return found
        read = self._sections_after(found.after)
        if read is None and self.at(found.after).key == "om":
            read = self._sections_after_title(found.after)
        if read is not None:
            found.sections, found.after = read
        return found

    def _add_title(self, found):
        """«… om beskyttelse af whistleblowere» names the law where its number does not."""
        is_titled = self.at(found.after).key == "om"
        title = self._walk(found.after, self.names.tree.get("lov", {})) if is_titled else None
        if title is not None:
            found.law, found.after = found.law or title[0], title[1]

    def _date_of(self, place):
        """(ISO day or year, year, place after) of «af 3. juli 2024» or «/2024», else (None, None, place)."""
        if self.at(place).key == "/" and self.at(place).is_joined and len(self.at(place + 1).key) == 4:
            year = self.at(place + 1)
            return (year.key, year.key, place + 2) if year.kind == "number" else (None, None, place)
        if self.at(place).key != "af":
            return None, None, place
        start = place + 1 + (self.at(place + 1).key == "den")
        first, mark, second = self.at(start), self.at(start + 1), self.at(start + 2)
        if first.kind != "number":
            return None, None, place
        if len(first.key) == 4 and mark.key not in ("/", "-"):
            return first.key, first.key, start + 1
        if second.kind == "number" and mark.key in ("/", "-", "."):
            third = start + 3 + (self.at(start + 3).key == mark.key)
            return self._day(self.at(third), second.value, first.value, third + 1) or (None, None, place)
        month = start + 1 + (mark.key == ".")
        if self.at(month).key not in MONTHS:
            return None, None, place
        number = MONTHS.index(self.at(month).key) + 1
        return self._day(self.at(month + 1), number, first.value, month + 2) or (None, None, place)

    def _day(self, year, month, day, after):
        """A day that the calendar does not have leaves the year."""
        if year.kind != "number" or len(year.key) != 4:
            return None
        try:
            return datetime.date(year.value, month, day).isoformat(), year.key, after
        except ValueError:
            return year.key, year.key, after

    def _bill(self, place):
        """«L 89 (2024-25), forslag til ældrelov»."""
        number = self.at(place + 1)
        if self.at(place).text != "L" or number.kind != "number":
            return None
        after, session = place + 2, None
        year, mark, end = self.at(place + 3), self.at(place + 4), self.at(place + 5)
        is_bracketed = self.at(after).key == "(" and self.at(place + 6).key == ")"
        is_session = year.kind == end.kind == "number" and len(year.key) == 4 and mark.key in DASHES | {"/"}
        if is_bracketed and is_session:
            session, after = f"{year.key}-{end.key[-2:]}", place + 7
        title = after + (self.at(after).key == ",")
        is_titled = self.at(title).key == "forslag" and self.at(title + 1).key == "til"
        if session is None and not is_titled:
            return None
        found = _Found(place, after, document=Document("L", number.key, session))
        found.law = self.names.bills.get((number.key, session))
        if is_titled and (name := self._name(title + 2)):
            found.law, found.after = found.law or name[0], name[1]
        return found

    def _eu_act(self, place, *, with_sections=True):
        """«forordning (EU) 2016/679», «direktiv (EU) 2016/2102, artikel 4»."""
        type_ = EU_WORDS.get(self.at(place).key)
        if type_ is None or self.at(place + 1).key != "(" or self.at(place + 3).key != ")":
            return None
        after = place + 4
        after += self.at(after).key == "nr" and 1 + (self.at(after + 1).key == ".")
        first, second = self.at(after), self.at(after + 2)
        is_number = first.kind == second.kind == "number" and self.at(after + 1).key == "/"
        if self.at(place + 2).text not in ("EU", "EF", "EØF") or not is_number:
            return None
        number = f"{first.key}/{second.key}"
        year = next(
            (each.key for each in (first, second) if len(each.key) == 4 and each.key[0] in "12"), None
        )
        found = _Found(
            place, after + 3, self.names.eu_acts.get(number), document=Document(type_, number, year)
        )
        if with_sections and (read := self._sections_after(found.after)) is not None:
            found.sections, found.after = read
        return found

    def _principle(self, place):
        """«Principmeddelelse 12-18»: Ankestyrelsens."""
        if not self.at(place).key.startswith("principmeddelelse"):
            return None
        after = place + 1
        after += self.at(after).key == "nr" and 1 + (self.at(after + 1).key == ".")
        first, mark, second = self.at(after), self.at(after + 1), self.at(after + 2)
        if first.kind != "number" or second.kind != "number" or mark.key not in DASHES or not mark.is_joined:
            return None
        return _Found(place, after + 3, document=Document(None, f"{first.key}-{second.key}", None))

    # --- addresses ---

    def _address(self, place):
        address = _trimmed(self.tokens[place].text)
        eli = _ELI.fullmatch(address)
        if eli is None:
            key = address_key(address)
            if key is None or not key.startswith("retsinformation.dk/forms/"):
                return None
            return _Found(place, place + 1, self.names.addresses.get(key))
        series, year, number, other, id_, anchor = eli.groups()
        if series:
            path = f"{series.lower()}/{year}/{number}"
            document = Document(None, number, year)
        else:
            path = f"{other.lower()}/{id_}"
            session = _SESSION.fullmatch(id_)
            document = Document(None, id_, f"{session[1]}-{session[2]}" if session else None)
        found = _Found(place, place + 1, self.names.elis.get(path), document=document, eli=ELI_ROOT + path)
        if anchor and (section := _ANCHOR.match(anchor)):
            found.sections.paragraphs.append(" ".join(part for part in section.groups() if part).lower())
        return found


def _trimmed(address):
    """An address without the signs of the sentence around it."""
    return address.rstrip(".,;:!?)]}'\"»”’")


def _eli_of(type_, number, year):
    """The address of a document, where its type and number tell the series; else None."""
    series = SERIES.get(type_)
    if series is None and int(number) >= FIRST_RETSINFO_NUMBER:
        series = "retsinfo"
    return f"{ELI_ROOT}{series}/{year}/{number}" if series and year else None

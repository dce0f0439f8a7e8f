"""What laws are called: the registry's names, titles and abbreviations, made ready for reading a text."""

import functools
import re
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Concat

from backend.registry.addresses import slug_of
from backend.registry.models import Law, LawAlias, LawVersion

from .tokens import tokens_of

_EU_NUMBER = re.compile(r"\((?:EU|EF|EØF)\)\s*(?:nr\.?\s*)?([0-9]+/[0-9]+)")
_BILL = re.compile(r"L ([0-9]+) \(([0-9]{4}-[0-9]{2})\)")
_ADDRESS = re.compile(r"(?:https?://)?(?:www\.)?(retsinformation\.dk/\S+)", re.IGNORECASE)
_OPEN_ENDED = re.compile(r"\s+m\.\s?(?:v|fl)\.$")
_NOTE = re.compile(r"\s*\([^()]*\)$")
# The end of a name in the tree of words: (key of the law, whether it stands in the genitive).
END = ""


@dataclass(frozen=True)
class Abbreviation:
    """A law's abbreviation. `stands_alone`: it means the law also without a § after it («STU» does not)."""

    key: str
    stands_alone: bool


@dataclass(frozen=True)
class Names:
    """The vocabulary of laws: everything by which `find_citations` knows one. Made by `read_names`."""

    # Words, one level for each: {"lov": {"om": {"ferie": {"": ("ferieloven", False)}}}}
    tree: dict = field(default_factory=dict)
    abbreviations: dict = field(default_factory=dict)
    # (type, number, year) and `lta/2024/909` of the versions that the registry knows.
    documents: dict = field(default_factory=dict)
    elis: dict = field(default_factory=dict)
    # Old addresses without number and date, EU acts by number, bills by (number, session).
    addresses: dict = field(default_factory=dict)
    eu_acts: dict = field(default_factory=dict)
    bills: dict = field(default_factory=dict)
    # Key of the law → the last part of its page's address, and back.
    slugs: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)


def read_names():
    """The vocabulary as the registry is now.

    One small query reads every name, and what was compiled is remembered by what was read: a law that an administrator
    edits is known to every worker at its next question, and nobody has to be told.
    """
    words = CharField(max_length=1000)
    kind = Case(
        When(is_abbreviation=True, then=Value("abbreviation")), default=Value("alias"), output_field=words
    )
    version = Concat(
        "type", Value("|"), Cast("number", words), Value("|"), Cast("date", words), output_field=words
    )
    laws = Law.objects.order_by()
    rows = laws.values_list("key", Value("name", words), Cast("popular_name", words))
    rows = rows.union(
        laws.values_list("key", Value("title", words), Cast("official_title", words)),
        LawAlias.objects.order_by().values_list("law__key", kind, Cast("text", words)),
        LawVersion.objects.order_by().values_list("law__key", Value("version", words), version),
        LawVersion.objects.order_by().values_list("law__key", Value("eli", words), Cast("eli", words)),
        all=True,
    )
    return compile_names(tuple(sorted(rows.order_by())))


@functools.lru_cache(maxsize=4)
def compile_names(rows):
    """The vocabulary of `rows`: sorted (law, kind, text); kinds: name, title, alias, abbreviation, version, eli."""
    names = Names()
    popular = {key: text for key, kind, text in rows if kind == "name"}
    for key in popular:
        slug = slug_of(key)
        names.slugs[key] = slug
        names.keys.setdefault(slug, key)
    # A popular name goes before what is only somebody's alias.
    order = {"name": 0, "title": 1, "alias": 2}
    for key, kind, text in sorted(rows, key=lambda row: (order.get(row[1], 3), row)):
        if not text:
            continue
        if kind in order:
            _add_name(names, key, text)
        elif kind == "abbreviation":
            # Where people say «STU-loven», «STU» alone is the programme, not the law; two letters are anybody's.
            alone = len(text) > 2 and f"{text}-lov" not in popular[key]
            names.abbreviations.setdefault(text, Abbreviation(key, alone))
        elif kind == "version":
            type_, number, date = text.split("|")
            names.documents.setdefault((type_, number, date[:4]), key)
        else:
            names.elis.setdefault(text.partition("/eli/")[2], key)
    return names


def address_key(address):
    """How an old address is compared, or None where `address` is not retsinformation's."""
    match = _ADDRESS.fullmatch(address)
    return match[1].lower() if match else None


def _add_name(names, key, text):
    if eu_number := _EU_NUMBER.search(text):
        names.eu_acts.setdefault(eu_number[1], key)
    elif bill := _BILL.fullmatch(text):
        names.bills.setdefault(bill.groups(), key)
    elif address := address_key(text):
        names.addresses.setdefault(address, key)
    else:
        for form in _forms(text):
            _add_form(names.tree, key, form)


def _forms(text):
    """A name in the forms that people write: «Lov om byer m.v.» without its end, «serviceloven» as «servicelov»."""
    forms = [text]
    bare = _NOTE.sub("", text)
    if open_ended := _OPEN_ENDED.search(bare):
        short = bare[: open_ended.start()]
        letters = open_ended[0].replace(".", "").replace(" ", "")
        forms += [short, f"{short} {letters}.", f"{short} {'. '.join(letters)}."]
    elif bare != text:
        forms.append(bare)
    elif text.endswith("loven"):
        forms.append(text.removesuffix("en"))
    if text.lower().startswith("lov om "):
        forms += [f"loven{form[3:]}" for form in forms]
    return forms


def _add_form(tree, key, form):
    words = [token.key for token in tokens_of(form)]
    endings = [(words, False)]
    if words[-1].isalpha():
        endings.append(([*words[:-1], f"{words[-1]}s"], True))
    for path, is_genitive in endings:
        node = tree
        for word in path:
            node = node.setdefault(word, {})
        node.setdefault(END, (key, is_genitive))

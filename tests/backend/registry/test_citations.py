"""Rule citations in Danish text: the 36 examples, their variations, the traps, and texts made to break a parser."""

import csv
import datetime
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.registry.actions import load_registry
from backend.registry.citations import find_citations, moved, read_names
from backend.registry.models import Law, LawAlias, LawVersion

FILE = Path(__file__).parent / "data" / "citations_examples.csv"
EXAMPLES = list(csv.DictReader(FILE.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def names(django_db_setup, django_db_blocker):
    """The vocabulary of the shipped registry."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_registry()
        found = read_names()
        transaction.set_rollback(True)
    return found


def short(citation):
    """A citation as a line that one can read: text | law | sections, as far as there are any."""
    parts = [
        f"{name} {' '.join(items)}"
        for name, items in (
            ("§", [item.replace(" ", "_") for item in citation.paragraphs]),
            *(("stk", citation.stk), ("nr", citation.nr), ("litra", citation.litra), ("pkt", citation.pkt)),
        )
        if items
    ]
    return " | ".join([citation.text, citation.law or "?", *parts])


def read(text, names):
    return [short(citation) for citation in find_citations(text, names)]


def parts_of(cell):
    """A cell of the examples as a list: `83;86(stk. 2)` says that stk. 2 is said of the last."""
    return [part.partition("(")[0] for part in cell.split(";") if part]


@pytest.mark.parametrize("row", EXAMPLES, ids=[row["id"] for row in EXAMPLES])
def test_the_examples_parse_as_expected(names, row):
    found = find_citations(row["raw_da"], names)
    if row["eli_or_note"] == "intet fund":
        assert found == []
        return
    (citation,) = found
    unsure = "?" in row["law_ref"] or row["law_ref"].startswith("(")
    expected = row["law_ref"].rstrip("?") or None
    assert citation.law == expected or (unsure and citation.law is None)
    assert list(citation.paragraphs) == parts_of(row["paragraf"])
    stk = ["2"] if "(stk. 2)" in row["paragraf"] else row["stk"].split(";")
    assert list(citation.stk) == [part for part in stk if part]
    assert list(citation.nr) == parts_of(row["nr"])
    kind, _space, value = row["litra_or_pkt"].partition(" ")
    assert list(citation.litra) == ([value] if kind == "litra" else [])
    assert list(citation.pkt) == (["2"] if row["litra_or_pkt"] == "2. pkt." else [])
    if row["doc_number"]:
        document = citation.document
        assert (document.type or "", document.number, document.date or "") == (
            row["doc_type"],
            row["doc_number"],
            # The registry's fact about an address is the year of signature.
            row["doc_date"],
        )
    else:
        assert citation.document is None
    if "eli/" in row["eli_or_note"]:
        assert citation.eli.endswith(row["eli_or_note"].removeprefix("https://www.retsinformation.dk/"))


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Vi følger servicelovens §83 hver dag.", ["servicelovens §83 | serviceloven | § 83"]),
        ("jf. SEL § 83, stk.1.", ["SEL § 83, stk.1 | serviceloven | § 83 | stk 1"]),
        ("SERVICELOVEN § 83", ["SERVICELOVEN § 83 | serviceloven | § 83"]),
        ("GDPR's art. 9", ["GDPR's art. 9 | databeskyttelsesforordningen | § art._9"]),
        ("§§ 83–87 i SEL", ["§§ 83–87 i SEL | serviceloven | § 83-87"]),
        ("§ 83 til § 87 i SEL", ["§ 83 til § 87 i SEL | serviceloven | § 83-87"]),
        ("§§ 83, 83 a, 84 og 86 i SEL", ["§§ 83, 83 a, 84 og 86 i SEL | serviceloven | § 83 83_a 84 86"]),
        ("§ 83 i serviceloven", ["§ 83 i serviceloven | serviceloven | § 83"]),
        ("sundhedslovens § 12 i, stk. 2", ["sundhedslovens § 12 i, stk. 2 | sundhedsloven | § 12_i | stk 2"]),
        ("serviceloven (§ 83)", ["serviceloven (§ 83) | serviceloven | § 83"]),
        ("Lov om social service (SEL) § 83", ["Lov om social service (SEL) § 83 | serviceloven | § 83"]),
        ("LOV nr 1 af 1/2/2024 (SEL) § 3", ["LOV nr 1 af 1/2/2024 | ?", "SEL) § 3 | serviceloven | § 3"]),
        ("Efter loven om social service.", ["loven om social service | serviceloven"]),
        ("§ 83 ff. i serviceloven", ["§ 83 ff. i serviceloven | serviceloven | § 83"]),
        ("§ 10 a, stk. 1, 1. og 2. pkt.", ["§ 10 a, stk. 1, 1. og 2. pkt. | ? | § 10_a | stk 1 | pkt 1 2"]),
        ("lov om almene boliger § 5", ["lov om almene boliger § 5 | almenboligloven | § 5"]),
        ("lov om almene boliger m.v. § 5", ["lov om almene boliger m.v. § 5 | almenboligloven | § 5"]),
        ("klage- og erstatningslovens § 3", ["klage- og erstatningslovens § 3 | klage- og erstatningsloven | § 3"]),
        ("den nye ældrelovs § 10", ["ældrelovs § 10 | ældreloven | § 10"]),
        ("STU-loven", ["STU-loven | STU-loven"]),
        ("§ 112 (serviceloven)", ["§ 112 (serviceloven) | serviceloven | § 112"]),
        ("§ 85-støtte", ["§ 85 | ? | § 85"]),
        ("lovens § 5", ["lovens § 5 | ? | § 5"]),
        ("§ 3 i voksenansvarsloven", ["§ 3 i voksenansvarsloven | ? | § 3"]),
        ("§ 83\nstk. 2", ["§ 83\nstk. 2 | ? | § 83 | stk 2"]),
        ("service\u00adloven §\u00a083", ["service\u00adloven §\u00a083 | serviceloven | § 83"]),
        ("a\u030aben efter planlovens § 5 d", ["planlovens § 5 d | planloven | § 5_d"]),
        ("serviceloven\n\n§ 83", ["serviceloven | serviceloven", "§ 83 | ? | § 83"]),
    ],
)  # fmt: skip
def test_ways_of_writing(names, text, expected):
    assert read(text, names) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("servicelovens § 83, stk. 1, og § 86", ["serviceloven", "serviceloven"]),
        ("§ 83 og § 86 i serviceloven", ["serviceloven", "serviceloven"]),
        ("§ 112 nævnes. § 83 i serviceloven", [None, "serviceloven"]),
        ("serviceloven § 83 og sundhedsloven § 140", ["serviceloven", "sundhedsloven"]),
        ("SEL § 83 og § 3 i voksenansvarsloven", ["serviceloven", None]),
        ("§ 3 i voksenansvarsloven og § 83", [None, None]),
    ],
)
def test_a_law_is_shared_only_along_og(names, text, expected):
    assert [citation.law for citation in find_citations(text, names)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Jeg las den, og sel og bek er ord.",
        "JEG LAS DEN",
        "Hun går på STU og har CPR-nummer.",
        "Spørg BL eller PL.",
        "Et SEL-møde om LAB-projektet",
        "§ 17, stk. 4-udvalget og § 17 stk. 4 udvalg",
        "styrelseslovens § 17, stk. 4-udvalg",
        "Se Kapitel 16 og bilag 2.",
        "UfR 2019.1234 H og U.2019.1 V",
        "artikel 6 i avisen, lov nr. 5 af mange, L 89, vejledning nr. 3",
        "Tyngdeloven gælder, og kærligheden er jantelov.",
        "https://example.org/serviceloven/§83 kontakt@serviceloven.dk www.serviceloven.dk",
        "§",
        "§§§§",
        "§ 123456",
        "",
    ],
)
def test_what_is_no_citation(names, text):
    assert read(text, names) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("§ 83, 2 timer om ugen", "§ 83"),
        ("§ 83 og 2 timer", "§ 83"),
        ("SEL § 83, stk. 2, 3 gange om ugen", "SEL § 83, stk. 2"),
        ("§ 83, 12. maj", "§ 83"),
        ("§ 83 a-kasse", "§ 83"),
    ],
)
def test_a_number_that_counts_something_is_no_section(names, text, expected):
    (citation,) = find_citations(text, names)
    assert citation.text == expected


@pytest.mark.parametrize(
    "text, type_, number, date, law, eli",
    [
        ("loven (LBK nr 909 af 03/07/2024)", "LBK", "909", "2024-07-03", "serviceloven", "lta/2024/909"),
        ("LOV 1651/2024", "LOV", "1651", "2024", "ældreloven", "lta/2024/1651"),
        ("lov nr. 1 af 31. februar 2020", "LOV", "1", "2020", None, "lta/2020/1"),
        ("LBK nr. 5 af 1-2-2021", "LBK", "5", "2021-02-01", None, "lta/2021/5"),
        ("http://retsinformation.dk/eli/lta/2024/909.", None, "909", "2024", "serviceloven", "lta/2024/909"),
        ("https://www.retsinformation.dk/eli/ft/201314L00805", None, "201314L00805", "2013-14", None,
         "ft/201314L00805"),
        ("L 89 (2024-25)", "L", "89", "2024-25", "ældreloven", None),
        ("L 89 (2024/2025)", "L", "89", "2024-25", "ældreloven", None),
        ("CIR nr. 12 af 1. juni 1990", "CIR", "12", "1990-06-01", None, None),
        ("forordning (EF) nr. 883/2004", "EU-FOR", "883/2004", "2004", None, None),
        ("Ankestyrelsens principmeddelelse nr. 12-18", None, "12-18", None, None, None),
    ],
)  # fmt: skip
def test_documents(names, text, type_, number, date, law, eli):
    (citation,) = find_citations(text, names)
    document = citation.document
    assert (document.type, document.number, document.date) == (type_, number, date)
    assert citation.law == law
    assert citation.eli == (eli and f"https://www.retsinformation.dk/eli/{eli}")


def test_sections_of_a_document(names):
    text = "§ 3 i bekendtgørelse nr. 904 af 22. august 2019 om tilgængelighedserklæring, og så § 5."
    assert read(text, names) == [
        "§ 3 i bekendtgørelse nr. 904 af 22. august 2019 | ? | § 3",
        "§ 5 | ? | § 5",
    ]
    text = "bekendtgørelse nr. 904 af 22. august 2019 om tilgængelighedserklæring for apps, § 3"
    assert read(text, names) == [f"{text} | ? | § 3"]


def test_several_in_one_field(names):
    text = (
        "Servicelovens § 83 og SUL § 140; jf. lov om social service, jf. lovbekendtgørelse nr. 909 af 3. juli "
        "2024, § 86, og magtanvendelsesreglerne."
    )
    assert read(text, names) == [
        "Servicelovens § 83 | serviceloven | § 83",
        "SUL § 140 | sundhedsloven | § 140",
        "lov om social service | serviceloven",
        "lovbekendtgørelse nr. 909 af 3. juli 2024, § 86 | serviceloven | § 86",
        "magtanvendelsesreglerne | serviceloven",
    ]


# --- the vocabulary ---


@pytest.mark.django_db
def test_the_vocabulary_follows_the_registry_at_once_in_one_query():
    assert find_citations("fiskeloven", read_names()) == []
    law = Law.objects.create(key="fiskeloven", popular_name="fiskeloven")
    (citation,) = find_citations("fiskelovens § 3", read_names())
    assert citation.law == "fiskeloven"
    LawAlias.objects.create(law=law, text="FIL", is_abbreviation=True)
    LawVersion.objects.create(law=law, type="LOV", number=7, date="2020-01-02")
    with CaptureQueriesContext(connection) as queries:
        names = read_names()
    assert len(queries) == 1
    assert [c.law for c in find_citations("FIL § 3; LOV nr 7 af 02/01/2020", names)] == ["fiskeloven"] * 2
    LawAlias.objects.filter(text="FIL").update(text="FISK")
    assert [c.law for c in find_citations("FISK § 3", read_names())] == ["fiskeloven"]
    assert [c.law for c in find_citations("FIL § 3", read_names())] == [None]
    law.delete()
    assert find_citations("fiskeloven", read_names()) == []


def test_every_law_of_the_registry_is_known_by_its_names_and_has_an_address_of_its_own(names):
    assert len(set(names.slugs.values())) == len(names.slugs)
    assert names.slugs["ældreloven"] == "aeldreloven"
    for key in names.slugs:
        (citation,) = find_citations(f"{key} § 5", names)
        assert citation.law == key
        assert names.keys[names.slugs[key]] == key


# --- where rules have moved ---


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text, day, expected",
    [
        ("SEL § 83", "2025-06-30", {}),
        ("SEL § 83", "2025-07-01", {"ældreloven": ("83",)}),
        ("SEL § 85", "2026-01-01", {}),
        ("§§ 83-87 i SEL", "2026-01-01", {"ældreloven": ("83-87",)}),
        ("SEL § 83 a", "2026-01-01", {"ældreloven": ("83 a",)}),
        ("SEL § 83 c", "2026-01-01", {}),
        ("SEL § 52 a, stk. 1", "2023-12-31", {}),
        ("SEL § 52 a, stk. 1", "2024-01-01", {"barnets lov": ("52 a",)}),
        ("serviceloven", "2026-01-01", {"barnets lov": (), "ældreloven": ()}),
        ("SUL § 83 og voksenansvarsloven § 83 og § 83", "2026-01-01", {}),
    ],
)
def test_a_rule_that_has_moved_may_now_stand_elsewhere(text, day, expected):
    load_registry()
    citations = find_citations(text, read_names())
    hints = moved(citations, on=datetime.date.fromisoformat(day))
    found = {hint.law.key: hint.paragraphs for each in hints.values() for hint in each}
    assert {law: items if citations[0].paragraphs else () for law, items in found.items()} == expected
    assert all(citation.law != law for citation in citations for law in found)


# --- hostile texts ---

WORDS = """
§ §§ paragraf par. 83 83a 3 i a stk. nr. litra pkt. , . - – og til jf. serviceloven servicelovens SEL LAS lov om social
service LBK nr af 08/09/2015 3. juli 2024 forordning (EU) 2016/679 L ( ) / art. GDPR ff. udvalg m.v. principmeddelelse
12-18 forslag voksenansvarsloven https://www.retsinformation.dk/eli/lta/2018/502#P5d
"""
PIECES = st.sampled_from([*WORDS.split(), "\n\n", "\u00ad"])
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_and_spans_slice_back(names, text):
    end = 0
    for citation in find_citations(text, names):
        assert end <= citation.start < citation.end <= len(text)
        assert citation.text == text[citation.start : citation.end]
        assert citation.law is None or citation.law in names.slugs
        assert citation.text == citation.text.strip()
        assert (
            citation.paragraphs
            or citation.law
            or citation.document
            or "retsinformation" in citation.text.lower()
        )
        end = citation.end


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_what_stands_in_another_paragraph_changes_nothing(names, text):
    alone = [citation.text for citation in find_citations("SEL § 83", names)]
    both = [citation.text for citation in find_citations(f"{text}\n\nSEL § 83", names)]
    assert both[-1:] == alone


HOSTILE = [
    "§", "§ ", "§ 1, ", "§§ 1, ", "§ 1 og ", "§ 1-", "stk. 1, ", "§ 1, stk. 1, ", "1. og ", "§ 1, 1. og ",
    "i ", "§ 1 i ", "§ 1 i lov om ", "lov om ", "lov om social ", "klage- og ", "serviceloven ", "serviceloven (",
    "SEL ", "SEL, ", "(", "https://", "https://www.retsinformation.dk/eli/", "retsinformation.dk/",
    "LBK nr 1 af ", "lov nr. 1 af 1. maj 2020 om ", "lov nr. 1 af 1. maj 2020 om a, ", "L 1 (2024-25), forslag til ",
    "forordning (EU) 1/", "GDPR art. 1, ", "a\u0301", "\u0301", "\u00ad", "\n", "\n\n", " ", "1", "a", "å", "-", ".",
    "§ 1 og § 2 og ", "§ 1 i serviceloven og ", "principmeddelelse 1-", "loven, § ", "\x00", "🙂", "１",
    "bekendtgørelse om a ", "§ 1/", "litra a, ", "§ 1, litra a, ", "dag-, fritids- og klubtilbud ",
]  # fmt: skip


def steps(text, names):
    """How many lines of Python the parser runs for `text`: the same on every machine."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find_citations(text, names)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", HOSTILE, ids=[ascii(piece) for piece in HOSTILE])
def test_twice_the_text_is_at_most_twice_the_work(names, piece):
    once = steps((piece * 2000)[:2000], names)
    twice = steps((piece * 4000)[:4000], names)
    assert twice <= 2.1 * once + 500


def test_a_hundred_thousand_characters_are_read(names):
    """All of them after one another; how long it takes is printed by `make bench`."""
    text = "".join((piece * 2000)[: 100_000 // len(HOSTILE) + 1] for piece in HOSTILE)
    assert len(text) >= 100_000
    for citation in find_citations(text, names):
        assert citation.text == text[citation.start : citation.end]

"""Alike texts: what users rely on when they type, and the figures of the test set."""

import time
import uuid
from itertools import islice

import pytest

from backend.cases.similar.search import search
from backend.cases.similar.segment import DamagedFile, Text, build, read, write

from . import similar_set


def texts(rows):
    """Texts of (key, title, problem), and the key of each one's id."""
    names = {uuid.uuid5(uuid.NAMESPACE_URL, key): key for key, _title, _problem in rows}
    made = [
        Text(f"F-{number:05}", uuid.uuid5(uuid.NAMESPACE_URL, key), 1, title, problem)
        for number, (key, title, problem) in enumerate(rows)
    ]
    return made, names


def asker(rows):
    """A function from a query to the keys of the most alike, best first."""
    made, names = texts(rows)
    segment = build(made)
    return lambda query, limit=5: [names[likely.key] for likely in islice(search([segment], query), limit)]


@pytest.fixture(scope="module")
def everything():
    return [*similar_set.cases(), *similar_set.distractors()]


@pytest.fixture(scope="module")
def ask(everything):
    return asker(everything)


def test_the_same_trouble_in_other_words_is_among_the_first_five(ask, everything):
    figures = similar_set.Figures(ask)
    print(
        f"\nsimilar: {figures.asked.total()} queries among {len(everything)} cases:"
        f" recall@5 {figures.recall:.3f}, MRR {figures.mrr:.3f}"
    )
    assert figures.asked.total() >= 60
    assert len(everything) - len(similar_set.cases()) >= 300
    assert figures.recall >= 0.93, figures.missed
    assert figures.mrr >= 0.88, figures.missed
    for kind in ("inflection", "compound", "typo"):
        assert figures.found[kind] == figures.asked[kind], figures.missed


@pytest.mark.parametrize(
    "query, key",
    [
        # inflection, also inside the word
        ("magtanvendelserne", "magt"),
        ("nye bøger fra nabokommunerne", "bibliotek"),
        ("gravetilladelsen", "vej"),
        # a part finds the compound, and the compound its parts
        ("tryksår", "tryksaar"),
        ("temperatur", "mad"),
        ("medlemslister", "forening"),
        ("lokalebooking", "lokale"),
        ("medicinlisterne fra sygehusvæsenet", "medicinpapir"),
        # one slip of the fingers: wrong, missing, too many, swapped
        ("magtanvendelze", "magt"),
        ("børneatest", "boerneattest"),
        ("svømmmehallen", "svoemmehal"),
        ("genotpræning", "genoptraening"),
        # another everyday word
        ("hospitalet", "medicinpapir"),
        ("mit password", "kode"),
        # Unicode in pieces, capitals, soft hyphens
        ("BO\u0308RNEATTEST".replace("O\u0308", "Ø"), "boerneattest"),
        ("tryk\u00adsår", "tryksaar"),
    ],
)
def test_what_is_typed_finds_what_is_meant(ask, query, key):
    assert key in ask(query)


def test_a_word_inside_another_that_is_no_part_of_it_does_not_count():
    ask = asker(
        [("affald", "Affald", "Affald hentes for sjældent."), ("fald", "Fald", "Et fald i journalen.")]
    )
    assert ask("fald") == ["fald"]
    assert ask("affald") == ["affald"]


def test_a_title_weighs_more_than_the_text():
    ask = asker(
        [("text", "Noget andet", "Her er kørsel nævnt."), ("title", "Kørsel", "Her er noget andet nævnt.")]
    )
    assert ask("kørsel") == ["title", "text"]


def test_what_is_nothing_alike_is_not_offered(ask):
    assert ask("zzzz qqqq") == []
    assert ask("") == []
    assert ask("og at det er vi") == []
    assert ask("Kaffen smager dårligt i kantinen") == []
    assert asker([])("Vi taster det samme to gange") == []
    assert asker([("tom", "", "")])("Vi taster det samme to gange") == []


def test_a_long_text_still_finds_short_ones(ask):
    told = [row["query"] for row in similar_set.queries()[:4]]
    found = ask(" ".join(told) + " Legetøj og møder. " * 200, 20)
    assert {"vaegt", "vikaradgang"} <= set(found)


def test_equal_texts_come_in_order_of_reference_whatever_order_the_database_gave():
    made, _names = texts([(f"key {number}", "Samme ord", "De samme ord igen") for number in range(9)])
    expected = [text.reference for text in made]
    for order in (made, made[::-1], made[4:] + made[:4]):
        assert [likely.reference for likely in search([build(order)], "samme ord igen")] == expected
    parts = [build(made[::2]), build(made[1::2], average=5.0)]
    scores = {likely.reference: likely.score for likely in search(parts, "samme ord igen")}
    assert list(scores) == sorted(scores, key=lambda reference: (-scores[reference], reference))


def test_two_segments_answer_as_one(everything):
    made, names = texts(everything)
    whole = build(made)
    parts = [build(made[:400], average=whole.average), build(made[400:], average=whole.average)]
    for row in similar_set.queries()[:30]:
        answers = [
            [
                (names[likely.key], round(likely.score, 3))
                for likely in islice(search(segments, row["query"]), 5)
            ]
            for segments in ([whole], parts)
        ]
        assert answers[0] == answers[1], row["query"]


def test_a_file_answers_as_what_it_was_made_from(everything, tmp_path):
    made, _names = texts(everything)
    segment = build(made, mark=[7, "ab"], built=5.0)
    path = tmp_path / "new" / "similar.index"
    write(segment, path)
    again = read(path)
    assert (again.mark, again.built, len(again)) == ([7, "ab"], 5.0, len(segment))
    for row in similar_set.queries():
        assert list(search([again], row["query"])) == list(search([segment], row["query"]))
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["similar.index"]
    assert list(again.find([made[3].key, uuid.uuid4()])) == [made[3].key]


def test_a_damaged_file_is_told_apart(everything, tmp_path):
    path = tmp_path / "similar.index"
    write(build(texts(everything)[0]), path)
    whole = path.read_bytes()
    for broken in (
        b"",
        b"nonsense",
        whole[: len(whole) // 2],
        whole + b"\0",
        whole[:-100] + bytes(byte ^ 1 for byte in whole[-100:]),
        whole.replace(b'"edition": 1', b'"edition": 0'),
        whole[:24] + b"[" + whole[25:],
    ):
        path.write_bytes(broken)
        with pytest.raises(DamagedFile):
            read(path)


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "krav " * 20_000, "\u200b" * 1000, "\ud800 § \x00", "Æ" * 10, "😀 fald 😀"]
)
def test_any_text_is_answered_at_once(ask, text):
    began = time.perf_counter()
    ask(text)
    assert time.perf_counter() - began < 1.0

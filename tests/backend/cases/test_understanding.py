"""What a text seems to be about: general Danish, weighed openly, silent where little is said."""

import time

import pytest

from backend.cases.understanding import cues, understand
from backend.registry.actions import load_registry
from backend.registry.models import Area, Cause, Law, RuleLevel


def causes(text, **options):
    return [found.key for found in understand({"problem": text}, **options).causes]


def level(text):
    found = understand({"problem": text}).rule_level
    return found.key if found else None


@pytest.mark.parametrize(
    "text,cause,rule_level",
    [
        ("Loven kræver, at vi skriver et notat efter hver samtale.", "sektorlovgivning", "lov"),
        ("Bekendtgørelsen siger, at planen skal laves om hvert år.", "sektorlovgivning", "bekendtgoerelse"),
        ("Vi taster det samme i to systemer, som ikke taler sammen.", "it_understoettelse", None),
        ("Vi plejer at tage referat. Ingen læser det.", "kultur_vane_myte", None),
        ("Kvalitetsstandarden siger tre kvarter, uanset hjemmet.", "kommunale_regler", "kommunal_politik"),
        ("Indkøbsaftalen forbyder os at handle hos den lokale bager.", "kommunale_regler", None),
        ("Vi skal hente et nyt samtykke til hvert billede.", "tvaergaaende_lovgivning", None),
        ("Overenskomsten låser vagterne i weekenden.", "sektorlovgivning", "overenskomst_aftale"),
        ("Sygehuset sender først papirerne dagen efter.", "samspil_mellem_myndigheder", "region"),
        ("Borgeren har to handleplaner efter forskellige love.", "samspil_mellem_love", None),
        ("Arbejdsgangen tager for lang tid.", "lokal_tilrettelaeggelse", None),
        ("Vores leder vil have det på personalemødet.", "lokal_tilrettelaeggelse", "institutionel"),
    ],
)
def test_a_cause_and_a_level_are_suggested_from_ordinary_words(text, cause, rule_level):
    assert cause in causes(text)
    assert level(text) == rule_level


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Det er svært at få tid til det hele.",
        "Vi giver personlig pleje om morgenen.",  # not «plejer»
        "Beboerne lovede at komme igen.",  # not «loven»
        "De ansatte styrer selv dagen.",  # not «styrelsen»
        "Lov, økonomi og mennesker.",
    ],
)
def test_too_little_gives_silence(text):
    found = understand({"problem": text})
    assert found.causes == ()
    assert found.rule_level is None
    assert found.flag_questions == ()


def test_the_words_are_pointed_at_in_their_field():
    texts = {"title": "Besøg", "problem": "Vi skal INDTASTE det i to systemer."}
    (found,) = understand(texts).causes
    assert found.words == ["to systemer", "INDTASTE"]
    assert [texts[span.name][span.start : span.end] for span in found.spans] == found.words
    assert {span.name for span in found.spans} == {"problem"}


def test_a_word_counts_once_however_often_it_is_said():
    assert causes("Et brev og et brev og tre breve.") == []
    assert causes("Et brev og et opkald på telefonen.") == ["lokal_tilrettelaeggelse"]


def test_a_recognised_law_is_evidence_for_its_kind_of_law():
    journal = Law(popular_name="forvaltningsloven", area=Area(key="journal_data"))
    care = Law(popular_name="serviceloven", area=Area(key="handicap"))
    assert causes("Brevet.", laws=[journal]) == ["tvaergaaende_lovgivning"]
    (found,) = understand({"problem": "Planen."}, laws=[care]).causes
    assert (found.key, found.laws, found.words) == ("sektorlovgivning", ["serviceloven"], [])


def test_the_writers_guesses_are_evidence():
    (found,) = understand({"problem": "Planen."}, guesses={"kommunale_regler": 3}).causes
    assert (found.key, found.guesses) == ("kommunale_regler", 3)


def test_a_flag_is_only_ever_a_question():
    found = understand({"problem": "Der blev givet forkert medicin, og min mor blev syg."})
    assert {one.key for one in found.flag_questions} == {"enkeltsag", "utilsigtet_haendelse"}
    assert not {"enkeltsag", "utilsigtet_haendelse"} & {one.key for one in found.causes}


@pytest.mark.django_db
def test_every_cue_speaks_of_something_in_the_registry():
    load_registry()
    known = {
        "cause": set(Cause.objects.values_list("key", flat=True)),
        "level": set(RuleLevel.objects.values_list("key", flat=True)),
        "flag": {"whistleblower", "enkeltsag", "utilsigtet_haendelse"},
    }
    unknown = {
        (cue.kind, cue.key) for group in cues().values() for cue in group if cue.key not in known[cue.kind]
    }
    assert unknown == set()
    assert {cue.weight for group in cues().values() for cue in group} == {1, 2, 3}


def test_a_hundred_thousand_letters_take_time_in_proportion():
    def seconds(text):
        start = time.perf_counter()
        understand({"problem": text})
        return time.perf_counter() - start

    seconds("loven")
    short, long = "lov ifølge to flere plejer " * 400, "lov ifølge to flere plejer " * 4000
    assert seconds(long) < 40 * max(seconds(short), 0.005)

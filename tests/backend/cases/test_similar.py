"""Alike texts. The sentences are written for this test: the same trouble told by two people."""

import random
import time

import pytest

from backend.cases.similar import Index, grams

PAIRS = [
    (
        "Vi taster borgerens vægt først i Nexus og bagefter i et regneark til sundhedsplejen.",
        "Vægten bliver skrevet to steder: i omsorgssystemet og i et ark, som sundhedsplejersken har lavet.",
    ),
    (
        "Hver gang en vikar møder ind, går der en halv time, før vikaren har adgang til systemerne.",
        "Nye vikarer kan ikke logge på den første dag, fordi adgangen skal bestilles hos it.",
    ),
    (
        "Skemaet til magtanvendelse er på otte sider, og næsten ingen felter bruges bagefter.",
        "Indberetning af magtanvendelser fylder alt for mange sider i forhold til det, der sker.",
    ),
    (
        "Trivselsmålingen på skolen tager en hel formiddag, og eleverne forstår ikke spørgsmålene.",
        "De mindste elever skal svare på spørgsmål i trivselsmålinger, som de ikke kan læse.",
    ),
    (
        "Kørselsgodtgørelse skal godkendes af to ledere, også når det er tyve kroner.",
        "Mine køresedler på små beløb ligger og venter på to godkendelser.",
    ),
    (
        "Handleplaner i beskæftigelsesindsatsen skal skrives om, hver gang loven får et nyt skema.",
        "Vi omskriver den ledige borgers plan, fordi skabelonen er ændret igen.",
    ),
    (
        "Sygefraværssamtaler skal holdes på faste dage, selv om medarbejderen har brækket benet.",
        "Jeg skal kalde folk ind til samtale om sygefravær, også når vi kender årsagen.",
    ),
    (
        "Medicinlister fra sygehuset kommer på papir og skal tastes ind i hånden.",
        "Når en borger udskrives fra hospitalet, skriver vi medicinen af fra et udprintet ark.",
    ),
    (
        "Legepladsen skal efterses af tre forskellige kontrollører på samme måned.",
        "Tre gange på kort tid kommer der nogen for at kontrollere børnehavens legeplads.",
    ),
    (
        "Ansøgning om hjælpemidler sendes som brev, fordi systemet ikke kan tage imod billeder.",
        "Billeder af boligen kan ikke vedhæftes, når vi søger om et hjælpemiddel.",
    ),
    (
        "Fakturaer under hundrede kroner kræver samme kontering som de store.",
        "Kontering af en lille faktura tager lige så lang tid som en stor.",
    ),
    (
        "Vi må ikke købe mælk i den lokale butik på grund af indkøbsaftalen.",
        "Indkøbsaftalen forbyder os at handle i byens egen købmand.",
    ),
    (
        "Plejepersonalet venter på visitator, når en borger får brug for et ekstra bad.",
        "Et enkelt ekstra bad skal visiteres, selv om vi står hos borgeren og kan se behovet.",
    ),
    (
        "Referater fra forældresamtaler gemmes både i Aula og i elevens mappe.",
        "Efter samtalen med forældrene skriver jeg referat to gange, i mappen og i Aula.",
    ),
    (
        "Nøgler til hjemmeplejen skal kvitteres ud på papir hver morgen.",
        "Hver vagt begynder med, at vi skriver under for nøglerne på en liste.",
    ),
    (
        "Affald fra værkstedet skal sorteres i flere bunker, end der er containere til.",
        "Der mangler containere, så det sorterede affald ender sammen igen.",
    ),
    (
        "Byggesager bliver liggende, fordi naboerne skal høres om selv et lille skur.",
        "Nabohøring om et skur forsinker byggetilladelsen med mange uger.",
    ),
    (
        "Pædagogerne skal dokumentere læreplanens temaer hver uge med fotos.",
        "Ugentlige billeder til dokumentation af læreplaner tager tid fra børnene.",
    ),
    (
        "Rengøringen må ikke flytte en stol uden en aftale om løft.",
        "Hvis en stol står i vejen, bliver der ikke gjort rent, for den må de ikke løfte.",
    ),
    (
        "Genoptræning kræver en ny henvisning, når planen udløber om fredagen.",
        "Borgeren må vente på henvisning igen, fordi genoptræningsplanen er udløbet.",
    ),
    (
        "Vagtplanen skal offentliggøres fire uger før, men den ændres alligevel hver dag.",
        "Fire ugers varsel på vagtplaner giver ingen mening, når planen laves om dagligt.",
    ),
    (
        "Tolke skal bestilles gennem en portal, der ikke virker på mobilen.",
        "Portalen til bestilling af tolk kan ikke bruges fra telefonen.",
    ),
    (
        "Vi udfylder en ny samtykkeerklæring, hver gang borgeren taler med en anden afdeling.",
        "Samtykke indhentes igen og igen, fordi afdelingerne ikke må se hinandens erklæringer.",
    ),
    (
        "Budgetopfølgning afleveres i tre forskellige regneark til tre chefer.",
        "Samme budgettal skal ind i tre ark, fordi cheferne vil have hver sit.",
    ),
]

PLACES = [
    "på plejecentret",
    "i børnehaven",
    "på skolen",
    "i hjemmeplejen",
    "på jobcentret",
    "i byggeafdelingen",
    "i køkkenet",
]
TROUBLES = [
    "er der for langt mellem {a} og {b}",
    "mangler vi tid til {a}, fordi {b} tager over",
    "skal {a} aftales på et møde om {b}",
    "bliver {a} glemt, når vi taler om {b}",
    "er reglerne for {a} og {b} svære at finde",
    "dokumenterer vi {a} på samme måde som {b}",
]
THINGS = """
mad bad kørsel møder planer telefoner skemaer elever forældre vikarer nøgler indkøb medicin rengøring
budgetter borgere kolleger referater computere kurser ferie tøj legetøj ture
"""


def distractors(count):
    rng = random.Random(4)
    things = THINGS.split()
    for number in range(count):
        first, second, third, fourth = rng.sample(things, 4)
        trouble = rng.choice(TROUBLES).format(a=first, b=second)
        yield f"anden {number}", f"{rng.choice(PLACES).capitalize()} {trouble}. {third} og {fourth}."


def test_the_same_trouble_in_other_words_is_among_the_first_five():
    pairs = [(f"par {number}", told) for number, (told, _) in enumerate(PAIRS)]
    index = Index([*pairs, *distractors(1500)])
    found, reciprocal = 0, 0.0
    missed = []
    for number, (_, retold) in enumerate(PAIRS):
        keys = [key for key, _ in index.search(retold)]
        if f"par {number}" in keys:
            found += 1
            reciprocal += 1 / (keys.index(f"par {number}") + 1)
        else:
            missed.append(retold)
    print(
        f"\nsimilar: recall@5 {found}/{len(PAIRS)} = {found / len(PAIRS):.2f},"
        f" MRR {reciprocal / len(PAIRS):.2f}, among {len(index):,} texts"
    )
    assert found / len(PAIRS) >= 0.9, missed


def test_scores_fall_and_the_limit_holds():
    index = Index((number, told) for number, (told, _) in enumerate(PAIRS))
    found = index.search("Samtykke og referater fra samtaler med forældre i Aula", limit=3)
    assert len(found) <= 3
    assert found[0][0] == 13
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_what_is_nothing_alike_is_not_offered():
    index = Index((number, told) for number, (told, _) in enumerate(PAIRS))
    assert index.search("zzzz qqqq") == []
    assert index.search("Kommunalbestyrelsen drøfter havnens fremtid") == []
    assert index.search("") == []
    assert index.search("og at det er vi") == []
    assert Index([]).search("Vi taster det samme to gange") == []
    assert Index([("tom", "")]).search("Vi taster det samme to gange") == []


def test_a_long_text_still_finds_a_short_one():
    index = Index((number, told) for number, (told, _) in enumerate(PAIRS))
    long = " ".join(retold for _, retold in PAIRS[:12]) + " Legetøj og møder. " * 200
    assert {key for key, _ in index.search(long, limit=12)} >= set(range(0, 12, 3))


def test_equal_scores_keep_the_order_of_the_texts():
    index = Index([("b", "Samme ord"), ("a", "Samme ord"), ("c", "Andre ting")])
    assert [key for key, _ in index.search("samme ord")] == ["b", "a"]


def test_grams_reach_into_compounds_and_past_inflection():
    assert set(grams("krav")) & set(grams("Dokumentationskravene"))
    assert grams("trivselsmålingerne") == grams("Trivselsmåling")


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "krav " * 20_000, "\u200b" * 1000, "\ud800 § \x00", "Æ" * 10]
)
def test_any_text_is_answered_at_once(text):
    index = Index(distractors(500))
    began = time.perf_counter()
    index.search(text)
    assert time.perf_counter() - began < 1.0

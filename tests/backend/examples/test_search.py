"""Search by words: the same rows on SQLite and PostgreSQL, on every model with stems."""

import pytest

from backend.cases.models import Case
from backend.examples.models import Example
from backend.examples.search import matching
from tests.factories import make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db

TEXTS = {
    "krav": "Dokumentationskravene i hjemmeplejen er vokset siden 2017.",
    "fravær": "Vi skal holde samtaler om sygefravær på faste dage.",
    "regel": "Reglerne om kørsel passer ikke til landsbyerne.",
    "børn": "Børnene venter, mens vi skriver trivselsmålinger efter § 83.",
    "it": "Nye kolleger mangler adgang til it på den første dag.",
    "hundred": "100 % af tiden går med skemaer_og_lister, siger \\ kollegerne.",
}


@pytest.fixture
def found():
    campaign = make_campaign(make_organisation())
    keys = {make_example(campaign, problem=text)[0].pk: key for key, text in TEXTS.items()}

    def search(q):
        return {keys[row.pk] for row in matching(Example.objects.all(), q)}

    return search


@pytest.mark.parametrize(
    ("q", "keys"),
    [
        ("dokumentationskrav", {"krav"}),
        ("DOKUMENTATIONSKRAVET", {"krav"}),
        ("krav", {"krav"}),
        ("krav hjemmepleje", {"krav"}),
        ("krav kørsel", set()),
        ("sygefraværet", {"fravær"}),
        ("samtalerne om fravær", {"fravær"}),
        ("regel", {"regel"}),
        ("kørslen", {"regel"}),
        ("barn", {"børn"}),
        ("trivselsmålingerne", {"børn"}),
        ("83", {"børn"}),
        ("17", set()),
        ("2017", {"krav"}),
        ("it", {"it"}),
        ("dag", {"fravær", "it"}),
        ("landsby", {"regel"}),
        ("%", set(TEXTS)),
        ("_", set(TEXTS)),
        ("", set(TEXTS)),
        ("100", {"hundred"}),
        ("skema", {"hundred"}),
        ("lister", {"hundred"}),
        ("' OR 1=1 --", set()),
        ("\x00\ud800krav", {"krav"}),
        ("zzzz", set()),
    ],
)
def test_words_find_the_rows_that_hold_them(found, q, keys):
    assert found(q) == keys


def test_one_query_whatever_is_asked(found, django_assert_num_queries):
    with django_assert_num_queries(1):
        found("krav til dokumentation af regler, børn og kørsel i 2017")


def test_cases_are_searched_alike():
    organisation = make_organisation()
    by = make_user("coordinator", organisation)
    case = make_case(make_campaign(organisation), by, title="Dokumentationskravene")
    assert list(matching(Case.objects.all(), "krav")) == [case]
    assert list(matching(Case.objects.all(), "kørsel")) == []

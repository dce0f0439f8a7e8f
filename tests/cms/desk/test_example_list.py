"""The coordinator's list: what is to be read, what is late, and no words of any writer."""

import datetime

import pytest
from django.utils import timezone

from backend.cases.actions import set_aside
from backend.examples.actions import ask
from backend.examples.models import Example, ImportBatch
from tests.factories import make_area, make_example

URL = "/admin/eksempler/"
LIST_QUERIES = 15


def references(response):
    return [example.reference for example in response.context["page"]]


def make_old(example, days=40):
    Example.objects.filter(pk=example.pk).update(
        submitted_date=timezone.localdate() - datetime.timedelta(days=days)
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries_whatever_its_length(
    coordinator, lejre, rows, django_assert_num_queries
):
    area = make_area()
    for _number in range(rows):
        make_example(lejre.campaign, area=area.key)
    coordinator.get(URL)
    with django_assert_num_queries(LIST_QUERIES):
        response = coordinator.get(URL)
    assert len(response.context["page"]) == rows


def test_the_list_holds_no_word_of_any_writer(coordinator, lejre):
    make_example(
        lejre.campaign, "Medicinlisten skrives tre gange.", title="Medicinlisten", proposal="Skriv én gang."
    )
    page = coordinator.get(URL).content.decode()
    assert "Medicinlisten" not in page
    assert "Skriv én gang" not in page


def test_what_is_past_its_term_is_marked_and_has_a_tab(coordinator, lejre):
    late, _code = make_example(lejre.campaign)
    make_old(late)
    fresh, _code = make_example(lejre.campaign)
    response = coordinator.get(URL)
    assert references(response) == [late.reference, fresh.reference]
    assert response.content.decode().count("desk-late") == 1
    assert references(coordinator.get(URL + "?tab=overdue")) == [late.reference]


def test_camp_material_stands_in_the_full_list_only(coordinator, lejre):
    batch = ImportBatch.objects.create(
        organisation=lejre.organisation, source="camps", imported_at=timezone.now()
    )
    example, _code = make_example(lejre.campaign)
    Example.objects.filter(pk=example.pk).update(batch=batch)
    assert references(coordinator.get(URL)) == []
    assert references(coordinator.get(URL + "?tab=all")) == [example.reference]
    assert references(coordinator.get(URL + "?tab=camp")) == [example.reference]


def test_the_tabs_follow_the_status(coordinator, lejre):
    asked, _code = make_example(lejre.campaign)
    ask(example=asked, text="Hvor ofte sker det?", by=lejre.coordinator)
    aside, _code = make_example(lejre.campaign)
    set_aside(example=aside, reason="no_example", why="Tak for din tekst.", by=lejre.coordinator)
    assert references(coordinator.get(URL + "?tab=awaiting")) == [asked.reference]
    assert set(references(coordinator.get(URL + "?tab=all"))) == {asked.reference, aside.reference}
    assert references(coordinator.get(URL + "?status=set_aside")) == [aside.reference]


def test_words_are_found_inflected_and_a_wrong_filter_is_told(coordinator, lejre):
    found, _code = make_example(lejre.campaign, "Vi skriver dokumentationskrav af hver eneste uge.")
    make_example(lejre.campaign, "Nøglerne til cyklerne ligger et andet sted.")
    assert references(coordinator.get(URL + "?tab=all&q=dokumentationskravene")) == [found.reference]
    wrong = coordinator.get(URL + "?submitted_from=ikke-en-måned")
    assert references(wrong) == []
    assert "Skriv måneden" in wrong.content.decode()


def test_an_empty_list_says_why(coordinator):
    assert "Godt gået" in coordinator.get(URL).content.decode()
    assert "Intet passer til filtrene" in coordinator.get(URL + "?q=findes-ikke").content.decode()

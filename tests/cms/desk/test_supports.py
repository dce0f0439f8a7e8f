"""Supports that the flood guard set aside: listed, decided about by the day, never another organisation's."""

import pytest
from django.utils import timezone

from backend.cases.actions import support_case
from backend.cases.models import Support
from tests.factories import make_published_case

LIST = "/admin/tilslutninger/"


@pytest.fixture
def case(lejre):
    case = make_published_case(lejre.campaign, lejre.coordinator, title="Vægten skrives tre steder")
    for is_aside in [False] * 2 + [True] * 7:
        support_case(case=case, is_quarantined=is_aside)
    return case


def decide(client, case, do, date=None):
    date = date or timezone.localdate().isoformat()
    response = client.post(f"{LIST}{case.reference}/", {"do": do, "date": date}, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_they_are_listed_until_somebody_has_decided(coordinator, case):
    assert "tilslutninger lagt til side" in coordinator.get("/admin/").content.decode()
    page = coordinator.get(LIST).content.decode()
    assert case.title in page
    assert '<td class="desk-number" data-label="Lagt til side">7</td>' in page
    page = decide(coordinator, case, "refuse")
    assert '<td class="desk-number" data-label="Afvist">7</td>' in page
    assert case.title not in coordinator.get(LIST).content.decode()
    decide(coordinator, case, "accept")
    assert Support.objects.counted().count() == 9
    decide(coordinator, case, "aside")
    assert (Support.objects.counted().count(), Support.objects.waiting().count()) == (0, 9)


@pytest.mark.parametrize(
    ("do", "date"), [("", None), ("delete", None), ("accept", "i går"), ("accept", "2026-02-31")]
)
def test_nonsense_changes_nothing(coordinator, case, do, date):
    decide(coordinator, case, do, date)
    assert Support.objects.waiting().count() == 7


def test_only_who_may_edit_decides_and_nobody_elsewhere(client, lejre, noerreby, case):
    client.force_login(lejre.people["reader"])
    assert "Tæl dem med" not in client.get(f"{LIST}{case.reference}/").content.decode()
    body = {"do": "accept", "date": timezone.localdate().isoformat()}
    assert client.post(f"{LIST}{case.reference}/", body).status_code == 403
    client.force_login(noerreby.coordinator)
    assert case.title not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{case.reference}/", body).status_code == 404
    assert Support.objects.waiting().count() == 7


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_often_with_more(coordinator, lejre, number, django_assert_num_queries):
    for n in range(number):
        other = make_published_case(lejre.campaign, lejre.coordinator, title=f"Forslag {n}")
        support_case(case=other, is_quarantined=True)
    coordinator.get(LIST)
    with django_assert_num_queries(11):
        coordinator.get(LIST)

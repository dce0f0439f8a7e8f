"""The desk's rules: internal cases count too, only the own organisation's, and the same number of queries."""

import pytest

from backend.cases.models import Case
from backend.registry.models import Law
from tests.factories import make_case


def hit(world, law, title, hours=None):
    case = make_case(world.campaign, world.coordinator, title=title)
    Case.objects.filter(pk=case.pk).update(hours=hours)
    case.case_laws.create(law=law, cited_text=str(law), found_by="person")


@pytest.fixture
def law(db):
    return Law.objects.create(key="ældreloven", popular_name="ældreloven")


def test_internal_cases_count_and_no_other_organisation_s(client, lejre, noerreby, law):
    client.force_login(lejre.people["reader"])
    assert "Intet forslag nævner en lov endnu." in client.get("/admin/regler/").content.decode()
    hit(lejre, law, "Vores interne", 1234)
    hit(noerreby, law, "Nørrebys interne", 5000)
    page = client.get("/admin/regler/").content.decode()
    assert 'data-label="Forslag">1</td>' in page
    assert 'data-label="Timer om året">1.234</td>' in page
    page = client.get("/admin/regler/aeldreloven/").content.decode()
    assert "Vores interne" in page
    assert "Nørrebys" not in page
    assert client.get("/admin/regler/findes-ikke/").status_code == 404


@pytest.mark.parametrize("address, queries", [("/admin/regler/", 11), ("/admin/regler/aeldreloven/", 17)])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_number_of_queries(
    client, lejre, law, rows, address, queries, django_assert_num_queries
):
    for number in range(rows):
        hit(lejre, law, f"Forslag {number}")
        hit(lejre, Law.objects.create(key=f"lov {number}", popular_name=f"lov {number}"), f"Andet {number}")
    client.force_login(lejre.coordinator)
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)

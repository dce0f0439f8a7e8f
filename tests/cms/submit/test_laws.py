"""The rules that published cases hit, in public: counts, hours, who answers for them, and nothing internal."""

import datetime

import pytest
from django.core.cache import cache

from backend.cases.models import Case, CaseLaw
from backend.examples.throttle import counter
from backend.registry.models import Law
from tests.cms.worlds import make_world
from tests.factories import make_body, make_case, make_published_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    cache.clear()
    counter.forget()
    return make_world()


@pytest.fixture
def coordinator(world):
    return make_user("coordinator", world.organisation)


@pytest.fixture
def law(db):
    law = Law.objects.create(
        key="ældreloven", popular_name="ældreloven", official_title="Lov om ældre (ældreloven)"
    )
    law.aliases.create(text="ÆL", is_abbreviation=True)
    return law


def get(client, world, address):
    response = client.get(address, **world.host)
    assert response.status_code == 200
    return response.content.decode()


def hit(case, law, *, hours=None, paragraphs=""):
    Case.objects.filter(pk=case.pk).update(hours=hours)
    CaseLaw.objects.create(
        case=case, law=law, cited_text=law.popular_name, paragraphs=paragraphs, found_by="person"
    )


@pytest.mark.parametrize(
    "address, rows, queries",
    [
        ("/regler/", 1, 5),
        ("/regler/", 3, 5),
        ("/regler/aeldreloven/", 1, 12),
        ("/regler/aeldreloven/", 3, 12),
    ],
)
def test_the_pages_ask_the_same_number_of_queries(
    client, world, coordinator, law, address, rows, queries, django_assert_num_queries
):
    for number in range(rows):
        case = make_published_case(world.campaign, coordinator, title=f"Forslag {number}")
        hit(case, law)
        hit(case, Law.objects.create(key=f"lov {number}", popular_name=f"lov {number}"))
        body = make_body(f"fm{number}", f"Ministerium {number}")
        law.authorities.create(body=body, kind="ministry", known_date=datetime.date(2017, 5, 30 - number))
    get(client, world, address)
    with django_assert_num_queries(queries):
        page = get(client, world, address)
    assert "ældreloven" in page


def test_the_list_counts_each_published_case_once_and_adds_up_the_hours(client, world, coordinator, law):
    assert "Ingen regel er nævnt endnu" in get(client, world, "/regler/")
    other = Law.objects.create(key="STU-loven", popular_name="STU-loven")
    first = make_published_case(world.campaign, coordinator, title="Første")
    hit(first, law, hours=20, paragraphs="§ 3")
    hit(first, law, hours=20, paragraphs="§ 4")
    hit(first, other, hours=20)
    hit(make_published_case(world.campaign, coordinator, title="Andet"), law, hours=14)
    hit(make_case(world.campaign, coordinator, title="Internt"), other, hours=900)
    page = get(client, world, "/regler/")
    assert page.index("/regler/aeldreloven/") < page.index("/regler/stu-loven/")
    assert "2 offentliggjorte forslag" in page
    assert "1 offentliggjort forslag" in page
    assert "30–40 timer" in page
    assert "20–30 timer" in page


def test_a_law_s_page_tells_of_published_cases_of_this_organisation_only(client, world, coordinator, law):
    hit(make_published_case(world.campaign, coordinator, title="Vores forslag"), law)
    hit(make_case(world.campaign, coordinator, title="Internt"), law)
    other = make_world("noerreby", slug="anden")
    stranger = make_user("coordinator", other.organisation)
    hit(make_published_case(other.campaign, stranger, title="Nørrebys forslag"), law)
    page = get(client, world, "/regler/aeldreloven/")
    assert "Vores forslag" in page
    assert "Internt" not in page
    assert "Nørrebys" not in page
    for address in ("/regler/findes-ikke/", "/regler/%00/", "/regler/ældreloven/", "/regler/-/"):
        assert client.get(address, **world.host).status_code == 404


def test_who_answers_for_it_what_it_says_and_where_it_may_stand_now(client, world, law):
    successor = Law.objects.create(key="barnets lov", popular_name="barnets lov")
    law.successions.create(successor=successor, paragraphs="11;32 a", since="2024")
    law.versions.create(
        type="LOV",
        number=1651,
        date=datetime.date(2024, 12, 30),
        eli="https://www.retsinformation.dk/eli/lta/2024/1651",
    )
    law.authorities.create(
        body=make_body("sm", "Socialministeriet"), kind="ministry", known_date=datetime.date(2017, 5, 30)
    )
    page = get(client, world, "/regler/aeldreloven/")
    assert "kendt pr. 30. maj 2017" in page
    assert "Socialministeriet" in page
    assert 'href="https://www.retsinformation.dk/eli/lta/2024/1651"' in page
    assert "§ 11, 32 a: måske nu" in page
    assert 'href="/regler/barnets-lov/"' in page
    assert "ÆL" in page


def test_a_case_s_page_leads_to_the_law(client, world, coordinator, law):
    case = make_published_case(world.campaign, coordinator)
    hit(case, law, paragraphs="§ 3")
    CaseLaw.objects.create(case=case, cited_text="en regel <b>", found_by="person")
    page = get(client, world, f"/forslag/{case.reference}/")
    assert '<a href="/regler/aeldreloven/">ældreloven</a>, § 3' in page
    assert "<li>en regel &lt;b&gt;</li>" in page


def test_rules_named_in_the_text_are_links_and_nothing_else_is_markup(client, world, coordinator, law):
    case = make_published_case(
        world.campaign,
        coordinator,
        problem="<b>Vi</b> følger ældrelovens § 3 & ukendtlovens § 4 hver dag.",
        proposal="Ophæv ældreloven.",
    )
    page = get(client, world, f"/forslag/{case.reference}/")
    assert (
        "&lt;b&gt;Vi&lt;/b&gt; følger "
        '<a href="/regler/aeldreloven/">ældrelovens § 3</a> &amp; ukendtlovens § 4 hver dag.'
    ) in page
    assert 'Ophæv <a href="/regler/aeldreloven/">ældreloven</a>.' in page

"""The desk's pages for the ministry's form."""

import io
import re

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from backend.cases import actions as case_actions
from backend.organisations.models import AccessEvent, Organisation, User
from cms.pages.sites import make_site, sync_groups
from exports import actions
from exports.formats import FORMATS
from exports.models import Submission
from tests.exports.worlds import World, make_world
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def sign_in(client: Client, user: User, organisation: Organisation) -> Client:
    """Sign `user` in to the desk, with the Wagtail group that lets members in."""
    make_site(organisation)
    sync_groups(user)
    client.force_login(user)
    return client


@pytest.fixture
def desk(world: World, client: Client) -> Client:
    return sign_in(client, world.coordinator, world.organisation)


def begin(world: World, count: int = 0) -> Submission:
    draft = actions.create_draft(organisation=world.organisation, body=world.ministry, by=world.coordinator)
    for number in range(1, count + 1):
        case = world.ready_case(f"Problem nummer {number}", 1)
        actions.add_case(submission=draft, case=case, by=world.coordinator)
    return draft


def page(name: str, submission: Submission, *more: object) -> str:
    return reverse(f"desk:{name}", args=[submission.pk, *more])


def problems(submission: Submission) -> list[str]:
    return [row.case.problem for row in submission.rows.select_related("case").order_by("table", "position")]


def text_of(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_from_choosing_to_sending(world: World, desk: Client) -> None:
    """The whole way by pages alone, as without JavaScript."""
    first, second = world.ready_case("Det første problem", 1), world.ready_case("Det andet problem", 2)
    response = desk.post(reverse("desk:submissions"), {"body": world.ministry.pk})
    draft = Submission.objects.get()
    assert response.url == page("choose_cases", draft)

    response = desk.get(response.url)
    assert first.reference in text_of(response)
    data = {"chosen": [first.reference, second.reference], f"table_{second.reference}": "1"}
    response = desk.post(response.request["PATH_INFO"], data, follow=True)
    assert "2 forslag er kommet med." in text_of(response)
    assert [(row.table, row.case) for row in draft.rows.order_by("position")] == [(1, first), (1, second)]
    assert text_of(response).index("Det første problem") < text_of(response).index("Det andet problem")

    low = draft.rows.get(case=second)
    response = desk.post(page("arrange", draft), {"do": f"up:{low.pk}"})
    assert response.url.endswith(f"?focus=up:{low.pk}")
    assert problems(draft) == ["Det andet problem", "Det første problem"]
    desk.post(page("arrange", draft), {"do": f"table2:{low.pk}"})
    desk.post(page("edit_row", draft, low.pk), {"problem": "Kort sagt", "area": "Ældre"})
    desk.post(
        page("submission_options", draft),
        {"name": "Lejre", "contact": "K", "phone": "1", "body": world.ministry.pk},
    )

    assert "Tabel 1" in text_of(desk.get(page("freeze", draft)))
    response = desk.post(page("freeze", draft), follow=True)
    draft.refresh_from_db()
    assert f"Bidrag {draft.number} er frosset." in text_of(response)
    assert "Kort sagt" in text_of(response)

    response = desk.post(
        page("record_sent", draft), {"sent_to": "fm@fm.dk", "sent_date": draft.frozen_at.date()}, follow=True
    )
    assert "Afsendelsen er registreret" in text_of(response)
    first.refresh_from_db()
    assert first.status == "referred"


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_a_download_gives_the_stored_bytes_and_is_logged(
    world: World, desk: Client, format_name: str
) -> None:
    frozen = actions.freeze(submission=begin(world, 1), by=world.coordinator)
    response = desk.get(page("download_submission", frozen, format_name))
    assert response.content == bytes(frozen.files.get(format=format_name).bytes)
    assert (
        response["Content-Disposition"]
        == f'attachment; filename="lejre-bidrag-{frozen.number}.{format_name}"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    event = AccessEvent.objects.get()
    assert (event.kind, event.reference, event.by) == (
        "export",
        f"{frozen.number}.{format_name}",
        world.coordinator,
    )


def test_a_draft_can_be_seen_as_a_file(world: World, desk: Client) -> None:
    draft = begin(world, 1)
    response = desk.get(page("download_submission", draft, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book["Tabel 1"].oddHeader.right.text == "Kladde – ikke sendt"
    assert response["Content-Disposition"] == 'attachment; filename="lejre-bidrag-kladde.xlsx"'
    assert desk.get(page("download_submission", draft, "pdf")).status_code == 404


def test_several_ticked_rows_are_moved_and_taken_out_together(world: World, desk: Client) -> None:
    draft = begin(world, 3)
    one, two, _three = (str(row.pk) for row in draft.rows.order_by("position"))
    desk.post(page("arrange", draft), {"do": "table2", "chosen": [one, two]})
    assert problems(draft) == ["Problem nummer 3", "Problem nummer 1", "Problem nummer 2"]
    response = desk.post(page("arrange", draft), {"do": "out", "chosen": [one, two]}, follow=True)
    assert "2 forslag er taget ud af skemaet." in text_of(response)
    assert problems(draft) == ["Problem nummer 3"]
    assert "Sæt først kryds" in text_of(desk.post(page("arrange", draft), {"do": "out"}, follow=True))
    assert desk.post(page("arrange", draft), {"do": f"noget:{draft.rows.get().pk}"}).status_code == 404


def test_a_cell_with_a_personal_number_comes_back_with_every_word(world: World, desk: Client) -> None:
    draft = begin(world, 1)
    row = draft.rows.get()
    cells = {
        "problem": "Borger 010203-1234 venter",
        "area": "Et område",
        "legislation": "§ 83",
        "proposal": "Ét skema",
    }
    response = desk.post(page("edit_row", draft, row.pk), cells)
    assert response.status_code == 422
    assert "CPR" in text_of(response)
    assert "Ét skema" in text_of(response)
    assert "010203-1234" in text_of(response)
    row.refresh_from_db()
    assert row.cells == {}
    desk.post(page("edit_row", draft, row.pk), {**cells, "problem": "En borger venter"})
    desk.post(page("edit_row", draft, row.pk), {"own": "yes"})
    row.refresh_from_db()
    assert row.cells == {}


def test_the_choice_of_cases_is_filtered_and_can_be_taken_whole(world: World, desk: Client) -> None:
    draft = begin(world)
    world.ready_case("Dokumentationskrav fylder for meget", 1)
    world.ready_case("Mødet varer hele dagen", 2)
    world.ready_case("Uden tabel endnu her", 0)
    address = page("choose_cases", draft)
    assert 'Klar, med tabel, ikke sendt før <span class="desk-count">2</span>' in text_of(desk.get(address))
    desk.post(f"{address}?tab=ready&q=dokumentationskravene", {"everything": "yes"})
    assert problems(draft) == ["Dokumentationskrav fylder for meget"]
    desk.post(f"{address}?tab=all", {"everything": "yes"})
    assert len(problems(draft)) == 3
    assert "Der er ikke flere forslag" in text_of(desk.get(address))


def test_freezing_with_a_closed_case_says_which(world: World, desk: Client) -> None:
    draft = begin(world, 1)
    case = draft.rows.get().case
    case_actions.close(case=case, why="Løst lokalt", by=world.coordinator)
    assert "kan ikke længere sendes" in text_of(desk.get(page("submission", draft)))
    response = desk.post(page("freeze", draft), follow=True)
    assert f"{case.reference}: Forslaget er afsluttet eller ikke klar." in text_of(response)


def test_a_frozen_submission_is_replaced_and_its_page_offers_nothing_else(world: World, desk: Client) -> None:
    frozen = actions.freeze(submission=begin(world, 1), by=world.coordinator)
    row = frozen.rows.get()
    assert desk.get(page("edit_row", frozen, row.pk)).url == page("submission", frozen)
    response = desk.post(page("arrange", frozen), {"do": f"up:{row.pk}"}, follow=True)
    assert "lade sig gøre" in text_of(response)
    response = desk.post(page("replace_submission", frozen), follow=True)
    draft = Submission.objects.drafts().get()
    assert f"erstatter den {frozen.number}" in text_of(response)
    assert "Der er begyndt en kladde" in text_of(desk.get(page("submission", frozen)))
    desk.post(page("discard_submission", draft))
    assert list(Submission.objects.all()) == [frozen]


def test_the_day_of_sending_is_checked_at_its_field(world: World, desk: Client) -> None:
    frozen = actions.freeze(submission=begin(world, 1), by=world.coordinator)
    response = desk.post(page("record_sent", frozen), {"sent_to": "fm", "sent_date": "2099-01-01"})
    assert response.status_code == 422
    assert "Skriv en dag fra frysningen til i dag." in text_of(response)


def test_the_cases_page_says_where_it_stands(world: World, desk: Client) -> None:
    frozen = actions.freeze(submission=begin(world, 2), by=world.coordinator)
    case = frozen.rows.get(position=2).case
    response = desk.get(reverse("desk:case", args=[case.reference]))
    assert f"Bidrag {frozen.number}</a>, tabel 1, række 2" in text_of(response)


def every_address(submission: Submission) -> list[tuple[str, str]]:
    row = submission.rows.get().pk
    return [
        *(("get", page(name, submission)) for name in ("submission", "choose_cases", "freeze")),
        ("get", page("edit_row", submission, row)),
        *(("get", page("download_submission", submission, name)) for name in FORMATS),
        *(
            ("post", page(name, submission))
            for name in (
                "choose_cases",
                "arrange",
                "submission_options",
                "freeze",
                "record_sent",
                "replace_submission",
                "discard_submission",
            )
        ),
        ("post", page("edit_row", submission, row)),
    ]


def test_another_organisation_finds_nothing(world: World, client: Client) -> None:
    draft = begin(world, 1)
    other = make_world("noerreby")
    sign_in(client, other.coordinator, other.organisation)
    for method, url in every_address(draft):
        assert getattr(client, method)(url).status_code == 404, url
    assert draft.number not in text_of(client.get(reverse("desk:submissions"))) or not draft.number
    assert client.get(f"{reverse('desk:submissions')}?organisation=lejre").status_code == 404
    assert draft.rows.count() == 1


@pytest.mark.parametrize("role", ["editor", "administrator", "committee_member"])
def test_who_has_no_part_in_submissions_is_kept_out(world: World, client: Client, role: str) -> None:
    draft = begin(world, 1)
    sign_in(client, make_user(role, world.organisation), world.organisation)
    for method, url in [("get", reverse("desk:submissions")), *every_address(draft)]:
        assert getattr(client, method)(url).status_code in (302, 403), url


def test_a_reader_sees_and_downloads_but_changes_nothing(world: World, client: Client) -> None:
    draft = begin(world, 1)
    sign_in(client, make_user("reader", world.organisation), world.organisation)
    response = client.get(page("submission", draft))
    assert "Problem nummer 1" in text_of(response)
    assert "Kassér" not in text_of(response)
    for method, url in every_address(draft):
        wanted = 200 if method == "get" and ("/hent/" in url or url == page("submission", draft)) else 403
        assert getattr(client, method)(url).status_code == wanted, url
    assert client.post(reverse("desk:submissions"), {"body": world.ministry.pk}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_pages(
    world: World, desk: Client, count: int, django_assert_num_queries: object
) -> None:
    draft = begin(world, count)
    world.ready_case("Et problem til", 1)
    desk.get(page("submission", draft))
    for name, queries in (("submission", 16), ("choose_cases", 19), ("freeze", 14)):
        with django_assert_num_queries(queries):
            desk.get(page(name, draft))
    frozen = actions.freeze(submission=draft, by=world.coordinator)
    with django_assert_num_queries(19):
        desk.get(page("submission", frozen))
    for _number in range(count - 1):
        more = actions.create_draft(
            organisation=world.organisation, body=world.ministry, by=world.coordinator
        )
        actions.add_case(submission=more, case=world.ready_case(), by=world.coordinator)
        actions.freeze(submission=more, by=world.coordinator)
    with django_assert_num_queries(21):
        desk.get(reverse("desk:submissions"))

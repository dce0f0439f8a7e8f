"""Writing to bodies from the desk: seen before it is sent, nothing typed is lost, lost mail shows."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Batch
from backend.outbox.actions import deliver_due
from backend.outbox.models import OutgoingMessage
from backend.registry.models import LetterTemplate
from tests.factories import make_body, make_case

URL = "/admin/breve/"
READY_QUERIES = 13
SENT_QUERIES = 14
BATCH_QUERIES = 20
LETTER_QUERIES = 15
WORDS = {
    "subject": "Forslag til jer",
    "letter": "Kære Bo\n\nVi beder om jeres svar.",
    "journal_number": "26/1",
}


@pytest.fixture
def body(lejre):
    body = make_body(
        "centret", "Center for Ældre", organisation=lejre.organisation, kind="centre", level="municipal"
    )
    body.contacts.create(organisation=lejre.organisation, email="centret@example.org", name="Bo Holm")
    return body


def prepare(world, body, title="Dobbelt registrering", **fields):
    case = make_case(
        world.campaign,
        world.coordinator,
        title=title,
        problem="Det skrives to steder.",
        proposal="Skriv ét sted.",
    )
    actions.mark_ready(case=case, by=world.coordinator)
    return actions.prepare_referral(case=case, body=body, by=world.coordinator, **fields)


def send(world, body, *titles):
    rows = [prepare(world, body, title) for title in titles or ["Dobbelt registrering"]]
    return actions.send_batch(
        organisation=world.organisation,
        body=body,
        referrals=rows,
        subject="Forslag",
        letter="Kære alle",
        files=[("H.docx", "application/octet-stream", b"bytes")],
        by=world.coordinator,
    )


def post(client, rows, action, **values):
    return client.post(
        f"{URL}nyt/",
        {"row": [row.pk for row in rows], "to": "centret@example.org", "action": action, **WORDS, **values},
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_the_same_number_of_queries(coordinator, lejre, body, rows, django_assert_num_queries):
    for number in range(rows):
        prepare(lejre, body, f"Klar {number}")
        send(lejre, body, f"Sendt {number}")
    batch = send(lejre, body, *(f"Række {number}" for number in range(rows)))
    for url, count in (
        (URL, READY_QUERIES),
        (f"{URL}sendt/", SENT_QUERIES),
        (f"{URL}{batch.pk}/", BATCH_QUERIES),
    ):
        coordinator.get(url)
        with django_assert_num_queries(count):
            assert coordinator.get(url).status_code == 200
    ready = [row.pk for row in coordinator.get(URL).context["groups"][0]["rows"]]
    with django_assert_num_queries(LETTER_QUERIES):
        assert len(coordinator.post(f"{URL}nyt/", {"row": ready}).context["rows"]) == rows


def test_what_is_ready_stands_by_body_and_only_ones_own(coordinator, lejre, noerreby, body):
    row = prepare(lejre, body)
    prepare(noerreby, make_body(), "Fremmed")
    draft = make_case(lejre.campaign, lejre.coordinator, title="Kladde")
    actions.prepare_referral(case=draft, body=body, by=lejre.coordinator)
    (group,) = coordinator.get(URL).context["groups"]
    assert (group["name"], group["rows"], group["has_address"]) == ("Center for Ældre", [row], True)


def test_a_letter_is_written_seen_and_sent(coordinator, lejre, body):
    rows = [prepare(lejre, body, f"Forslag {number}") for number in (1, 2)]
    form = coordinator.get(f"{URL}nyt/", {"row": [row.pk for row in rows]})
    assert "Kære Bo Holm" in form.context["form"]["letter"].value()
    assert "2 forslag" in form.context["form"]["letter"].value()
    order = {f"position-{rows[0].pk}": "2", f"position-{rows[1].pk}": "1"}
    preview = post(coordinator, rows, "preview", **order)
    text = preview.content.decode()
    assert Batch.objects.count() == OutgoingMessage.objects.count() == 0
    for words in (
        "H-2026-001" if timezone.localdate().year == 2026 else "H-",
        "centret@example.org",
        "Vi beder om",
        "26/1",
    ):
        assert words in text
    assert text.index("Række 1: Forslag 2") < text.index("Række 2: Forslag 1")
    file = post(coordinator, rows, "file")
    assert file["Content-Disposition"].endswith('.docx"')
    assert file.content.startswith(b"PK")
    edited = post(coordinator, rows, "edit", letter="Mine ord")
    assert edited.context["form"]["letter"].value() == "Mine ord"
    sent = post(coordinator, preview.context["rows"], "send")
    batch = Batch.objects.get()
    assert sent.url == f"{URL}{batch.pk}/"
    assert [row.case.title for row in batch.referrals.order_by("position")] == ["Forslag 2", "Forslag 1"]
    message = OutgoingMessage.objects.get()
    assert message.body == preview.context["mail"]
    assert bytes(message.attachments.get().content) == batch.files.get().file.file.read()


@pytest.mark.parametrize("action", ["preview", "send", "file"])
def test_what_is_wrong_is_told_and_what_was_typed_stays(coordinator, lejre, body, action):
    rows = [prepare(lejre, body)]
    answer = post(coordinator, rows, action, letter="Kære {navn}\nlang tekst")
    assert answer.status_code == 422
    assert "Udfyld eller slet «{navn}» først." in answer.content.decode()
    assert answer.context["form"]["letter"].value() == "Kære {navn}\nlang tekst"
    assert Batch.objects.count() == 0


def test_a_body_without_an_address_says_where_to_enter_it(coordinator, lejre, body):
    body.contacts.all().delete()
    page = coordinator.get(f"{URL}nyt/", {"row": prepare(lejre, body).pk})
    assert "Bed en administrator om at skrive en." in page.content.decode()
    lejre.coordinator.memberships.create(organisation=lejre.organisation, role="administrator")
    page = coordinator.get(f"{URL}nyt/", {"row": prepare(lejre, body, "Et til").pk})
    assert f"/admin/registre/modtager/{body.pk}/" in page.content.decode()


@pytest.mark.parametrize("row", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_row_that_is_not_there_is_a_404(coordinator, row):
    assert coordinator.get(f"{URL}nyt/", {"row": row}).status_code == 404


def test_rows_of_two_bodies_or_of_others_are_no_letter(coordinator, lejre, noerreby, body):
    mine, others = prepare(lejre, body), prepare(noerreby, make_body())
    assert coordinator.get(f"{URL}nyt/", {"row": others.pk}).status_code == 404
    assert (
        coordinator.get(f"{URL}nyt/", {"row": [mine.pk, prepare(lejre, make_body("im")).pk]}).status_code
        == 404
    )
    assert coordinator.get(f"{URL}{send(noerreby, contact(noerreby)).pk}/").status_code == 404
    assert coordinator.get(f"{URL}nyt/").url == URL


def contact(world):
    body = make_body(f"{world.organisation.key}-c", organisation=world.organisation)
    body.contacts.create(organisation=world.organisation, email="c@example.org")
    return body


def test_mail_that_did_not_arrive_shows_and_is_sent_again(coordinator, lejre, body):
    batch = send(lejre, body)
    deliver_due()
    page = f"{URL}{batch.pk}/"
    assert coordinator.get(page).context["not_arrived"] is None
    coordinator.post(f"{page}retur/", {"message": OutgoingMessage.objects.get().pk})
    assert "Mailen kom retur." in coordinator.get(page).content.decode()
    assert [row.number for row in coordinator.get(f"{URL}sendt/?post=fejl").context["page"]] == [batch.number]
    front = coordinator.get("/admin/").content.decode()
    assert f'href="{URL}sendt/?post=fejl"><strong>1</strong> <span>breve, der ikke kom frem' in front
    assert "1 brev nåede ikke frem." in coordinator.get(URL).content.decode()
    case = batch.referrals.get().case
    assert f"{URL}{batch.pk}/" in coordinator.get(f"/admin/forslag/{case.reference}/").content.decode()
    coordinator.post(f"{page}igen/")
    assert not coordinator.get(f"{URL}sendt/?post=fejl").context["page"].object_list
    assert coordinator.get(page).context["not_arrived"] is None
    assert OutgoingMessage.objects.filter(kind="letter_again", state="waiting").count() == 1


def test_links_are_closed_and_renewed_but_never_shown(coordinator, lejre, body, mailoutbox):
    batch = send(lejre, body)
    deliver_due()
    secret = mailoutbox[0].body.split("/svar/#")[1].split()[0]
    page = f"{URL}{batch.pk}/"
    assert secret not in coordinator.get(page).content.decode()
    coordinator.post(f"{page}luk/", {"link": batch.links.get().pk})
    assert actions.open_link(secret) is None
    coordinator.post(f"{page}link/")
    assert batch.links.count() == 1  # not twice within the hour
    batch.links.update(created_at=timezone.now() - datetime.timedelta(hours=2))
    coordinator.post(f"{page}link/")
    assert batch.links.count() == 2
    mail_list = coordinator.get("/admin/post/").content.decode()
    assert secret not in mail_list
    assert page in mail_list
    assert coordinator.get(f"{page}fil/{batch.files.get().pk}/").content == b"bytes"


def test_the_next_contact_is_written_to_after_a_look(coordinator, lejre, body):
    batch = send(lejre, body)
    page = f"{URL}{batch.pk}/naeste/"
    assert coordinator.get(page).url == f"{URL}{batch.pk}/"
    body.contacts.create(organisation=lejre.organisation, email="chef@example.org", rank=2, name="Ida Vang")
    form = coordinator.get(page).context["form"]
    assert "Ida Vang" in form["letter"].value()
    words = {"subject": "Vi mangler svar", "letter": "Kære Ida"}
    preview = coordinator.post(page, {**words, "action": "preview"})
    assert "Kære alle" in preview.content.decode()
    assert OutgoingMessage.objects.count() == 1
    coordinator.post(page, {**words, "action": "send"})
    assert OutgoingMessage.objects.filter(kind="letter_next").count() == 1


def test_an_administrator_writes_the_words_and_goes_back(lejre, client):
    client.force_login(lejre.people["administrator"])
    page = "/admin/registre/breve/centre/"
    assert client.get(page).status_code == 404
    page = "/admin/registre/breve/administration/"
    assert "{antal}" in client.get(page).content.decode()
    words = {"subject": "Hej {modtager}", "text": "Kære {modtager}, her er {antal} til jer."}
    assert client.post(page, {**words, "text": "Kære {navn}, " * 3, "action": "save"}).status_code == 422
    assert (
        client.post(page, {**words, "text": "Ring til 010190-1234 om {antal}", "action": "save"}).status_code
        == 422
    )
    assert "her er 3 forslag til jer" in client.post(page, {**words, "action": "preview"}).content.decode()
    assert LetterTemplate.objects.count() == 0
    client.post(page, {**words, "action": "save"})
    assert LetterTemplate.objects.get().subject == "Hej {modtager}"
    assert "Jeres egen" in client.get("/admin/registre/breve/").content.decode()
    client.post(page, {"action": "reset"})
    assert LetterTemplate.objects.count() == 0

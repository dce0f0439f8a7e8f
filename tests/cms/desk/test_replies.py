"""What bodies answered, at the desk: read beside the case, held, released together, and nobody else's."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file

from backend.attachments.models import StoredFile
from backend.cases import actions
from backend.cases.models import Reply
from backend.organisations.models import AccessEvent
from backend.registry.models import Law
from tests.factories import make_body, make_case

URL = "/admin/svar/"
LIST_QUERIES = 12
NO = {"answer": "not", "reason_code": "cost", "text": "Det er for dyrt."}


def asked(world, *, body=None, title="Dobbelt registrering", sent_date=None):
    """A case of the world that one body has been asked about."""
    case = make_case(world.campaign, world.coordinator, title=title)
    actions.mark_ready(case=case, by=world.coordinator)
    body = body or make_body(title.lower())
    return actions.refer_to_body(case=case, body=body, sent_date=sent_date, by=world.coordinator)


def answered(world, title="Dobbelt registrering", **values):
    referral = asked(world, title=title, sent_date=values.get("received_date"))
    return actions.record_reply(referral=referral, by=world.coordinator, **{**NO, **values})


def test_a_changed_wording_is_sent_from_the_referral(coordinator, lejre):
    referral = asked(lejre)
    url = f"/admin/henvendelser/{referral.pk}/"
    assert "Send den nye ordlyd" not in coordinator.get(url).content.decode()
    assert "Modtageren har ordlyden" in coordinator.post(f"{url}ordlyd/", follow=True).content.decode()
    case = referral.case
    actions.edit_case(case=case, version=case.version, problem="Et helt andet.", by=lejre.coordinator)
    assert "Send den nye ordlyd" in coordinator.get(url).content.decode()
    assert "Den nye ordlyd er sendt" in coordinator.post(f"{url}ordlyd/", follow=True).content.decode()
    assert referral.wordings.last().problem == "Et helt andet."


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries_whatever_its_length(
    coordinator, lejre, rows, django_assert_num_queries
):
    for number in range(rows):
        answered(lejre, f"Forslag {number}")
    coordinator.get(URL)
    with django_assert_num_queries(LIST_QUERIES):
        response = coordinator.get(URL)
    assert len(response.context["rows"]) == rows


def test_an_answer_from_a_colleagues_draft_leads_to_no_version_before_it(coordinator, lejre):
    reply = answered(lejre)
    today = timezone.localdate()
    draft = Reply.objects.create(referral=reply.referral, is_proposal=True, received_date=today, **NO)
    Reply.objects.filter(pk=reply.pk).update(supersedes=draft)
    assert str(draft.pk) not in coordinator.get(f"{URL}{reply.pk}/").content.decode()
    assert "en nyere udgave" not in coordinator.get(URL).content.decode()


def test_what_waits_what_is_held_and_what_is_old_stand_apart(coordinator, lejre, noerreby):
    answered(lejre, "Nyt")
    answered(lejre, "Gammelt", received_date=timezone.localdate() - datetime.timedelta(days=6))
    held = answered(lejre, "Til mødet")
    answered(noerreby, "Fremmed")
    draft = asked(lejre, title="Kladde")
    Reply.objects.create(referral=draft, is_proposal=True, received_date=timezone.localdate(), **NO)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    coordinator.post(f"{URL}{held.pk}/hold/", {"held_until": tomorrow, "held_note": "MED-mødet"})

    def titles(tab):
        rows = coordinator.get(f"{URL}?tab={tab}").context["rows"]
        return [reply.referral.case.title for reply in rows]

    assert titles("waiting") == ["Gammelt", "Nyt"]
    assert titles("old") == ["Gammelt"]
    assert titles("held") == ["Til mødet"]
    coordinator.post(f"{URL}{held.pk}/hold/", {"stop": "yes"})
    assert titles("held") == []


def test_an_answer_is_read_beside_the_case_and_released_with_the_tick(coordinator, lejre):
    reply = answered(lejre, text="Ring til Mette Hansen på 20 30 40 50.")
    page = coordinator.get(f"{URL}{reply.pk}/").content.decode()
    assert ">20 30 40 50</mark>" in page
    assert reply.referral.case.problem[:30] in page
    assert coordinator.post(f"{URL}{reply.pk}/frigiv/").status_code == 422
    coordinator.post(f"{URL}{reply.pk}/frigiv/", {"no_personal_data": "on"})
    reply.refresh_from_db()
    assert reply.released_by == lejre.coordinator
    assert coordinator.post(f"{URL}{reply.pk}/tag-tilbage/", {"why": " "}).status_code == 422
    coordinator.post(f"{URL}{reply.pk}/tag-tilbage/", {"why": "Der stod et navn."})
    reply.refresh_from_db()
    assert reply.released_at is None


def test_several_are_shown_whole_and_then_released_together(coordinator, lejre):
    replies = [answered(lejre, f"Forslag {number}", text=f"Nej nummer {number}.") for number in range(3)]
    actions.close(case=replies[2].referral.case, why="Løst.", by=lejre.coordinator)
    chosen = {"chosen": [str(reply.pk) for reply in replies], "move": "release"}
    page = coordinator.post(f"{URL}valgte/", chosen).content.decode()
    assert all(f"Nej nummer {number}." in page for number in range(3))
    assert not Reply.objects.released().exists()
    chosen["confirmed"] = "yes"
    assert coordinator.post(f"{URL}valgte/", chosen).status_code == 422
    page = coordinator.post(f"{URL}valgte/", {**chosen, "no_personal_data": "on"}, follow=True)
    assert "2 svar er frigivet." in page.content.decode()
    assert replies[2].referral.case.reference in page.content.decode()
    assert set(Reply.objects.released()) == set(replies[:2])


def test_several_are_held_until_the_meeting(coordinator, lejre):
    replies = [answered(lejre, f"Forslag {number}") for number in range(2)]
    chosen = {"chosen": [str(reply.pk) for reply in replies], "move": "hold", "confirmed": "yes"}
    refused = coordinator.post(f"{URL}valgte/", {**chosen, "held_until": "2020-01-01"})
    assert refused.status_code == 422
    day = timezone.localdate() + datetime.timedelta(days=7)
    coordinator.post(f"{URL}valgte/", {**chosen, "held_until": day, "held_note": "Udvalgsmødet"})
    assert set(Reply.objects.values_list("held_until", "held_note")) == {(day, "Udvalgsmødet")}


def test_a_letter_is_entered_and_what_was_typed_survives_a_mistake(coordinator, lejre):
    referral = asked(lejre)
    letter = {
        "answer": "follow",
        "what": "Skemaet afskaffes.",
        "by_whom": "Centerchefen",
        "promised_date": "2027-03-01",
        "channel": "letter",
        "received_date": timezone.localdate(),
        "signed_name": "Lone Berg",
        "signed_title": "Kontorchef",
        "plan_url": "http://example.org/plan",
    }
    refused = coordinator.post(f"/admin/henvendelser/{referral.pk}/svar/", letter)
    assert refused.status_code == 422
    assert "Skemaet afskaffes." in refused.content.decode()
    letter["plan_url"] = "https://example.org/plan"
    answer = coordinator.post(f"/admin/henvendelser/{referral.pk}/svar/", letter)
    reply = Reply.objects.get()
    assert answer.url == f"{URL}{reply.pk}/"
    assert (reply.channel, reply.signed_title) == ("letter", "Kontorchef")
    later = {**letter, "promised_date": "2027-09-01"}
    coordinator.post(f"{URL}{reply.pk}/ret/", later)
    new = Reply.objects.get(supersedes=reply)
    assert new.promised_date == datetime.date(2027, 9, 1)
    assert "nyere" in coordinator.get(f"{URL}{reply.pk}/").content.decode()


def test_a_body_s_question_is_answered(coordinator, lejre):
    referral = asked(lejre)
    address = f"/admin/henvendelser/{referral.pk}/"
    coordinator.post(f"{address}set/")
    actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket system?", by=lejre.coordinator
    )
    page = coordinator.get(address).content.decode()
    assert "Hvilket system?" in page
    assert "fristen står stille" in page
    assert coordinator.post(f"{address}spoergsmaal/", {"text": ""}).status_code == 422
    coordinator.post(f"{address}spoergsmaal/", {"text": "Journalsystemet."})
    referral.refresh_from_db()
    assert referral.status == "acknowledged"
    assert "Journalsystemet." in coordinator.get(address).content.decode()


def test_a_correction_is_shown_only_with_the_tick(coordinator, lejre):
    referral = asked(lejre)
    message = referral.messages.create(
        kind="correction", text="Spørg fru Mette Hansen.", on_date=timezone.localdate()
    )
    assert "Mette Hansen" in coordinator.get(f"{URL}?tab=corrections").content.decode()
    address = f"/admin/henvendelser/rettelse-{message.pk}/"
    coordinator.post(address)
    message.refresh_from_db()
    assert message.released_at is None
    coordinator.post(address, {"no_personal_data": "yes"})
    message.refresh_from_db()
    assert message.released_by == lejre.coordinator
    coordinator.post(address, {"withdraw": "yes", "why": "Forkert række."})
    message.refresh_from_db()
    assert message.released_at is None


def test_a_file_is_downloaded_and_the_reading_logged(coordinator, client, lejre):
    reply = answered(lejre)
    file = StoredFile.objects.create(
        organisation=lejre.organisation,
        name="bilag-1.pdf",
        content_type="application/pdf",
        size=4,
        sha256="0" * 64,
        stored_date=timezone.localdate(),
        file=ContentFile(b"%PDF", name="x"),
    )
    reply.files.create(file=file)
    # One file may go with the answers to several rows.
    other = answered(lejre, "Et andet forslag")
    other.files.create(file=file)
    assert "bilag-1.pdf" in coordinator.get(f"{URL}{reply.pk}/").content.decode()
    answer = coordinator.get(f"{URL}fil/{file.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF"
    assert "attachment" in answer.headers["Content-Disposition"]
    cases = {each.referral.case.reference for each in (reply, other)}
    assert AccessEvent.objects.get().reference in cases
    client.force_login(lejre.people["committee_member"])
    assert client.get(f"{URL}fil/{file.pk}/").status_code == 403


def test_a_reader_reads_and_moves_nothing(client, lejre):
    reply = answered(lejre)
    client.force_login(lejre.people["reader"])
    assert "Frigiv" not in client.get(f"{URL}{reply.pk}/").content.decode()
    assert client.post(f"{URL}{reply.pk}/frigiv/", {"no_personal_data": "on"}).status_code == 403
    assert client.post(f"/admin/henvendelser/{reply.referral_id}/svar/", NO).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_referrals_asks_the_same_number_of_queries(
    coordinator, lejre, rows, django_assert_num_queries
):
    for number in range(rows):
        asked(lejre, title=f"Forslag {number}")
    coordinator.get("/admin/henvendelser/")
    with django_assert_num_queries(17):
        response = coordinator.get("/admin/henvendelser/")
    assert len(response.context["referrals"]) == rows


def test_late_answers_stand_in_a_list_and_at_their_body(coordinator, lejre, noerreby):
    fm = make_body()
    late, running = asked(lejre, body=fm, title="Sent"), asked(lejre, body=fm, title="Ikke sent")
    asked(noerreby, body=fm, title="Fremmed")
    now = timezone.now()
    type(late).objects.filter(pk=late.pk).update(due_at=now - datetime.timedelta(days=3))
    type(late).objects.filter(pk=running.pk).update(due_at=now + datetime.timedelta(days=3))
    page = coordinator.get("/admin/henvendelser/?tab=overdue")
    assert [referral.case.title for referral in page.context["referrals"]] == ["Sent"]
    assert "3 dage for sent" in page.content.decode()
    actions.record_reply(referral=running, by=lejre.coordinator, **NO)
    page = coordinator.get(f"/admin/modtagere/{fm.pk}/")
    assert [count for _label, count in page.context["figures"]] == [2, 1, 1, 1, 1, 0]
    assert "Fremmed" not in page.content.decode()


def test_a_letter_s_file_is_cleaned_and_what_cannot_be_is_refused(coordinator, lejre):
    referral = asked(lejre)
    address = f"/admin/henvendelser/{referral.pk}/svar/"
    values = {**NO, "channel": "letter", "received_date": timezone.localdate()}
    program = SimpleUploadedFile("svar.exe", b"MZ" + bytes(200))
    assert coordinator.post(address, {**values, "files": program}).status_code == 422
    assert not Reply.objects.exists()
    scan = get_test_image_file("Mette Hansens brev.png")
    scan.seek(0)
    letter = SimpleUploadedFile("Mette Hansens brev.png", scan.read())
    response = coordinator.post(address, {**values, "files": letter})
    assert response.status_code == 302, dict(response.context["reply_form"].errors)
    [row] = Reply.objects.get().files.all()
    assert row.file.name == "bilag-1.png"
    coordinator.post(f"{URL}{row.reply_id}/ret/", {**values, "text": "Alt for dyrt."})
    assert [row.file.name for row in Reply.objects.get(text="Alt for dyrt.").files.all()] == ["bilag-1.png"]


def test_a_no_is_told_with_the_rule_that_it_leans_on(coordinator, lejre):
    Law.objects.create(key="serviceloven", popular_name="serviceloven")
    reply = answered(lejre, text="Det følger af serviceloven § 83, stk. 3, at det skal gøres.")
    page = coordinator.get(f"{URL}{reply.pk}/").content.decode()
    assert "Afslag med henvisning til: serviceloven § 83, stk. 3" in " ".join(page.split())


def test_what_was_no_answer_is_taken_back(coordinator, lejre):
    reply = answered(lejre)
    page = coordinator.get(f"{URL}{reply.pk}/").content.decode()
    assert "tag det tilbage" in page
    assert coordinator.post(f"{URL}{reply.pk}/fortryd/", {"why": ""}).status_code == 422
    after = coordinator.post(f"{URL}{reply.pk}/fortryd/", {"why": "Forkert række"}, follow=True)
    assert "Modtageren skylder igen et svar" in after.content.decode()
    assert after.context["referral"].status == "acknowledged"
    assert after.context["reply_form"]
    page = coordinator.get(f"{URL}{reply.pk}/").content.decode()
    assert "Taget tilbage: alligevel ikke et svar" in page
    assert "tag det tilbage" not in page

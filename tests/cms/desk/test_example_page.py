"""One example: read and logged, moved, and moved back."""

import pytest
from django.utils import timezone

from backend.attachments.cleaning import Clean
from backend.cases.actions import set_aside, support_case
from backend.cases.models import Case
from backend.examples.models import Example
from backend.organisations.models import AccessEvent
from tests.factories import make_case, make_example, make_published_case


def address(example, move=""):
    return f"/admin/eksempler/{example.reference}/{move}"


def fresh(example):
    return Example.objects.get(pk=example.pk)


@pytest.fixture
def example(lejre):
    return make_example(
        lejre.campaign,
        "Vi skriver medicinlisten tre steder. Spørg Mette Hansen på mette@example.org.",
        workplace="Solsiden",
        contact_email="skriver@example.org",
        contact_name="Skriver Skriversen",
    )[0]


def test_each_opening_is_one_logged_reading_with_its_purpose(coordinator, lejre, example):
    page = coordinator.get(address(example)).content.decode()
    assert "Vi skriver medicinlisten tre steder" in page
    assert "<mark" in page
    event = AccessEvent.objects.get()
    assert (event.by, event.kind, event.reference) == (lejre.coordinator, "raw_text", example.reference)
    assert event.purpose == "desk: reading"


def test_the_contact_is_shown_and_logged_only_when_asked_for(coordinator, example):
    assert "skriver@example.org" not in coordinator.get(address(example)).content.decode()
    assert not AccessEvent.objects.filter(kind="contact").exists()
    assert "skriver@example.org" in coordinator.post(address(example, "kontakt/")).content.decode()
    assert AccessEvent.objects.filter(kind="contact").count() == 1
    assert coordinator.get(address(example, "kontakt/")).url == address(example)
    assert AccessEvent.objects.filter(kind="contact").count() == 1
    assert coordinator.put(address(example, "kontakt/")).status_code == 405


def test_after_a_move_the_next_unread_opens_with_a_way_back(coordinator, lejre, example):
    following, _code = make_example(lejre.campaign)
    answer = coordinator.post(address(example, "spoerg/"), {"text": "Hvor ofte sker det?"}, follow=True)
    assert answer.redirect_chain == [(address(following), 302)]
    assert "Fortryd" in answer.content.decode()
    assert fresh(example).status == "awaiting_submitter"
    coordinator.post("/admin/eksempler/fortryd/", {"reference": example.reference})
    assert fresh(example).status == "received"


def test_after_the_last_one_the_list_opens(coordinator, example):
    answer = coordinator.post(address(example, "spoerg/"), {"text": "Hvor ofte sker det?"})
    assert answer.url == "/admin/eksempler/"


def test_set_aside_takes_the_standard_sentence_where_none_is_written(coordinator, example):
    coordinator.post(address(example, "laeg-til-side/"), {"reason": "no_example", "why": ""})
    assert fresh(example).status == "set_aside"
    assert "Vi kunne ikke finde et eksempel" in example.events.get(move="set_aside").why
    coordinator.post(address(example, "tag-tilbage/"))
    assert fresh(example).status == "received"


def test_what_belongs_in_the_whistleblower_scheme_is_closed_with_a_tick(coordinator, lejre, example):
    page = coordinator.get(address(example)).content.decode()
    assert "Hører til i whistleblowerordningen" in page
    assert 'value="whistleblower"' not in page
    refused = coordinator.post(address(example, "whistleblower/"))
    assert refused.status_code == 422
    assert fresh(example).problem
    coordinator.get(address(example, "forslag/"))
    answer = coordinator.post(address(example, "whistleblower/"), {"sure": "on"}, follow=True)
    assert answer.redirect_chain == [("/admin/eksempler/", 302)]
    page = answer.content.decode()
    assert "eksempler/fortryd/" not in page
    # What was begun about it in this tab is forgotten too.
    for name in ("ask", "set_aside", "make_case"):
        assert f"desk:{lejre.coordinator.pk}:{name}:{example.reference}" in page
    shown = coordinator.get(address(example)).content.decode()
    for gone in ("medicinlisten", "Mette", "Solsiden", "skriver@example.org"):
        assert gone not in shown
    assert (fresh(example).status, fresh(example).problem) == ("erased", "")
    assert coordinator.post(address(example, "whistleblower/"), {"sure": "on"}).status_code == 302


def test_a_personal_number_in_a_question_is_refused_and_the_rest_kept(coordinator, example):
    refused = coordinator.post(address(example, "spoerg/"), {"text": "Gælder det 010190-1234 hos jer?"})
    assert refused.status_code == 422
    assert "Gælder det" in refused.content.decode()
    assert fresh(example).status == "received"


def test_a_case_is_made_from_a_prefilled_form(coordinator, lejre, example):
    page = coordinator.get(address(example, "forslag/")).content.decode()
    assert "Vi skriver medicinlisten tre steder</textarea>" not in page
    assert 'value="Vi skriver medicinlisten tre steder"' in page
    answer = coordinator.post(
        address(example, "forslag/"),
        {"title": "Medicinlisten ét sted", "problem": "Den skrives tre steder.", "open": "yes"},
        follow=True,
    )
    case = Case.objects.get()
    assert answer.redirect_chain == [(f"/admin/forslag/{case.reference}/", 302)]
    assert case.problem == "Den skrives tre steder."
    assert fresh(example).status == "accepted"


def test_undoing_a_case_closes_the_draft_that_nobody_stands_behind(coordinator, lejre, example):
    case = make_case(lejre.campaign, lejre.coordinator, example=example)
    coordinator.post("/admin/eksempler/fortryd/", {"reference": example.reference})
    assert fresh(example).status == "received"
    assert Case.objects.get(pk=case.pk).status == "closed"


def test_the_likeliest_case_is_offered_and_joined(coordinator, lejre, example):
    case = make_case(
        lejre.campaign,
        lejre.coordinator,
        title="Medicinlisten",
        problem="Medicinlisten skrives flere steder.",
    )
    page = coordinator.get(address(example)).content.decode()
    assert "Læg til dette" in page
    assert case.title in page
    coordinator.post(address(example, "laeg-til/"), {"case": case.reference.lower()})
    assert case.case_examples.current().count() == 2


def test_a_move_that_is_no_longer_legal_is_told_on_the_page(coordinator, lejre, example):
    set_aside(example=example, reason="spam", why="Tak.", by=lejre.coordinator)
    answer = coordinator.post(address(example, "spoerg/"), {"text": "Hvor ofte?"}, follow=True)
    assert answer.redirect_chain[0] == (address(example), 302)
    assert "Det kan ikke længere lade sig gøre" in answer.content.decode()


def test_erasing_wants_a_reason_and_a_tick(coordinator, example):
    assert coordinator.post(address(example, "slet/"), {"why": "Bad om det."}).status_code == 422
    coordinator.post(address(example, "slet/"), {"why": "Bad om det.", "sure": "on"})
    assert fresh(example).status == "erased"
    assert "Teksten er slettet" in coordinator.get(address(example)).content.decode()


def test_the_flood_guard_can_be_wrong(coordinator, example):
    Example.objects.filter(pk=example.pk).update(is_quarantined=True)
    assert "rigtigt eksempel" in coordinator.get(address(example)).content.decode()
    coordinator.post(address(example, "frigiv/"))
    assert not fresh(example).is_quarantined


def test_ticked_rows_are_shown_before_they_are_moved_and_the_skipped_are_told(coordinator, lejre, example):
    other, _code = make_example(lejre.campaign)
    preview = coordinator.post(
        "/admin/eksempler/valgte/", {"move": "set_aside", "chosen": [example.reference, other.reference]}
    )
    assert preview.content.decode().count('name="chosen"') == 2
    assert fresh(example).status == "received"
    set_aside(example=other, reason="spam", why="Tak.", by=lejre.coordinator)
    done = coordinator.post(
        "/admin/eksempler/valgte/",
        {
            "move": "set_aside",
            "confirmed": "yes",
            "reason": "outside_campaign",
            "chosen": [example.reference, other.reference],
        },
        follow=True,
    )
    page = done.content.decode()
    assert fresh(example).status == "set_aside"
    assert f"{other.reference}: dets status tillader det ikke nu" in page
    assert "1 eksempel er flyttet" in page


def test_everything_in_the_list_means_the_list_as_it_is_filtered(coordinator, lejre, noerreby):
    wanted, _code = make_example(lejre.campaign, "Nøglerne ligger et andet sted.")
    make_example(lejre.campaign)
    make_example(noerreby.campaign, "Nøglerne ligger et andet sted.")
    preview = coordinator.post(
        "/admin/eksempler/valgte/?q=nøglerne", {"move": "add_to_case", "everything": "yes", "tab": "unread"}
    )
    assert [example.reference for example in preview.context["rows"]] == [wanted.reference]


def test_rows_join_a_case_together(coordinator, lejre, example):
    case = make_case(lejre.campaign, lejre.coordinator)
    other, _code = make_example(lejre.campaign)
    post = {"move": "add_to_case", "confirmed": "yes", "chosen": [example.reference, other.reference]}
    assert coordinator.post("/admin/eksempler/valgte/", post | {"case": "F-FINDES-IKKE"}).status_code == 422
    coordinator.post("/admin/eksempler/valgte/", post | {"case": case.reference})
    assert case.case_examples.current().count() == 3


def test_the_timeline_says_who_and_when_but_no_words(coordinator, lejre, example):
    set_aside(
        example=example, reason="spam", why="Tak for din tekst.", by=lejre.coordinator, at=timezone.now()
    )
    page = coordinator.get(address(example)).content.decode()
    assert "Lagt til side" in page
    assert str(lejre.coordinator) in page


def test_the_files_are_the_coordinators_alone(coordinator, client, lejre, noerreby):
    file = Clean("application/pdf", "pdf", b"%PDF-1.7 renset", "")
    example, _code = make_example(lejre.campaign, files=[file])
    attached = example.attachments.get().file
    link = address(example, f"bilag/{attached.pk}/")
    page = coordinator.get(address(example)).content.decode()
    assert f'href="{link}"' in page
    assert "bilag-1.pdf" in page
    answer = coordinator.get(link)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 renset"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bilag-1.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert AccessEvent.objects.filter(reference=example.reference, purpose="desk: file").count() == 1
    other, _code = make_example(lejre.campaign)
    assert coordinator.get(address(other, f"bilag/{attached.pk}/")).status_code == 404
    for person, status in (
        (lejre.people["caseworker"], 403),
        (lejre.people["administrator"], 403),
        (noerreby.coordinator, 404),
    ):
        client.force_login(person)
        assert client.get(link).status_code == status


def test_what_the_writer_says_is_the_same_stands_first(coordinator, lejre, example):
    case = make_published_case(lejre.campaign, lejre.coordinator, title="Noget helt andet")
    support_case(case=case, example=example)
    page = coordinator.get(address(example)).content.decode()
    assert "Skribenten siger, at det er det samme som" in page
    assert f'name="case" value="{case.reference}"' in page


def test_what_the_writer_says_of_one_citizen_is_shown(coordinator, lejre):
    example, _code = make_example(lejre.campaign, about_one_citizen=True)
    page = coordinator.get(address(example)).content.decode()
    assert "Indsenderen siger" in page
    assert "Handler om én borger" in page

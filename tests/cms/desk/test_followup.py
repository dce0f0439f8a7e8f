"""The lists of what must be followed up, and the terms by which it is."""

import datetime

import pytest
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Case, Referral
from backend.cases.reminding import remind_due
from backend.cases.terms import terms_of
from backend.registry.models import ResponseTerm
from tests.factories import make_body, make_case, make_example, make_letter

DAY = datetime.timedelta(days=1)


def text(response):
    return response.content.decode()


def answered(world, *, promised, what="Skemaet går ud", title="Dobbelt registrering"):
    by = world.coordinator
    case = make_case(world.campaign, by, title=title)
    actions.mark_ready(case=case, by=by)
    body = make_body(
        f"b-{case.reference.lower()}", "Center for Velfærd", organisation=world.organisation, kind="centre"
    )
    actions.prepare_referral(case=case, body=body, question="Hvorfor?", by=by)
    (referral,) = actions.refer(case=case, by=by)
    reply = actions.record_reply(
        referral=referral, answer="follow", what=what, by_whom="Centerchefen", promised_date=promised, by=by
    )
    actions.release_reply(reply=reply, by=by)
    case.refresh_from_db()
    return case


def effects(world, *changes):
    case = answered(world, promised=timezone.localdate())
    examples = [row.example for row in case.case_examples.all()]
    for _ in changes[1:]:
        example, _code = make_example(world.campaign)
        actions.add_to_case(example=example, case=case, by=world.coordinator)
        examples.append(example)
    day = timezone.localdate() - 100 * DAY
    actions.mark_done(case=case, implemented_date=day, evidence="Væk", by=world.coordinator)
    actions.ask_effect(case=case, at=timezone.now() - 2 * DAY)
    # Told of from the day after: a day that is over.
    for example, change in zip(examples, changes, strict=True):
        actions.answer_effect(example=example, change=change, at=timezone.now() - DAY)
    return case


def test_promises_are_listed_with_the_late_ones_first_and_filtered_by_links(coordinator, lejre, noerreby):
    today = timezone.localdate()
    answered(lejre, promised=today + 60 * DAY, what="Om længe")
    answered(lejre, promised=today - DAY, what="I går")
    answered(lejre, promised=today + 5 * DAY, what="Snart")
    answered(noerreby, promised=today - DAY, what="Hos de andre")
    page = text(coordinator.get("/admin/opfoelgning/"))
    assert page.index("I går") < page.index("Snart") < page.index("Om længe")
    assert "Hos de andre" not in page
    assert "Centerchefen" in page
    for when, shown in (("late", "I går"), ("soon", "Snart"), ("later", "Om længe")):
        assert f"?tab=promised&amp;when={when}" in page
        only = text(coordinator.get(f"/admin/opfoelgning/?tab=promised&when={when}"))
        assert [word for word in ("I går", "Snart", "Om længe") if word in only] == [shown]


def test_an_answer_over_its_term_shows_whom_to_write_to_next(coordinator, lejre):
    batch, (referral, _other), _link, _secret = make_letter(
        lejre.campaign, lejre.coordinator, email="a@example.org"
    )
    batch.body.contacts.create(
        organisation=lejre.organisation, email="chef@example.org", name="Bo Chef", title="Direktør", rank=9
    )
    assert "Bo Chef" not in text(coordinator.get("/admin/opfoelgning/?tab=overdue"))
    Referral.objects.filter(pk=referral.pk).update(due_at=timezone.now() - 3 * DAY)
    page = text(coordinator.get("/admin/opfoelgning/?tab=overdue"))
    assert "Bo Chef, Direktør" in page
    assert "3 dage over fristen" in page
    assert f"/admin/breve/{batch.pk}/" in page


def test_whoever_was_not_asked_by_mail_is_for_the_secretariat_to_remind(coordinator, lejre):
    case = make_case(lejre.campaign, lejre.coordinator)
    actions.mark_ready(case=case, by=lejre.coordinator)
    actions.prepare_referral(case=case, body=make_body(), by=lejre.coordinator)
    (referral,) = actions.refer(case=case, by=lejre.coordinator, channel="phone")
    Referral.objects.filter(pk=referral.pk).update(due_at=timezone.now() - DAY)
    page = text(coordinator.get("/admin/opfoelgning/?tab=overdue"))
    assert "Ryk dem selv." in page
    assert "De er ikke spurgt pr. mail (telefon)." in page


def test_when_a_body_was_reminded_stands_on_its_line(coordinator, lejre):
    sent = datetime.datetime(2026, 9, 1, 9, tzinfo=datetime.UTC)
    batch, (_one, referral), _link, _secret = make_letter(lejre.campaign, lejre.coordinator, at=sent)
    for days in (24, 28):
        remind_due(at=sent + days * DAY)
    told = "påmindet 25. september 2026, 29. september 2026"
    addresses = ("opfoelgning/?tab=overdue", "henvendelser/", f"breve/{batch.pk}/")
    assert [text(coordinator.get(f"/admin/{address}")).count(told) for address in addresses] == [2, 2, 2]
    assert "Påmindet" in text(coordinator.get(f"/admin/henvendelser/{referral.pk}/"))


def test_what_writers_say_is_the_same_stands_on_a_list_until_somebody_has_looked(coordinator, lejre):
    case = effects(lejre, "gone", "same")
    page = text(coordinator.get("/admin/opfoelgning/?tab=effect"))
    assert case.reference in page
    address = f"/admin/opfoelgning/{case.reference}/effekt/"
    page = text(coordinator.get(address))
    assert "dagen efter at mindst fem har svaret" in page
    assert "Det er væk" not in page
    assert coordinator.post(address, {"why": ""}).status_code == 422
    assert coordinator.post(address, {"why": "Vi spørger centret igen"}).status_code == 302
    assert case.reference not in text(coordinator.get("/admin/opfoelgning/?tab=effect"))


def test_five_answers_are_told_in_numbers(coordinator, lejre):
    case = effects(lejre, "gone", "gone", "gone", "less", "worse")
    page = text(coordinator.get(f"/admin/opfoelgning/{case.reference}/effekt/"))
    assert "<dt>Det er væk</dt><dd>3</dd>" in page
    assert f"/admin/opfoelgning/{case.reference}/effekt/" in text(
        coordinator.get(f"/admin/forslag/{case.reference}/")
    )


def test_the_case_shows_that_a_writer_has_answered_the_bodys_question(coordinator, lejre):
    _batch, (referral, _other), _link, _secret = make_letter(lejre.campaign, lejre.coordinator)
    case = Case.objects.get(pk=referral.case_id)
    example = case.case_examples.get().example
    reply = actions.record_reply(
        referral=referral, answer="lacks_facts", text="Hvilket?", by=lejre.coordinator
    )
    actions.release_reply(reply=reply, by=lejre.coordinator)
    address = f"/admin/forslag/{case.reference}/"
    notice = "efter at modtagerens spørgsmål blev vist"
    assert notice not in text(coordinator.get(address))
    example.messages.create(from_submitter=True, text="Det er Nexus", on_date=timezone.localdate())
    page = text(coordinator.get(address))
    assert notice in page
    assert "Nexus" not in page
    referral.refresh_from_db()
    actions.answer_body(referral=referral, text="Det er Nexus", by=lejre.coordinator)
    assert notice not in text(coordinator.get(address))


@pytest.mark.parametrize("role", ["reader", "caseworker"])
def test_whoever_sees_cases_sees_the_lists_but_only_some_may_note(client, lejre, role):
    case = effects(lejre, "same")
    client.force_login(lejre.people[role])
    assert case.reference in text(client.get("/admin/opfoelgning/?tab=effect"))
    response = client.post(f"/admin/opfoelgning/{case.reference}/effekt/", {"why": "Set"})
    assert response.status_code == (403 if role == "reader" else 302)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("tab", "queries"), [("promised", 12), ("overdue", 15), ("effect", 11)])
def test_the_lists_ask_as_often_with_more(
    coordinator, lejre, number, tab, queries, django_assert_num_queries
):
    for _ in range(number):
        if tab == "effect":
            effects(lejre, "same")
        elif tab == "promised":
            answered(lejre, promised=timezone.localdate())
        else:
            make_letter(lejre.campaign, lejre.coordinator, rows=1)
    Referral.objects.filter(status="sent").update(due_at=timezone.now() - DAY)
    coordinator.get("/admin/opfoelgning/")
    with django_assert_num_queries(queries):
        response = coordinator.get(f"/admin/opfoelgning/?tab={tab}")
    assert text(response).count("data-row") == number


# --- Terms ------------------------------------------------------------------------------------------------------


@pytest.fixture
def administrator(client, lejre):
    client.force_login(lejre.people["administrator"])
    return client


def rows(lejre, **changed):
    values = {}
    for group, term in terms_of(lejre.organisation).items():
        for name in ("working_days", "remind_before", "remind_after"):
            values[f"{group}-{name}"] = getattr(term, name)
        if term.is_automatic:
            values[f"{group}-is_automatic"] = "on"
    return values | {name.replace("__", "-"): value for name, value in changed.items()}


def test_an_administrator_sets_the_terms_and_only_what_differs_is_kept(administrator, lejre):
    assert 'value="20"' in text(administrator.get("/admin/registre/frister/"))
    sent = rows(lejre, workplace__working_days=10, ministry__is_automatic="on")
    assert administrator.post("/admin/registre/frister/", sent).status_code == 302
    assert set(ResponseTerm.objects.values_list("group", "working_days", "is_automatic")) == {
        ("workplace", 10, True),
        ("ministry", 20, True),
    }
    assert (
        administrator.post("/admin/registre/frister/", rows(lejre, workplace__working_days=20)).status_code
        == 302
    )
    assert list(ResponseTerm.objects.values_list("group", flat=True)) == ["ministry"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workplace__working_days", 0),
        ("workplace__working_days", "mange"),
        ("workplace__working_days", 251),
        ("workplace__working_days", ""),
        ("workplace__remind_before", 20),
        ("workplace__remind_before", -1),
        ("workplace__remind_after", 0),
    ],
)
def test_a_term_that_cannot_be_is_told_at_its_field_and_kept_in_it(administrator, lejre, name, value):
    response = administrator.post(
        "/admin/registre/frister/", rows(lejre, **{name: value, "med__working_days": 33})
    )
    assert response.status_code == 422
    assert 'value="33"' in text(response)
    assert text(response).count("error-message") == 1
    assert not ResponseTerm.objects.exists()


def test_only_an_administrator_sets_terms(coordinator, lejre):
    assert coordinator.get("/admin/registre/frister/").status_code == 403
    assert coordinator.post("/admin/registre/frister/", rows(lejre)).status_code == 403

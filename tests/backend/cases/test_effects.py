"""Promised, done, and whether the time came back: three things, each with its list."""

import datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions.effects import answer_effect, case_to_answer, note_effect
from backend.cases.clock import tick
from backend.cases.effects import documented_effect, months_before
from backend.cases.followup import late_promises, not_solved, promised
from backend.cases.models import Case, CaseEvent, Effect
from backend.examples.contacts import confirm_address
from backend.examples.models import Contact
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from tests.factories import make_body, make_campaign, make_case, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db
D = datetime.date
DAY = datetime.timedelta(days=1)
DONE = D(2026, 6, 1)
START = datetime.datetime(2026, 3, 2, 7, tzinfo=datetime.UTC)
PROMISE = {
    "answer": "follow",
    "what": "Skemaet går ud.",
    "by_whom": "Centret",
    "promised_date": D(2026, 6, 1),
}


def on(date):
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time(8)))


@pytest.fixture
def campaign():
    return make_campaign(make_organisation(), opens_date=D(2026, 1, 1), closes_date=D(2028, 12, 31))


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def answered(campaign, by, *, reply=PROMISE, example=None):
    """A case with a released answer."""
    case = make_case(campaign, by, example=example, at=START)
    actions.mark_ready(case=case, by=by, at=START)
    body = make_body(f"body-{case.reference.lower()}", "Centret")
    actions.prepare_referral(case=case, body=body, question="Hvorfor?", by=by, at=START)
    (referral,) = actions.refer(case=case, by=by, at=START)
    row = actions.record_reply(referral=referral, by=by, at=START, **reply)
    actions.release_reply(reply=row, by=by, at=START)
    case.refresh_from_db()
    return case


def done(campaign, by, *, examples=1, date=DONE, **fields):
    """A case that was done on `date`, with its examples."""
    rows = [make_example(campaign, at=START, **fields)[0] for _ in range(examples)]
    case = answered(campaign, by, example=rows[0])
    for example in rows[1:]:
        actions.add_to_case(example=example, case=case, by=by, at=START)
    actions.mark_done(case=case, implemented_date=date, evidence="Skemaet er væk.", by=by, at=on(date))
    return case, rows


def test_three_months_are_counted_by_the_calendar():
    assert months_before(D(2026, 9, 1), 3) == D(2026, 6, 1)
    assert months_before(D(2026, 5, 31), 3) == D(2026, 2, 28)
    assert months_before(D(2027, 1, 15), 3) == D(2026, 10, 15)


def test_done_needs_something_that_shows_it(campaign, coordinator):
    case = answered(campaign, coordinator)
    day = D(2026, 5, 1)
    with pytest.raises(InvalidInput) as invalid:
        actions.mark_done(case=case, implemented_date=day, evidence=" ", by=coordinator)
    assert [error.pointer for error in invalid.value.errors] == ["/evidence"]
    text = "Birgitte Hansen har set, at skemaet er væk."
    with pytest.raises(InvalidInput) as invalid:
        actions.mark_done(case=case, implemented_date=day, evidence=text, by=coordinator)
    assert [error.pointer for error in invalid.value.errors] == ["/no_personal_data"]
    actions.mark_done(case=case, implemented_date=day, evidence=text, no_personal_data=True, by=coordinator)
    assert case.implemented_date == day


def test_a_promise_is_followed_until_it_is_done(campaign, coordinator):
    case = answered(campaign, coordinator)
    trial = answered(
        campaign,
        coordinator,
        reply={
            "answer": "trial",
            "what": "Uden skema",
            "place": "Nord",
            "from_date": D(2026, 4, 1),
            "to_date": D(2026, 5, 1),
        },
    )
    answered(campaign, coordinator, reply={"answer": "not", "reason_code": "cost", "text": "Nej."})
    assert [(row.referral.case_id, row.follow_date) for row in promised()] == [
        (trial.pk, D(2026, 5, 1)),
        (case.pk, D(2026, 6, 1)),
    ]
    assert [row.referral.case_id for row in late_promises(on(D(2026, 6, 1)))] == [trial.pk]
    assert late_promises(on(D(2026, 6, 2))).count() == 2
    actions.mark_done(case=case, implemented_date=D(2026, 6, 2), evidence="Væk.", by=coordinator)
    actions.close(case=trial, why="Forsøget blev aflyst", by=coordinator)
    assert promised().count() == 0
    actions.undo_done(case=case, why="Det kom igen", by=coordinator)
    assert promised().count() == 1


def test_the_digest_tells_of_late_promises_once_and_together(campaign, coordinator):
    for _ in range(3):
        answered(campaign, coordinator)
    tick(at=on(D(2026, 6, 1)))
    mail.outbox.clear()
    for day in range(1, 5):
        for hour in (0, 7, 12):
            tick(at=on(D(2026, 6, 1) + day * DAY).replace(hour=hour))
    assert [message.subject for message in mail.outbox] == [
        "Kernetid: 3 løfter, der ikke blev gjort til tiden"
    ]
    assert "/admin/opfoelgning/" in mail.outbox[0].body
    events = CaseEvent.objects.filter(move="promise_late")
    assert events.count() == 3
    assert not events.filter(is_public=True).exists()


def test_everybody_is_asked_once_three_months_after_it_was_done(campaign, coordinator):
    case, (example,) = done(campaign, coordinator)
    for date in (D(2026, 8, 31), D(2026, 9, 1), D(2026, 9, 2), D(2026, 12, 1)):
        tick(at=on(date))
        case.refresh_from_db()
        assert case.effect_asked_date == (None if date == D(2026, 8, 31) else D(2026, 9, 1))
    assert CaseEvent.objects.filter(move="ask_effect", is_public=True).count() == 1
    assert case_to_answer(example) == case
    answer_effect(example=example, change="less", minutes=Decimal(5), at=on(D(2026, 9, 3)))
    assert case_to_answer(example) is None
    with pytest.raises(InvalidInput):
        answer_effect(example=example, change="gone", at=on(D(2026, 9, 4)))
    assert Effect.objects.get().change == "less"


def test_a_closed_case_is_asked_about_too(campaign, coordinator):
    case, _examples = done(campaign, coordinator)
    actions.close(case=case, why="Det er gjort", by=coordinator)
    assert tick(at=on(D(2026, 9, 1)))["asked_for_effect"] == 1


def test_what_was_undone_and_done_again_is_asked_about_again(campaign, coordinator):
    case, (example,) = done(campaign, coordinator)
    tick(at=on(D(2026, 9, 1)))
    answer_effect(example=example, change="same", at=on(D(2026, 9, 2)))
    actions.undo_done(case=case, why="Det kom igen", by=coordinator, at=on(D(2026, 9, 3)))
    assert not_solved().count() == 0
    tick(at=on(D(2026, 12, 3)))
    actions.mark_done(
        case=case,
        implemented_date=D(2026, 12, 4),
        evidence="Nu er det væk.",
        by=coordinator,
        at=on(D(2026, 12, 4)),
    )
    assert case_to_answer(example) is None
    tick(at=on(D(2027, 3, 4)))
    assert case_to_answer(example) == case
    answer_effect(example=example, change="gone", at=on(D(2027, 3, 5)))
    assert [(row.change, row.on_date) for row in Effect.objects.all()] == [("gone", D(2027, 3, 5))]


def test_the_effect_is_what_the_same_writers_time_was_and_is(campaign, coordinator):
    case, examples = done(campaign, coordinator, examples=6, minutes=30, times=1, period="week", people=2)
    tick(at=on(D(2026, 9, 1)))
    case.refresh_from_db()
    for example in examples[:4]:
        answer_effect(example=example, change="gone", at=on(D(2026, 9, 2)))
    few = documented_effect(case, at=on(D(2026, 9, 3)))
    assert (few.answers, few.is_shown, few.counts, few.freed, few.label) == (0, False, (), None, "")
    answer_effect(example=examples[4], change="less", minutes=Decimal(15), at=on(D(2026, 9, 2)))
    # Not before the day is over: a sixth may still come on it.
    assert not documented_effect(case, at=on(D(2026, 9, 2))).is_shown
    effect = documented_effect(case, at=on(D(2026, 9, 3)))
    # 30 minutes a week, 44 weeks, two people: 44 hours a year each.
    assert (effect.before, effect.now, effect.freed) == (Decimal(220), Decimal(22), Decimal(198))
    assert effect.label == "ca. 150–200 timer om året (skøn)"
    assert dict(effect.counts)["Det er væk"] == 4


def test_withdrawing_takes_how_long_it_takes_now_and_leaves_what_it_came_to(campaign, coordinator):
    _case, (example,) = done(campaign, coordinator, minutes=30, times=1, period="day")
    tick(at=on(D(2026, 9, 1)))
    answer_effect(example=example, change="less", minutes=10, times=1, period="day", at=on(D(2026, 9, 2)))
    hours = Effect.objects.values_list("change", "hours_before", "hours_now").get()
    assert None not in hours
    actions.withdraw(example=example, at=on(D(2026, 9, 3)))
    effect = Effect.objects.get()
    assert (effect.minutes, effect.times, effect.period) == (None, None, "")
    assert (effect.change, effect.hours_before, effect.hours_now) == hours


def test_two_figures_of_an_effect_never_differ_by_one_to_four_writers(campaign, coordinator):
    case, examples = done(campaign, coordinator, examples=14, minutes=30, times=1, period="week", people=1)
    tick(at=on(D(2026, 9, 1)))
    case.refresh_from_db()
    told = []
    for number, example in enumerate(examples):
        # One a day but for the last three; each with its own time, so that a difference would tell whose it is.
        at = on(D(2026, 9, 2) + min(number, 11) * DAY)
        told.append(documented_effect(case, at=at))
        answer_effect(example=example, change="less", minutes=Decimal(number), at=at)
    later = on(D(2026, 9, 14))
    told.append(documented_effect(case, at=later))
    assert [effect.answers for effect in told] == [0] * 5 + [5] * 5 + [10] * 5
    assert len({effect.freed for effect in told}) == 3
    # What has been told stands, also when a writer's words go: the difference would be that writer.
    actions.withdraw(example=examples[2], at=later)
    assert documented_effect(case, at=later) == told[-1]


def test_times_that_are_not_known_are_not_reckoned_with(campaign, coordinator):
    case, examples = done(campaign, coordinator, examples=5)
    tick(at=on(D(2026, 9, 1)))
    case.refresh_from_db()
    for example in examples:
        answer_effect(example=example, change="worse", at=on(D(2026, 9, 2)))
    effect = documented_effect(case, at=on(D(2026, 9, 3)))
    assert (effect.answers, effect.freed, effect.label) == (5, None, "")


def test_the_same_or_worse_puts_the_case_on_a_list_until_somebody_has_looked(campaign, coordinator):
    case, (example, other) = done(campaign, coordinator, examples=2)
    tick(at=on(D(2026, 9, 1)))
    answer_effect(example=example, change="gone", at=on(D(2026, 9, 2)))
    assert not_solved().count() == 0
    answer_effect(example=other, change="worse", at=on(D(2026, 9, 2)))
    assert list(not_solved()) == [case]
    with pytest.raises(NotAllowed):
        note_effect(case=case, why="Set", by=make_user("reader", campaign.organisation))
    with pytest.raises(InvalidInput):
        note_effect(case=case, why=" ", by=coordinator)
    note_effect(case=case, why="Vi spørger centret igen", by=coordinator, at=on(D(2026, 9, 3)))
    assert not_solved().count() == 0


def test_an_answer_that_comes_later_on_the_day_somebody_has_looked_is_on_the_list(campaign, coordinator):
    case, (example, other) = done(campaign, coordinator, examples=2)
    tick(at=on(D(2026, 9, 1)))
    answer_effect(example=example, change="worse", at=on(D(2026, 9, 2)))
    note_effect(case=case, why="Vi spørger centret igen", by=coordinator, at=on(D(2026, 9, 2)))
    assert not_solved().count() == 0
    answer_effect(example=other, change="same", at=on(D(2026, 9, 2)))
    assert list(not_solved()) == [case]


@pytest.mark.parametrize(
    ("values", "pointers"),
    [
        ({"change": "måske"}, {"/change"}),
        ({"change": "less", "minutes": Decimal(-1)}, {"/minutes"}),
        (
            {"change": "less", "minutes": Decimal(10001), "times": -2, "period": "år"},
            {"/minutes", "/times", "/period"},
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_field(campaign, coordinator, values, pointers):
    _case, (example,) = done(campaign, coordinator)
    tick(at=on(D(2026, 9, 1)))
    with pytest.raises(InvalidInput) as invalid:
        answer_effect(example=example, **values)
    assert {error.pointer for error in invalid.value.errors} == pointers
    assert not Effect.objects.exists()


def test_nobody_answers_what_was_not_asked(campaign, coordinator):
    example, _code = make_example(campaign, at=START)
    with pytest.raises(InvalidInput):
        answer_effect(example=example, change="gone")
    _case, (example,) = done(campaign, coordinator)
    with pytest.raises(InvalidInput):
        answer_effect(example=example, change="gone")


def test_an_address_goes_with_the_answer_or_thirty_days_after_the_question(campaign, coordinator):
    case, examples = done(campaign, coordinator, examples=2, contact_email="skriver@example.org")
    tick(at=START)
    (letter,) = [message.body for message in mail.outbox if "/afmeld/" in message.body]
    token = letter.partition("?t=")[2].split()[0]
    assert confirm_address(token=token, organisation=campaign.organisation, at=START)
    tick(at=on(D(2026, 8, 31)))
    assert Contact.objects.count() == 2
    tick(at=on(D(2026, 9, 1)))
    assert "om det hjalp" in [message.body for message in mail.outbox if "/afmeld/" in message.body][-1]
    answer_effect(example=examples[0], change="gone", at=on(D(2026, 9, 2)))
    assert Contact.objects.get().example == examples[1]
    tick(at=on(D(2026, 10, 1)))
    assert Contact.objects.count() == 1
    tick(at=on(D(2026, 10, 2)))
    assert not Contact.objects.exists()
    assert Case.objects.get(pk=case.pk).effect_asked_date == D(2026, 9, 1)

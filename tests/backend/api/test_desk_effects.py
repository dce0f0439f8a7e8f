"""What comes in about a case afterwards: supports that were set aside, and what writers said of the effect."""

import datetime

import pytest

from backend.cases.models import Case, CaseEvent, Effect, Support
from tests.factories import make_example, make_user

from .conftest import as_user, not_now, pointers

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 9, 1)


def test_a_day_of_supports_is_counted_refused_and_set_aside(world, staff):
    Support.objects.bulk_create(
        Support(case=world.case, on_date=DAY + datetime.timedelta(days=later), is_quarantined=is_aside)
        for later, is_aside in [(0, False), (0, True), (0, True), (1, False)]
    )
    path = f"/desk/cases/{world.case.reference}"

    def days():
        return [
            (day["on_date"], day["counted"], day["waiting"], day["refused"])
            for day in staff.read(f"{path}/supports")["items"]
        ]

    assert days() == [("2026-09-02", 1, 0, 0), ("2026-09-01", 1, 2, 0)]
    body = {"on_date": "2026-09-01"}
    staff.send(f"{path}/refuse_supports", body, 200)
    assert days()[1] == ("2026-09-01", 1, 0, 2)
    assert staff.send(f"{path}/accept_supports", body, 200).json()["supports"] == 4
    assert staff.send(f"{path}/set_supports_aside", body, 200).json()["supports"] == 1
    assert days()[1] == ("2026-09-01", 0, 3, 0)
    assert pointers(staff.send(f"{path}/set_supports_aside", body)) == {"/on_date": "nothing_there"}
    assert staff.read(f"{path}/supports?limit=1")["count"] == 2


def test_what_writers_said_is_read_and_noted(world, staff):
    Case.objects.filter(pk=world.case.pk).update(
        status="answered", outcome="follow", implemented_date=DAY, effect_asked_date=DAY
    )
    path = f"/desk/cases/{world.case.reference}"
    assert not_now(staff.send(f"{path}/note_effect", {"why": "Set"})) == ["no_effect"]
    examples = [make_example(world.campaign)[0] for _ in range(5)]
    answers = [Effect(case=world.case, example=one, change="worse", on_date=DAY) for one in examples]
    Effect.objects.bulk_create(answers[:4])
    few = staff.read(f"{path}/effect")
    assert (few["effect"], few["counts"], few["is_unsolved"]) == (None, [], True)
    answers[4].save()
    told = staff.read(f"{path}/effect")
    assert (told["asked_date"], told["effect"]) == ("2026-09-01", {"answers": 5, "hours_freed": None})
    counts = {row["change"]: row["count"] for row in told["counts"]}
    assert counts == {"gone": 0, "less": 0, "same": 0, "worse": 5}
    assert pointers(staff.send(f"{path}/note_effect", {"why": ""})) == {"/why": "required"}
    staff.send(f"{path}/note_effect", {"why": "Vi taler med centret."}, 200)
    assert staff.read(f"{path}/effect")["is_unsolved"] is False


def test_a_reader_decides_nothing(world):
    Support.objects.create(case=world.case, on_date=DAY)
    Effect.objects.create(
        case=world.case, example=make_example(world.campaign)[0], change="gone", on_date=DAY
    )
    reader = as_user(make_user("reader", world.lejre))
    path = f"/desk/cases/{world.case.reference}"
    events = CaseEvent.objects.count()
    for name in ("accept_supports", "refuse_supports", "set_supports_aside"):
        assert reader.send(f"{path}/{name}", {"on_date": str(DAY)}).status_code == 403, name
    assert reader.send(f"{path}/note_effect", {"why": "Set"}).status_code == 403
    assert CaseEvent.objects.count() == events

"""Two people who freeze at the same moment get two numbers, and a draft is begun once."""

import threading

import pytest
from django.db import connection

from backend.examples.validation import InvalidInput
from exports import actions
from exports.models import Submission
from tests.exports.worlds import make_world

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, work):
    """Run `work(number)` in threads that start together; returns what each gave or raised."""
    results = [None] * count
    start = threading.Barrier(count)

    def run(number):
        start.wait()
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_every_frozen_submission_gets_its_own_number():
    world = make_world()
    cases = [world.ready_case(f"Problem nummer {number}", 1) for number in range(6)]

    def work(number):
        # There is one draft at a time, so several may have to wait for one another.
        for _attempt in range(200):
            try:
                frozen = actions.freeze_cases(
                    organisation=world.organisation,
                    body=world.ministry,
                    cases=[(cases[number], None)],
                    by=world.coordinator,
                )
            except InvalidInput:
                continue
            return frozen.number
        return None

    numbers = at_once(6, work)
    year = Submission.objects.values_list("year", flat=True).first()
    assert sorted(map(str, numbers)) == [f"{year}-{seq:02d}" for seq in range(1, 7)]


def test_a_draft_is_begun_once_and_frozen_once():
    world = make_world()

    def begin(_number):
        return actions.create_draft(
            organisation=world.organisation, body=world.ministry, by=world.coordinator
        )

    begun = at_once(4, begin)
    assert sum(isinstance(result, Submission) for result in begun) == 1
    assert sum(isinstance(result, InvalidInput) for result in begun) == 3
    draft = Submission.objects.get()
    actions.add_case(submission=draft, case=world.ready_case(), by=world.coordinator)
    frozen = at_once(4, lambda _number: actions.freeze(submission=draft, by=world.coordinator))
    assert sum(isinstance(result, Submission) for result in frozen) == 1
    assert Submission.objects.get().files.count() == 4

"""The same key at the same moment, on real connections."""

import threading

import pytest
from django.db import connections

from backend.examples.models import Example, IdempotencyKey

from .conftest import ApiClient, World, example

pytestmark = pytest.mark.django_db(transaction=True)


def together(jobs):
    """Run the jobs at the same moment; their results in order."""
    results = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number, job):
        start.wait()
        try:
            results[number] = job()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, job)) for number, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def send(key, **fields):
    return lambda: ApiClient().send("/examples", example(**fields), headers={"Idempotency-Key": key})


def test_double_clicks_store_one_example_and_get_one_answer():
    World()
    before = Example.objects.count()
    for number in range(10):
        answers = together([send(f"pair-{number}") for _ in range(4)])
        assert [answer.status_code for answer in answers] == [201] * 4
        assert len({answer.content for answer in answers}) == 1
    assert Example.objects.count() == before + 10
    assert IdempotencyKey.objects.count() == 10


def test_two_bodies_under_one_key_at_once():
    World()
    before = Example.objects.count()
    answers = together([send("k", problem=f"Det her er nummer {number} af dem.") for number in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert Example.objects.count() == before + 1


def test_many_at_once_are_all_stored():
    World()
    before = Example.objects.count()
    answers = together([send(f"key-{number}") for number in range(12)])
    assert [answer.status_code for answer in answers] == [201] * 12
    assert len({answer.json()["reference"] for answer in answers}) == 12
    assert Example.objects.count() == before + 12

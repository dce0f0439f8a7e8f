"""Opposite moves at the same moment: all lock in one order (`actions.steps`), so none is killed by another."""

import datetime
import threading

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone

from backend.cases import actions
from backend.cases.actions import body as answering
from backend.cases.actions.links import pass_on, revoke_link, send_new_link
from backend.examples.lifecycle import IllegalMove
from backend.examples.validation import InvalidInput
from backend.organisations.permissions import NotAllowed
from exports import actions as submissions
from tests.factories import (
    make_body,
    make_campaign,
    make_case,
    make_example,
    make_letter,
    make_organisation,
    make_user,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time."),
]
ROUNDS = 2


def together(jobs):
    """Run the jobs at the same moment; the database's own errors among what they raised."""
    start, killed = threading.Barrier(len(jobs)), []

    def run(job):
        start.wait()
        try:
            job()
        except (IllegalMove, InvalidInput, NotAllowed):
            pass  # the other one was first
        except OperationalError as error:
            killed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return killed


class World:
    """Cases that two bodies are chosen for."""

    def __init__(self):
        self.organisation = make_organisation()
        self.campaign = make_campaign(self.organisation)
        self.by = make_user("coordinator", self.organisation)
        self.bodies = [
            make_body(
                key, key.capitalize(), organisation=self.organisation, kind="centre", level="municipality"
            )
            for key in ("nord", "syd")
        ]
        for body in self.bodies:
            body.contacts.create(organisation=self.organisation, email=f"{body.key}@example.org")

    def cases(self, count):
        made = []
        for _ in range(count):
            case = make_case(self.campaign, self.by)
            actions.mark_ready(case=case, by=self.by)
            made.append(case)
        return made

    def chosen(self, case, body):
        return actions.prepare_referral(case=case, body=body, by=self.by)

    def letter(self, rows, body):
        return lambda: actions.send_batch(
            organisation=self.organisation,
            body=body,
            referrals=rows,
            subject="Forslag fra medarbejderne",
            letter="Kære center\n\nVi sender jer her de forslag, som I kan gøre noget ved.",
            by=self.by,
        )


def letters_about_the_same_cases_and_what_is_done_with_each_of_them(world):
    by = world.by
    for _ in range(ROUNDS):
        first, second = cases = world.cases(2)
        north, south = ([world.chosen(case, body) for case in cases] for body in world.bodies)
        killed = together(
            [
                world.letter(north, world.bodies[0]),
                world.letter(south[::-1], world.bodies[1]),
                lambda first=first, row=south[0]: actions.refer(case=first, referrals=[row], by=by),
                lambda second=second, row=south[1]: actions.refer(case=second, referrals=[row], by=by),
                lambda row=north[1]: actions.cancel_referral(referral=row, why="Nej", by=by),
            ]
        )
        assert killed == []


def replies_that_are_held_in_any_order(world):
    cases = world.cases(4)
    replies = []
    for case in cases:
        world.chosen(case, world.bodies[0])
        (row,) = actions.refer(case=case, by=world.by)
        replies.append(
            actions.record_reply(referral=row, answer="not", reason_code="cost", text="Nej.", by=world.by)
        )
    until = timezone.localdate() + datetime.timedelta(days=9)
    for _ in range(ROUNDS):
        jobs = [
            lambda order=order: actions.hold_replies(replies=order, until=until, by=world.by)
            for order in (replies, replies[::-1], replies[2:] + replies[:2], replies[::-1])
        ]
        assert together(jobs) == []


def cases_that_are_merged_into_each_other(world):
    for _ in range(ROUNDS):
        cases = world.cases(3)
        jobs = [
            lambda case=case, other=other: actions.merge_into(case=case, other=other, by=world.by)
            for case, other in zip(cases * 2, [*cases[1:], cases[0], cases[2], *cases[:2]], strict=True)
        ]
        assert together(jobs) == []


def examples_that_join_and_leave_while_words_are_removed(world):
    by = world.by
    for _ in range(ROUNDS):
        case, other = world.cases(2)
        rows = [case.case_examples.get().example, other.case_examples.get().example]
        fresh, _code = make_example(world.campaign)
        killed = together(
            [
                lambda example=rows[0]: actions.erase(example=example, why="Ønsket", by=by),
                lambda example=rows[1]: actions.erase(example=example, why="Ønsket", by=by),
                lambda case=case, example=fresh: actions.add_to_case(example=example, case=case, by=by),
                lambda case=case, other=other: actions.merge_into(case=other, other=case, by=by),
            ]
        )
        assert killed == []


def forms_and_letters_at_once(world):
    by = world.by
    for _ in range(ROUNDS):
        (case,) = world.cases(1)
        actions.edit_case(case=case, version=case.version, table=2, by=by)
        row = world.chosen(case, world.bodies[0])
        draft = submissions.create_draft(organisation=world.organisation, body=world.bodies[1], by=by)
        submissions.add_case(submission=draft, case=case, by=by)
        killed = together(
            [
                lambda draft=draft: submissions.freeze(submission=draft, by=by),
                world.letter([row], world.bodies[0]),
                lambda case=case: actions.close(case=case, why="Nok", by=by),
            ]
        )
        assert killed == []
        draft.refresh_from_db()
        if not draft.is_frozen:
            submissions.discard_draft(submission=draft, by=by)


def links_that_are_renewed_closed_and_taken_back_at_once(world):
    later = timezone.now() + datetime.timedelta(hours=2)
    for _ in range(2 * ROUNDS):
        batch, rows, link, _secret = make_letter(world.campaign, world.by, rows=1)
        subs = [
            pass_on(link=link, referrals=rows, to_email=to, by_name="Bente Lund", by_title="Leder")
            for to in ("en@example.org", "to@example.org")
        ]
        killed = together(
            [
                lambda sub=subs[0], link=link: answering.take_back_rows(link=link, sub_link=sub),
                lambda sub=subs[1], link=link: answering.take_back_rows(link=link, sub_link=sub),
                lambda batch=batch: send_new_link(batch=batch, by=world.by, at=later),
                lambda link=link: revoke_link(link=link, by=world.by),
            ]
        )
        assert killed == []


def test_opposite_moves_at_the_same_moment_wait_for_each_other():
    # One test: to empty the database after each would take longer than all of them.
    world = World()
    letters_about_the_same_cases_and_what_is_done_with_each_of_them(world)
    replies_that_are_held_in_any_order(world)
    cases_that_are_merged_into_each_other(world)
    examples_that_join_and_leave_while_words_are_removed(world)
    forms_and_letters_at_once(world)
    links_that_are_renewed_closed_and_taken_back_at_once(world)

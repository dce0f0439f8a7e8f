"""`python -m tests.bench.guessing` – can the time of an answer tell a wrong secret from one that once opened? (P-20)

Two hundred tries of each kind, in turns, through the whole program: the body's page and the tracking page. Secrets that
open nothing must get the same answer, with medians less than 5 % apart.
"""

import datetime
import logging
import os
import random
import secrets
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
os.environ.setdefault("DATABASE_URL", "sqlite:///var/guessing.sqlite3")
django.setup()

from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

from backend.cases.actions import revoke_link
from backend.cases.models import AccessLink
from backend.examples.actions import open_example, replace_code, submit_example
from backend.examples.references import new_code
from backend.examples.validation import Submission
from tests.cms.worlds import make_world
from tests.factories import make_letter, make_user

TRIES = 200


def measured(kinds, post):
    """The answers' medians, in milliseconds, and their statuses and sizes: {kind: (median, answers)}."""
    taken = {kind: [] for kind in kinds}
    answers = {kind: set() for kind in kinds}
    for number in range(TRIES + 20):
        # In another order each round: what comes after the page that opens meets a processor still busy with it.
        for kind, secret in random.sample(list(kinds.items()), len(kinds)):
            words = secret() if callable(secret) else secret
            begun = time.perf_counter()
            response = post(words)
            seconds = time.perf_counter() - begun
            if number >= 20:  # the first ones warm up
                taken[kind].append(seconds)
                answers[kind].add((response.status_code, len(response.content) - len(words)))
    return {kind: (sorted(times)[TRIES // 2] * 1000, answers[kind]) for kind, times in taken.items()}


def tell(what, figures, closed):
    print(f"\n{what}, {TRIES} tries each")
    for kind, (middle, answers) in figures.items():
        print(f"  {kind:<28} {middle:7.2f} ms   status and size: {sorted(answers)[:3]}")
    middles = [figures[kind][0] for kind in closed]
    print(f"  widest difference of what opens nothing: {max(middles) / min(middles) - 1:.1%} (goal < 5 %)")


def links(here, elsewhere):
    """Secrets of links: one that opens, and those that never did, no longer do, or do so elsewhere."""
    by = make_user("coordinator", here.organisation)
    _batch, _rows, _link, good = make_letter(here.campaign, by)
    _batch, _rows, link, revoked = make_letter(here.campaign, by)
    revoke_link(link=link, by=by)
    _batch, _rows, link, expired = make_letter(here.campaign, by)
    past = timezone.now() - datetime.timedelta(days=1)
    AccessLink.objects.filter(pk=link.pk).update(expires_at=past)
    other = make_user("coordinator", elsewhere.organisation)
    *_letter, foreign = make_letter(elsewhere.campaign, other)
    return {
        "opens": good,
        "wrong": lambda: secrets.token_urlsafe(len(good) * 3 // 4)[: len(good)],
        "closed by a person": revoked,
        "expired": expired,
        "another municipality's": foreign,
    }


def codes(here):
    """Tracking codes: one that opens, one that was given back for a new one, and wrong ones."""
    text = Submission(problem="Vi skriver de samme oplysninger i to systemer hver dag.")
    own = submit_example(campaign=here.campaign, submission=text).tracking_code
    old = submit_example(campaign=here.campaign, submission=text).tracking_code
    fresh = replace_code(example=open_example(code=old), code=old)
    open_example(code=fresh)  # its first use ends the old one
    return {"opens": own, "wrong": new_code, "replaced by a new one": old, "no words of ours": "hest " * 8}


def main():
    setup_test_environment()
    logging.disable(logging.WARNING)  # a line for every refused try
    call_command("migrate", verbosity=0)
    # Worlds of this run's own, so that it can be run again on the same database.
    here, elsewhere = (make_world(f"{place}{secrets.token_hex(3)}") for place in ("her", "der"))
    client = Client(headers={"host": here.organisation.hostname})
    figures = measured(links(here, elsewhere), lambda secret: client.post("/svar/", {"link": secret}))
    tell("The body's page", figures, list(figures)[1:])
    figures = measured(codes(here), lambda code: client.post("/spor/", {"code": code}))
    tell("The tracking page", figures, list(figures)[1:])


if __name__ == "__main__":
    main()

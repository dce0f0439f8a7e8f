"""No group under five examples can be found by comparing two answers, whichever filters and whichever days (P-5).

A whole skewed world is asked at every public door, with every pair of filters. Then groups of one to four come, go and
move behind the cases, and it is asked again: not one answer may differ. What does not depend on a small group cannot
tell of one, however its answers are put together. That a group of five does show says that the comparison sees.
"""

import datetime
import itertools
import json
import random
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from backend.cases.filters import OUTCOMES, PublicCaseFilter
from backend.cases.models import Case, CaseExample, CaseLaw, Effect, Referral, Reply, Support
from backend.cases.queries import closed_groups
from backend.examples.models import Example
from backend.examples.references import new_reference
from backend.examples.stems import stems
from backend.examples.throttle import counter
from backend.registry.models import Law
from cms.submit.case_filters import filter_groups
from tests.cms.worlds import make_campaign_page, make_world
from tests.factories import make_area, make_body, make_core_task, make_user

NUMBER = 120
# How many examples stand behind a case: most have one, hardly any five.
SKEW = [1] * 12 + [2, 2, 2, 3, 3, 4, 4, 5, 7, 12]
STATUSES = ["ready", "referred", "referred", "answered", "answered", "closed"]
WORDS = ["kørsel", "vægten", "skemaet", "vagtplanen"]
TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


class Skewed:
    """An organisation with three campaigns and some hundred examples and cases, of which most groups are small."""

    def __init__(self):
        cache.clear()
        counter.forget()
        self.rng = random.Random(5)
        self.world = make_world()
        self.organisation = self.world.organisation
        self.by = make_user("coordinator", self.organisation)
        tasks = [make_core_task(self.organisation, key, key) for key in ("stoette", "laering")]
        self.areas = [
            make_area(f"a{n}", f"Område {n}", organisation=self.organisation, core_task=tasks[n % 2])
            for n in range(5)
        ]
        self.bodies = [make_body(f"b{n}", f"Modtager {n}", organisation=self.organisation) for n in range(3)]
        self.laws = [Law.objects.create(key=f"lov-{n}", popular_name=f"lov {n}") for n in range(3)]
        pages = [make_campaign_page(self.world.site, slug, title=slug) for slug in ("lille", "femmer")]
        self.big, self.small, self.five = self.world.campaign, *(page.campaign for page in pages)
        self.cases = [self.case(n) for n in range(NUMBER)]
        Case.objects.bulk_create(self.cases)
        self.public = [case for case in self.cases if case.visibility == "public"]
        self.attach()
        self.supports = [case for case in self.public for _ in range(self.rng.choice([0, 0, 0, 1, 4, 5, 6]))]
        Support.objects.bulk_create(Support(case=case, on_date=TODAY) for case in self.supports)
        for case in self.cases:
            self.join(case, self.rng.choice(SKEW))
        # The campaigns stand in the middle of a step of five, and under five.
        self.examples(self.big, (2 - Example.objects.filter(campaign=self.big).count()) % 5)
        self.examples(self.small, 2)
        self.examples(self.five, 5)

    def case(self, number):
        """A case with something under every filter, the later values seldom."""
        status = self.rng.choice(STATUSES)
        is_public = self.rng.random() < 0.8
        is_answered = status in ("answered", "closed")
        outcome = self.rng.choice(OUTCOMES)[0] if is_answered else ""
        text = f"{self.rng.choice(WORDS)} tager tid, nummer {number}."
        return Case(
            organisation=self.organisation,
            campaign=self.big,
            reference=new_reference("F"),
            title=f"Forslag {number}",
            problem=text,
            stems=stems(text),
            area=self.areas[int(5 * self.rng.random() ** 2)],
            hours=self.rng.choice([None, 10, 120]),
            status=status,
            closed_reason="Færdig" if status == "closed" else "",
            outcome=outcome,
            implemented_date=TODAY - 100 * DAY if outcome in ("follow", "partly") else None,
            effect_asked_date=TODAY - 9 * DAY if outcome in ("follow", "partly") else None,
            visibility="public" if is_public else "internal",
            checked_by=self.by if is_public else None,
            created_date=TODAY,
            published_date=TODAY - self.rng.randrange(90) * DAY if is_public else None,
        )

    def attach(self):
        """Laws, referrals and released answers."""
        CaseLaw.objects.bulk_create(
            CaseLaw(case=case, law=self.rng.choice(self.laws), cited_text="loven § 1")
            for case in self.cases[::3]
        )
        asked = [
            Referral(
                case=case,
                body=self.rng.choice(self.bodies),
                status="answered" if case.outcome else "sent",
                prepared_date=TODAY,
                sent_date=TODAY - 80 * DAY,
            )
            for case in self.cases
            if case.status != "ready"
        ]
        Referral.objects.bulk_create(asked)
        Reply.objects.bulk_create(
            Reply(
                referral=referral,
                answer=referral.case.outcome,
                reason_code="cost" if referral.case.outcome in ("not", "partly") else "",
                text="Svaret.",
                what="Det bliver gjort.",
                by_whom="Centerchefen",
                place="Øst",
                promised_date=TODAY,
                from_date=TODAY,
                to_date=TODAY,
                implemented_date=referral.case.implemented_date,
                received_date=TODAY,
                released_at=timezone.now(),
            )
            for referral in asked
            if referral.case.outcome
        )

    def examples(self, campaign, number):
        """More examples of a campaign."""
        return Example.objects.bulk_create(
            Example(
                organisation=self.organisation,
                campaign=campaign,
                reference=new_reference("E"),
                status="accepted",
                submitted_date=TODAY,
                problem="Ordetkunetmenneskeskrev",
                stems=stems("Ordetkunetmenneskeskrev"),
                minutes=self.rng.randrange(5, 90),
                times=1,
                period="week",
            )
            for _ in range(number)
        )

    def join(self, case, number, campaign=None):
        """More examples behind a case."""
        rows = self.examples(campaign or self.big, number)
        CaseExample.objects.bulk_create(
            CaseExample(case=case, example=example, is_source=True, joined_at=timezone.now())
            for example in rows
        )
        return rows

    def effects(self, case, number, days_ago):
        """Answers of writers about a case that is done, each with a time that nobody else has."""
        rows = self.join(case, number, self.five)
        Effect.objects.bulk_create(
            Effect(
                case=case,
                example=example,
                change="less",
                hours_before=Decimal(self.rng.randrange(1000, 9000)),
                hours_now=Decimal(1),
                on_date=TODAY - days_ago * DAY,
            )
            for example in rows
        )
        # As many leave the campaign again, so that its own figure stands.
        Example.objects.filter(pk__in=[example.pk for example in rows]).update(is_quarantined=True)


@dataclass(frozen=True)
class Attacker:
    """Asks everything that anybody may ask."""

    skewed: Skewed

    def pairs(self):
        """Every single filter and every pair of them, as {name: value}."""
        months = [f"{TODAY - n * 30 * DAY:%Y-%m}" for n in range(3)]
        values = {
            "campaign": ["mere-tid", "lille", "femmer"],
            "area": [area.key for area in self.skewed.areas],
            "core_task": ["stoette", "laering"],
            "body": [body.key for body in self.skewed.bodies],
            "law": [law.key for law in self.skewed.laws],
            "status": ["ready", "referred", "answered", "closed"],
            "outcome": [value for value, _label in OUTCOMES],
            "published_from": months,
            "published_to": months,
            "q": [*WORDS[:2], "ordetkunetmenneskeskrev"],
        }
        assert set(values) | {"ordering"} == set(PublicCaseFilter.base_filters)
        ones = [(name, value) for name, choices in values.items() for value in choices]
        yield from ({name: value} for name, value in ones)
        yield from (dict(pair) for pair in itertools.combinations(ones, 2) if pair[0][0] != pair[1][0])

    def found(self):
        """Which cases each of them finds, in which order; for list, open data and API are this and nothing else."""
        organisation = self.skewed.organisation
        public = (
            Case.objects.public().filter(organisation=organisation).order_by("-published_date", "reference")
        )
        answers = {}
        for wanted in self.pairs():
            filters = PublicCaseFilter(wanted, public, organisation=organisation)
            assert filters.is_valid(), wanted
            answers[json.dumps(wanted)] = list(filters.qs.values_list("reference", flat=True))
        return answers

    def numbers(self):
        """What the links of the list tell, with each single filter."""
        return {
            json.dumps(wanted): str(filter_groups(self.skewed.organisation, wanted, most=2000))
            for wanted in self.pairs()
            if len(wanted) == 1
        }

    def paths(self):
        """Every page and file."""
        return [
            "/",
            "/forslag/",
            "/forslag/feed.xml",
            "/kampagner/mere-tid/feed.xml",
            "/sluppet-af-med/",
            "/sluppet-af-med/feed.xml",
            "/afslag/",
            "/tal/",
            "/modtagere/",
            "/regler/",
            "/api/v1/cases?limit=200",
            "/api/v1/cases.csv",
            "/api/v1/cases.json",
            "/api/v1/statistics",
            "/api/v1/campaigns",
            *(f"/sluppet-af-med/?modtager={body.key}" for body in self.skewed.bodies),
            *(f"/modtagere/{body.key}/" for body in self.skewed.bodies),
            *(f"/regler/{law.key}/" for law in self.skewed.laws),
            *(f"/forslag/{case.reference}/" for case in self.skewed.public[:4]),
            *(f"/api/v1/cases/{case.reference}" for case in self.skewed.public[:4]),
        ]

    def doors(self, paths):
        """What stands at `paths`, as it comes over the wire, and what is like a text."""
        client = Client(headers={"Host": self.skewed.organisation.hostname})
        answers = {}
        for path in paths:
            response = client.get(path)
            assert response.status_code == 200, path
            answers[path] = b"".join(response)
        alike = client.post(
            "/api/v1/examples/similar",
            json.dumps({"campaign": "mere-tid", "text": "Vægten tager tid hver dag"}),
            content_type="application/json",
        )
        assert alike.json()["items"]
        return {**answers, "similar": alike.content}


def differing(before, after):
    """The questions that are answered otherwise."""
    return [question for question in before if before[question] != after[question]]


@pytest.mark.django_db
def test_small_groups_come_go_and_move_and_no_answer_differs():
    skewed = Skewed()
    attacker = Attacker(skewed)
    done = [case for case in skewed.public if case.implemented_date]
    quiet = [case for case in skewed.public if case not in skewed.supports]
    skewed.public[:4] = [done[0], done[1], quiet[0], quiet[1]]
    skewed.effects(done[0], 5, days_ago=3)
    found, numbers, doors = attacker.found(), attacker.numbers(), attacker.doors(attacker.paths())
    assert len(found) > 400

    # Two come to the big campaign, one to the one with two; three move; one is withdrawn.
    skewed.join(quiet[0], 2)
    skewed.examples(skewed.small, 2)
    CaseExample.objects.filter(pk__in=CaseExample.objects.all()[:3]).update(case=quiet[1])
    Example.objects.filter(pk=skewed.examples(skewed.big, 1)[0].pk).update(status="withdrawn")
    Example.objects.filter(case_examples__case=done[0]).update(minutes=None)
    # Four answers about one case, one more and four of today about the one that five have answered.
    skewed.effects(done[1], 4, days_ago=2)
    skewed.effects(done[0], 1, days_ago=2)
    skewed.effects(done[0], 4, days_ago=0)
    # Four more to whom it happens.
    Support.objects.bulk_create(Support(case=quiet[0], on_date=TODAY) for _ in range(4))

    assert differing(found, attacker.found()) == []
    assert differing(numbers, attacker.numbers()) == []
    assert differing(doors, attacker.doors(attacker.paths())) == []

    # Five do show: the comparison sees.
    skewed.effects(done[0], 4, days_ago=1)
    Support.objects.create(case=quiet[0], on_date=TODAY)
    skewed.examples(skewed.small, 1)
    seen = ["/tal/", "/sluppet-af-med/", "/api/v1/statistics", f"/forslag/{done[0].reference}/"]
    after = attacker.doors(seen)
    assert [path for path in seen if after[path] == doors[path]] == []


@dataclass(frozen=True)
class Told:
    on_date: datetime.date


def test_sums_of_any_two_days_differ_by_nobody_or_by_five_at_least():
    """A thousand ways in which up to thirty answers can come in ten days, read on every day."""
    rng = random.Random(8)
    for _ in range(1000):
        days = sorted(rng.randrange(10) for _ in range(rng.randrange(30)))
        rows = [Told(TODAY + day * DAY) for day in days]
        shown = [
            # What has come by then: in any order within the day, for a row's number tells nothing.
            set(map(id, closed_groups([row for row in rows if row.on_date <= today], today=today)))
            for today in (TODAY + day * DAY for day in range(12))
        ]
        for one, other in itertools.combinations(shown, 2):
            assert len(one ^ other) == 0 or len(one ^ other) >= 5

"""The ways in besides the page: the short address, the poster, and a form on paper typed in for its writer."""

import datetime
import re

import pytest
from django.utils import timezone

from backend.campaigns.links import short_code
from backend.examples.actions import open_example
from backend.examples.models import Example
from cms.pages.sites import sync_groups
from tests.cms.worlds import make_world
from tests.factories import make_user

PROBLEM = "Vi udfylder det samme skema på papir og i systemet."


@pytest.fixture
def world(db):
    return make_world("lejre")


@pytest.fixture
def desk(client, world):
    sign_in(client, world, "coordinator")
    return client


def sign_in(client, world, role):
    user = make_user(role, world.organisation)
    sync_groups(user)
    client.force_login(user)


def typed(**fields):
    today = timezone.localdate().isoformat()
    return {"problem": PROBLEM, "received_date": today, "audience": "public", "key": "k" * 20, **fields}


class TestTheShortAddress:
    def test_leads_to_the_page_also_when_it_has_got_another_name(self, client, world):
        address = f"/k/{short_code(world.campaign)}/"
        assert client.get(address, **world.host).headers["Location"] == world.address
        page = world.page
        page.slug = "noget-andet"
        page.save_revision().publish()
        assert client.get(address, **world.host).headers["Location"] == "/kampagner/noget-andet/"

    def test_is_read_from_paper_in_capitals_and_without_the_last_stroke(self, client, world):
        address = f"/k/{short_code(world.campaign).upper()}"
        assert client.get(address, **world.host).headers["Location"] == world.address

    def test_of_another_organisation_or_of_nobody_is_not_there(self, client, world):
        other = make_world("noerreby")
        assert client.get(f"/k/{short_code(other.campaign)}/", **world.host).status_code == 404
        assert client.get("/k/aaaaaa/", **world.host).status_code == 404

    def test_of_a_page_that_was_taken_down_is_not_there(self, client, world):
        world.page.unpublish()
        assert client.get(f"/k/{short_code(world.campaign)}/", **world.host).status_code == 404


class TestThePrints:
    def test_the_list_offers_them_with_the_short_address(self, desk, world):
        answer = desk.get("/admin/kampagner/")
        assert answer.status_code == 200
        assert f"/k/{short_code(world.campaign)}/" in answer.content.decode()

    @pytest.mark.parametrize("name", ["plakat.pdf", "papir.pdf"])
    def test_is_a_pdf_to_save(self, desk, world, name):
        answer = desk.get(f"/admin/kampagner/{world.campaign.pk}/{name}")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.content.startswith(b"%PDF-")

    @pytest.mark.parametrize(("asked", "copies"), [("3", 3), ("0", 1), ("mange", 1), ("99999", 100), ("", 1)])
    def test_paper_comes_in_as_many_copies_as_asked_for(self, desk, world, asked, copies):
        answer = desk.get(f"/admin/kampagner/{world.campaign.pk}/papir.pdf?antal={asked}")
        assert len(re.findall(rb"/Type /Page\b", answer.content)) == 2 * copies

    def test_of_another_organisation_is_not_there(self, desk):
        other = make_world("noerreby").campaign
        for last in ("plakat.pdf", "papir.pdf", "indtast/"):
            assert desk.get(f"/admin/kampagner/{other.pk}/{last}").status_code == 404


class TestTypingIn:
    def test_gives_a_slip_with_a_code_that_opens_the_example(self, desk, world):
        answer = desk.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed(number="7K3MQ"))
        text = answer.content.decode()
        words = re.findall(r"<li>([a-zæøå]+)</li>", text)
        example = open_example(code=" ".join(words))
        assert (example.problem, example.source) == (PROBLEM, "paper")
        assert "7K3MQ" in text
        assert "no-store" in answer.headers["Cache-Control"]

    def test_says_in_the_history_who_typed(self, desk, world):
        desk.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed())
        event = Example.objects.get().events.get(move="submit")
        assert event.by.memberships.get().role == "coordinator"

    def test_counts_the_paper_as_sent_on_the_day_it_came(self, desk, world):
        earlier = timezone.localdate() - datetime.timedelta(days=3)
        desk.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed(received_date=earlier.isoformat()))
        assert Example.objects.get().submitted_date == earlier

    @pytest.mark.parametrize("days", [-30, 1])
    def test_refuses_a_day_when_the_campaign_was_closed_or_that_has_not_been(self, desk, world, days):
        date = timezone.localdate() + datetime.timedelta(days=days)
        answer = desk.post(
            f"/admin/kampagner/{world.campaign.pk}/indtast/", typed(received_date=date.isoformat())
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors["received_date"]
        assert PROBLEM in answer.content.decode()
        assert not Example.objects.exists()

    def test_refuses_a_cpr_number_at_its_field(self, desk, world):
        answer = desk.post(
            f"/admin/kampagner/{world.campaign.pk}/indtast/", typed(problem="Borgeren 010190-1234 venter.")
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors["problem"]

    def test_sent_twice_is_stored_once(self, desk, world):
        first = desk.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed())
        again = desk.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed())
        assert first.context["receipt"] == again.context["receipt"]
        assert Example.objects.count() == 1

    @pytest.mark.parametrize("role", ["caseworker", "reader", "editor", "administrator", "committee_member"])
    def test_is_the_coordinators(self, client, world, role):
        sign_in(client, world, role)
        answer = client.post(f"/admin/kampagner/{world.campaign.pk}/indtast/", typed())
        assert answer.status_code == 403
        assert not Example.objects.exists()

"""The desk's front page: what waits for this person, counted, each number a way to the list behind it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from backend.campaigns.models import Campaign
from backend.cases.followup import not_solved, promises_visible_to
from backend.cases.lifecycle import ReferralStatus
from backend.cases.models import Batch, Case, Referral
from backend.examples.models import Example
from backend.organisations.permissions import can, moment
from backend.outbox.models import OutgoingMessage, State
from cms.desk.access import organisations_of
from cms.desk.letter_mail import not_arrived
from cms.desk.views.examples import mark_late, tab_counts
from cms.desk.views.listing import counted, narrowed
from cms.desk.views.replies import tab_rows as reply_rows
from cms.desk.views.supports import waiting_supports

# A tile that says a thousand has made its point.
MOST_ON_A_TILE = 1000


@dataclass(frozen=True)
class Tile:
    """One number on the front page."""

    count: int
    label: str
    url: str
    is_urgent: bool = False

    @property
    def has_more(self):
        """Whether there may be more than the tile says."""
        return self.count >= MOST_ON_A_TILE


class WorkPanel(Component):
    """The tiles that the person's roles call for."""

    name = "desk_work"
    template_name = "desk/home_panel.html"
    order = 10

    def get_context_data(self, parent_context):
        """The tiles, and the examples that stand first in line."""
        user = parent_context["request"].user
        at = moment(None)
        tiles = []
        queue = []
        if can(user, "example.view", None):
            tiles += example_tiles(user, at)
            queue = list(Example.objects.visible_to(user).unread().select_related("campaign", "area")[:5])
            mark_late(queue, at)
        if can(user, "case.view", None):
            tiles += case_tiles(user)
            tiles += answer_tiles(user, at)
        if can(user, "mail.view", None):
            tiles += mail_tiles(user)
        campaigns = campaign_rows(user, at) if can(user, "campaign.edit", None) else []
        return {
            "tiles": tiles,
            "queue": queue,
            "campaigns": campaigns,
            "blanks": legal_blanks(user) if can(user, "settings.edit", None) else [],
            "edits_pages": can(user, "page.edit", None),
            "edits_settings": can(user, "settings.edit", None),
            "is_committee_member": is_only_committee_member(user),
        }


def legal_blanks(user):
    """What the law wants on the user's sites and an administrator has not filled in."""
    rows = []
    for organisation in organisations_of(user, "settings.edit"):
        labels = [
            label
            for _name, label in (
                *organisation.blanks_in_privacy_notice(),
                *organisation.blanks_in_accessibility_statement(),
            )
        ]
        if labels:
            rows.append({"organisation": organisation, "labels": labels})
    return rows


CAMPAIGN_STATES = {
    "unpublished": _("Not published"),
    "missing": _("Published, but cannot open yet"),
    "before": _("Opens soon"),
    "open": _("Open"),
    "closed": _("Closed to new examples"),
}
# What is filled in on the campaign's page; the rest stands in the organisation's settings.
ON_THE_PAGE = {"med_discussed_date"}


def campaign_rows(user, at):
    """The campaigns of the user's organisations, newest first, each with its state and what bars its opening."""
    rows = []
    for campaign in Campaign.objects.visible_to(user).select_related("organisation", "page")[:5]:
        missing = campaign.missing() if campaign.state(at=at) != "closed" else []
        rows.append(
            {
                "campaign": campaign,
                "state": CAMPAIGN_STATES[campaign.state(at=at)],
                "on_the_page": [label for name, label in missing if name in ON_THE_PAGE],
                "in_the_settings": [label for name, label in missing if name not in ON_THE_PAGE],
                "page": getattr(campaign, "page", None),
            }
        )
    return rows


def is_only_committee_member(user):
    """Whether the person comes for the committee's cases and nothing else."""
    return can(user, "case.view_committee", None) and not can(user, "case.view", None)


def up_to(queryset):
    """How many rows, counted no further than anybody wants to know."""
    return counted(queryset, MOST_ON_A_TILE)[0]


def example_tiles(user, at):
    """What the coordinator must read, ask or wait for."""
    address = reverse("desk:examples")
    counts = tab_counts(user, at=at)
    tiles = [
        Tile(counts["unread"], _("unread examples"), f"{address}?tab=unread"),
        Tile(
            counts["overdue"], _("past the reading term"), f"{address}?tab=overdue", bool(counts["overdue"])
        ),
        Tile(counts["awaiting"], _("await the writer"), f"{address}?tab=awaiting"),
    ]
    if counts["quarantine"]:
        tiles.append(
            Tile(counts["quarantine"], _("set aside by the flood guard"), f"{address}?tab=quarantine")
        )
    return tiles


def case_tiles(user):
    """Cases on their way."""
    cases = narrowed(Case.objects.visible_to(user), user)
    address = reverse("desk:cases")
    tiles = [
        Tile(up_to(cases.open().filter(status="draft")), _("cases being worded"), f"{address}?tab=draft"),
        Tile(up_to(cases.ready_for_form()), _("ready for the ministry's form"), f"{address}?tab=form"),
    ]
    if waiting := up_to(waiting_supports(user)):
        tiles.append(Tile(waiting, _("supports set aside"), reverse("desk:supports_waiting")))
    return tiles


def answer_tiles(user, at):
    """What bodies said or owe; a number that is nothing is not shown, for these are the exceptions."""
    replies, referrals = reverse("desk:replies"), reverse("desk:referrals")
    followup = reverse("desk:followup")
    asked = Referral.objects.visible_to(user)
    waiting = reply_rows(user, "waiting", at=at)
    tiles = [
        Tile(up_to(waiting), _("replies to be released"), replies, is_urgent=True),
        Tile(
            up_to(reply_rows(user, "old", at=at)),
            _("of these older than five days"),
            f"{replies}?tab=old",
            is_urgent=True,
        ),
        Tile(
            up_to(reply_rows(user, "corrections", at=at)),
            _("corrections from bodies"),
            f"{replies}?tab=corrections",
            is_urgent=True,
        ),
        Tile(
            up_to(asked.filter(status=ReferralStatus.ASKED_BACK)),
            _("questions from bodies"),
            f"{referrals}?tab=asked_back",
            is_urgent=True,
        ),
        Tile(
            len(not_arrived(Batch.objects.visible_to(user))),
            _("letters that did not arrive"),
            f"{reverse('desk:batches')}?post=fejl",
            is_urgent=True,
        ),
        Tile(up_to(asked.overdue(at=at)), _("late answers"), f"{referrals}?tab=overdue", is_urgent=True),
        Tile(
            up_to(promises_visible_to(user).filter(follow_date__lt=timezone.localdate(at))),
            _("promised, not done"),
            f"{followup}?tab=promised",
            is_urgent=True,
        ),
        Tile(
            up_to(narrowed(not_solved().visible_to(user), user)),
            _("not solved, say writers"),
            f"{followup}?tab=effect",
            is_urgent=True,
        ),
    ]
    return [tile for tile in tiles if tile.count]


def mail_tiles(user):
    """Mail that has not left; failed mail wants somebody."""
    mails = OutgoingMessage.objects.visible_to(user)
    address = reverse("desk:mail")
    failed = mails.filter(state=State.FAILED).count()
    bounced = mails.filter(state=State.BOUNCED).count()
    tiles = [
        Tile(mails.filter(state=State.WAITING).count(), _("mails waiting"), f"{address}?state=waiting"),
        Tile(failed, _("mails that could not be sent"), f"{address}?state=failed", bool(failed)),
    ]
    if bounced:
        tiles.append(Tile(bounced, _("mails that came back"), f"{address}?state=bounced", is_urgent=True))
    return tiles

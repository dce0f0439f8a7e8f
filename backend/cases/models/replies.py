"""What bodies answered."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.attachments.models import StoredFile
from backend.cases.lifecycle import Outcome, ReasonCode
from backend.organisations.models import User

from .referrals import AccessLink, Referral


class ReplyQuerySet(models.QuerySet):
    def released(self):
        return self.exclude(released_at=None)

    def waiting(self):
        """Received answers that nobody outside the desk has seen yet; a superseded one no longer waits."""
        return self.filter(released_at=None, is_proposal=False, superseded_by=None)


class Reply(models.Model):
    """A body's answer; outside the desk it shows only when a person has released it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="replies")
    answer = models.CharField(_("answer"), max_length=16, choices=Outcome)
    reason_code = models.CharField(_("reason"), max_length=16, choices=ReasonCode, blank=True)
    text = models.TextField(_("in words"), max_length=8000, blank=True)
    what = models.CharField(_("what will be done"), max_length=1000, blank=True)
    by_whom = models.CharField(_("by whom"), max_length=200, blank=True)
    promised_date = models.DateField(_("by when"), null=True, blank=True)
    place = models.CharField(_("where"), max_length=200, blank=True)
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    points_to = models.CharField(_("try instead"), max_length=200, blank=True)
    # How it came: on the body's page, by mail, letter, phone or meeting, or in the ministry's spreadsheet.
    channel = models.CharField(
        _("came by"),
        max_length=20,
        choices=[
            ("page", _("The body's page")),
            ("mail", _("E-mail")),
            ("letter", _("Letter")),
            ("phone", _("Phone")),
            ("meeting", _("Meeting")),
            ("spreadsheet", _("Spreadsheet")),
            ("secretariat", _("The secretariat")),
        ],
        default="secretariat",
    )
    link = models.ForeignKey(
        AccessLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="replies"
    )
    # Written under a sub-link: a draft for the one who passed the row on. It is no answer and moves nothing.
    is_proposal = models.BooleanField(default=False)
    med_discussed_date = models.DateField(_("discussed in MED"), null=True, blank=True)
    plan_url = models.URLField(_("annual plan"), max_length=500, blank=True)
    # Held back, so that answers can be released together after a meeting.
    held_until = models.DateField(_("held until"), null=True, blank=True)
    held_note = models.CharField(_("why it is held"), max_length=200, blank=True)
    signed_name = models.CharField(_("name"), max_length=120, blank=True)
    signed_title = models.CharField(_("title"), max_length=120, blank=True)
    received_date = models.DateField(_("received"))
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["referral", "received_date", "id"]
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer__in=["follow", "partly", "exemption"])
                | (~Q(what="") & ~Q(by_whom="") & Q(promised_date__isnull=False)),
                name="reply_promise_is_whole",
                violation_error_message=_("A promise says what, by whom and by when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["partly", "not"]) | (~Q(reason_code="") & ~Q(text="")),
                name="reply_no_has_reason",
                violation_error_message=_("A no needs a reason and an explanation."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="trial")
                | (~Q(what="") & ~Q(place="") & Q(from_date__isnull=False, to_date__isnull=False)),
                name="reply_trial_is_whole",
                violation_error_message=_("A trial says what, where and from when to when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="already_allowed") | (~Q(by_whom="") & Q(promised_date__isnull=False)),
                name="reply_allowed_is_told",
                violation_error_message=_("Say who tells the workplaces, and by when."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="lacks_facts") | ~Q(text=""),
                name="reply_question_asked",
                violation_error_message=_("Write what is missing."),
            ),
            models.CheckConstraint(
                condition=~Q(answer="not_ours") | ~Q(points_to=""),
                name="reply_not_ours_points",
                violation_error_message=_("Write whom to try instead."),
            ),
        ]

    def __str__(self):
        return f"{self.referral_id} {self.answer}"


class ReplyFile(models.Model):
    """A file that came with a reply, cleaned before it was stored."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["reply", "id"]

    def __str__(self):
        return f"{self.reply_id} {self.file_id}"

"""Asking bodies: one referral per case and body, the letter that carries many of them, and the link to answer by."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.attachments.models import StoredFile
from backend.cases.lifecycle import OPEN_REFERRALS, ReferralStatus
from backend.organisations.models import Organisation, User
from backend.organisations.permissions import organisations_where
from backend.registry.models import Body

from .cases import Case


class BatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user, "case.view"))


class Batch(models.Model):
    """One letter to one body about one or more cases, complete in itself (peers.md c)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="batches")
    # «H-2026-014»: what a letter or a phone call names.
    number = models.CharField(_("number"), max_length=20)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="batches", verbose_name=_("body"))
    subject = models.CharField(_("subject"), max_length=200)
    letter = models.TextField(_("letter"), max_length=20000)
    journal_number = models.CharField(_("journal number"), max_length=40, blank=True)
    # Whom the body can ask, as it was when the letter was sent.
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    # mail: through the outbox. letter, phone, meeting: a person did it and recorded it here.
    channel = models.CharField(
        _("sent by"),
        max_length=10,
        choices=[
            ("mail", _("E-mail")),
            ("letter", _("Letter")),
            ("phone", _("Phone")),
            ("meeting", _("Meeting")),
            ("submission", _("The ministry's form")),
        ],
        default="mail",
    )
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "number"]
        verbose_name = _("letter to a body")
        verbose_name_plural = _("letters to bodies")
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="batch_number_once")]

    def __str__(self):
        return self.number


class BatchFile(models.Model):
    """What went along with the letter: the document we made (bytes kept as sent), or a file that was attached."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["batch", "id"]

    def __str__(self):
        return f"{self.batch_id} {self.file_id}"


class AccessLinkQuerySet(models.QuerySet):
    def usable(self, *, at):
        """Links that open their batch at `at`: not revoked, not expired; nor is the link they were passed on from."""
        return self.filter(revoked_at=None, expires_at__gt=at).filter(
            Q(parent=None) | Q(parent__revoked_at=None, parent__expires_at__gt=at)
        )


class AccessLink(models.Model):
    """A body's way to its own page: 256 random bits of which only the SHA-256 is kept (P-20, P-21).

    `parent` NULL: all rows of the batch, sent to a registered address. Else a sub-link to `referrals`, for a
    colleague whose answers are drafts for the one who passed them on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="links")
    hash = models.CharField(max_length=64, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    referrals = models.ManyToManyField("Referral", blank=True, related_name="links")
    to_email_encrypted = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # The link that took its place. One that is revoked without one was closed by a person, and renews nothing.
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = AccessLinkQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "created_at", "id"]

    def __str__(self):
        return f"{self.batch_id} {self.created_at:%Y-%m-%d}"

    def is_usable(self, *, at):
        """What `usable` asks of many, of one whose `parent` is at hand."""
        is_open = self.revoked_at is None and self.expires_at > at
        return is_open and (self.parent is None or self.parent.is_usable(at=at))

    def rows(self):
        """The referrals that the link opens, in the letter's order: all of the batch, or a sub-link's own."""
        rows = Referral.objects.filter(batch=self.batch_id)
        if self.parent_id is not None:
            rows = rows.filter(links=self)
        return rows.order_by("position", "id")


class SentWording(models.Model):
    """What a body reads of a case: the words as they were sent, with our question. Append-only.

    The first row is what the letter said; the case may be edited afterwards, and the body reads a newer wording only
    when the secretariat has sent that one as well. The latest row is the one that holds.
    """

    referral = models.ForeignKey("Referral", on_delete=models.CASCADE, related_name="wordings")
    title = models.CharField(_("title"), max_length=120)
    problem = models.TextField(_("problem"), max_length=8000)
    proposal = models.TextField(_("proposal"), max_length=8000, blank=True)
    rule = models.CharField(_("legislation"), max_length=1000, blank=True)
    question = models.TextField(_("question"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(_("sent"))
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["referral", "id"]

    def __str__(self):
        return self.title


class ReferralMessage(models.Model):
    """What is said about one row beside its reply: the body says the description is wrong, or we answer its question.

    A correction from the body is shown beside the description when the secretariat has released it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("Referral", on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(
        max_length=12,
        choices=[("correction", _("The description is wrong")), ("answer", _("Answer to the body"))],
    )
    text = models.TextField(_("text"), max_length=4000)
    signed_name = models.CharField(_("name"), max_length=120, blank=True)
    signed_title = models.CharField(_("title"), max_length=120, blank=True)
    on_date = models.DateField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["referral", "on_date", "id"]

    def __str__(self):
        return f"{self.referral_id} {self.kind}"


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(case__organisation__in=organisations_where(user, "case.view"))

    def open(self):
        return self.filter(status__in=OPEN_REFERRALS)

    def overdue(self, *, at):
        """Open referrals whose term has run out; one that asks back has no running term."""
        return self.filter(status__in=[ReferralStatus.SENT, ReferralStatus.ACKNOWLEDGED], due_at__lt=at)


class Referral(models.Model):
    """One body asked about one case; each has its own status, deadline and reply."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="referrals")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("body"))
    status = models.CharField(
        _("status"), max_length=12, choices=ReferralStatus, default=ReferralStatus.PREPARED
    )
    question = models.TextField(_("question"), max_length=2000, blank=True)
    reason = models.CharField(_("why this body"), max_length=500, blank=True)
    # The rule that suggested the body, as it read then; empty where a person chose it without one.
    rule_key = models.CharField(max_length=20, blank=True)
    rule_text = models.CharField(max_length=500, blank=True)
    # The rule whose suggestion a person set aside in favour of this body; counted per rule.
    overrides_rule = models.CharField(max_length=20, blank=True)
    prepared_date = models.DateField()
    batch = models.ForeignKey(
        "Batch", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    position = models.PositiveSmallIntegerField(_("row"), null=True, blank=True)
    sent_date = models.DateField(null=True, blank=True)
    # The end of the last day in Copenhagen, in UTC. None: no term runs.
    due_at = models.DateTimeField(_("answer by"), null=True, blank=True)
    # The day the body asked back: the clock stands, and the term is moved on when it is answered.
    paused_date = models.DateField(null=True, blank=True)
    # What it asked then, until we have answered it or it has answered us; whether it may be told is the reply's matter.
    open_question = models.ForeignKey(
        "Reply", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    acknowledged_date = models.DateField(_("seen"), null=True, blank=True)
    passed_on_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["case", "prepared_date", "id"]
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "body"],
                condition=Q(status__in=[ReferralStatus.PREPARED, *OPEN_REFERRALS]),
                name="referral_open_once",
                violation_error_message=_("This body has already been chosen for the case."),
            )
        ]

    def __str__(self):
        return f"{self.case_id} {self.body_id}"

    @property
    def body_name_then(self):
        """The body's name on the day it was asked."""
        return self.body.name_on(self.sent_date or self.prepared_date)


class ReferralFile(models.Model):
    """A file that shows what one row is about, cleaned before it was stored; it goes along when the row is sent."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["referral", "id"]

    def __str__(self):
        return f"{self.referral_id} {self.file_id}"

"""The raw example: an employee's own words, never changed, and what hangs on it.

Raw text and contact are read through `backend.examples.reading`, which logs who and when.
"""

import datetime
import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.attachments.models import StoredFile
from backend.campaigns.models import Campaign
from backend.organisations.models import Organisation, User
from backend.organisations.permissions import organisations_where
from backend.organisations.workdays import add_working_days
from backend.registry.models import Area, Burden, Cause, CoreTask

from .lifecycle import Status


class Audience(models.TextChoices):
    """Who may see the secretariat's wording of an example; the raw text is the coordinator's alone."""

    SECRETARIAT = "secretariat", _("Only the secretariat")
    BODIES = "bodies", _("Those who can do something about it")
    PUBLIC = "public", _("Everyone")


class Period(models.TextChoices):
    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    SCHOOL_WEEK = "school_week", _("a week in the school year")
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class SetAsideReason(models.TextChoices):
    OUTSIDE_CAMPAIGN = "outside_campaign", _("Outside the campaign")
    BELONGS_ELSEWHERE = "belongs_elsewhere", _("Belongs somewhere else")
    WHISTLEBLOWER = "whistleblower", _("Belongs in the whistleblower scheme")
    NO_EXAMPLE = "no_example", _("We could not find an example in the text")
    SPAM = "spam", _("Spam")


class Flag(models.TextChoices):
    """Set by a person or the writer's answer, never by text matching alone."""

    WHISTLEBLOWER = "whistleblower", _("Whistleblower scheme")
    SINGLE_CITIZEN = "enkeltsag", _("About one citizen")
    ADVERSE_EVENT = "utilsigtet_haendelse", _("Adverse event")


class ImportBatch(models.Model):
    """One import of material from outside, such as camp statements."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_batches")
    source = models.CharField(max_length=40)
    imported_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-imported_at", "id"]

    def __str__(self):
        return f"{self.source} {self.imported_at:%Y-%m-%d}"


class ExampleQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Examples of the organisations where `user` is a coordinator: the root of every staff query."""
        return self.filter(organisation__in=organisations_where(user, "example.view"))

    def in_worklists(self):
        """What the secretariat must act on: not quarantined, and no imported camp material waiting to be picked up."""
        return self.filter(is_quarantined=False).exclude(
            ~Q(batch=None), status__in=[Status.RECEIVED, Status.AWAITING_SUBMITTER]
        )

    def unread(self):
        """Received examples in the worklist, oldest first."""
        return self.in_worklists().filter(status=Status.RECEIVED).order_by("submitted_date", "reference")

    def overdue(self, *, at):
        """Unread examples past their reading term on the day of `at` (campaigns' terms in working days)."""
        today = timezone.localdate(at)
        late = Q(pk__in=[])
        for campaign_id, term in (
            self.unread().order_by().values_list("campaign", "campaign__reading_days").distinct()
        ):
            late |= Q(campaign=campaign_id, submitted_date__lt=first_day_within(today, term))
        return self.unread().filter(late)


def first_day_within(today, term):
    """The first submission date whose reading term of `term` working days has not run out on `today`."""
    date = today
    while add_working_days(date, term) >= today:
        date -= datetime.timedelta(days=1)
    return date + datetime.timedelta(days=1)


class Example(models.Model):
    """What one employee wrote. The words are never edited; only one logged `erase` removes them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its own index would be the beginning of the two below, and nothing is listed by the three others without
    # one: each index less is a page less to write for every example that comes in.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="examples", db_index=False
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="examples")
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.RECEIVED)
    # A date, never a time of day (P-3).
    submitted_date = models.DateField(_("received"))
    source = models.CharField(_("source"), max_length=20, default="form")
    source_key = models.CharField(max_length=60, null=True, blank=True)
    batch = models.ForeignKey(
        ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="examples"
    )

    title = models.CharField(_("title"), max_length=120, blank=True)
    problem = models.TextField(_("what is in the way"), max_length=8000, blank=True)
    proposal = models.TextField(_("proposal"), max_length=8000, blank=True)
    legislation = models.CharField(_("rule"), max_length=1000, blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    cause_guess = models.ForeignKey(
        Cause,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("the writer's guess"),
    )
    burden = models.ForeignKey(
        Burden,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("burden"),
    )
    workplace = models.CharField(_("workplace"), max_length=200, blank=True)
    role = models.CharField(_("job"), max_length=200, blank=True)
    minutes = models.DecimalField(_("minutes"), max_digits=7, decimal_places=2, null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("times"), null=True, blank=True)
    period = models.CharField(_("per"), max_length=12, choices=Period, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    audience = models.CharField(_("may be seen by"), max_length=12, choices=Audience, default=Audience.PUBLIC)
    spare_my_workplace = models.BooleanField(_("spare my workplace"), default=True)
    preview_wording = models.BooleanField(_("show me the wording first"), default=False)

    flag = models.CharField(_("flag"), max_length=24, choices=Flag, blank=True)
    core_task = models.ForeignKey(
        CoreTask,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("core task"),
    )
    provenance = models.JSONField(_("provenance"), default=dict, blank=True)
    set_aside_reason = models.CharField(_("reason"), max_length=20, choices=SetAsideReason, blank=True)
    is_quarantined = models.BooleanField(_("set aside by the flood guard"), default=False)
    # Word stems for search (backend.examples.stems); the same on every database.
    stems = models.TextField(blank=True, default="")

    objects = ExampleQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_date", "reference"]
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "source_key"], name="example_source_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=0, minutes__lte=10000), name="example_minutes"
            ),
            models.CheckConstraint(condition=Q(times=None) | Q(times__lte=1000), name="example_times"),
            models.CheckConstraint(
                condition=Q(people=None) | Q(people__gte=1, people__lte=100000), name="example_people"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "status", "-submitted_date", "reference"], name="example_worklist"
            ),
            models.Index(fields=["organisation", "-submitted_date", "reference"], name="example_list"),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_camp_material(self):
        return self.batch_id is not None

    def read_by_date(self):
        """The last day of the reading term: received date plus the campaign's working days."""
        return add_working_days(self.submitted_date, self.campaign.reading_days)


class Contact(models.Model):
    """A writer's address: apart and encrypted from the start, with a key outside the database."""

    example = models.OneToOneField(Example, on_delete=models.CASCADE, related_name="contact")
    email_encrypted = models.TextField()
    name_encrypted = models.TextField(blank=True)
    email_hmac = models.CharField(max_length=64, db_index=True)
    confirmed_date = models.DateField(null=True, blank=True)
    delete_after = models.DateField(null=True, blank=True)
    # The last public step (CaseEvent) that the writer has had a mail about, and the day of that mail.
    told_event = models.PositiveBigIntegerField(default=0)
    told_date = models.DateField(null=True, blank=True)
    # SHA-256 of the token that ends the mails with one click (RFC 8058).
    unsubscribe_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)

    def __str__(self):
        return str(self.example)


class IdempotencyKey(models.Model):
    """A sender's key: the same key and body give the first answer again. Gone after the next day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hash = models.CharField(max_length=64, unique=True)
    body_hash = models.CharField(max_length=64)
    example = models.ForeignKey(Example, null=True, on_delete=models.CASCADE, related_name="+")
    sealed_answer = models.TextField(blank=True)
    delete_after = models.DateField(db_index=True)

    def __str__(self):
        return str(self.id)


class TrackingCode(models.Model):
    """A follow code as an HMAC; the eight words themselves are shown once and never stored."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="tracking_codes")
    hmac = models.CharField(max_length=64, unique=True)
    scheme = models.CharField(max_length=10, default="words8")
    revoked_date = models.DateField(null=True, blank=True)

    def __str__(self):
        return str(self.example)


class Message(models.Model):
    """One turn of the dialogue under the code: the secretariat's question or the writer's answer."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="messages")
    from_submitter = models.BooleanField()
    text = models.TextField(max_length=8000)
    on_date = models.DateField()

    class Meta:
        ordering = ["example", "on_date", "id"]

    def __str__(self):
        return f"{self.example} {self.on_date}"


class Attachment(models.Model):
    """A cleaned file that came with the example: the coordinator's alone, and gone when the words go."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        # In the order they were chosen: their names are numbered.
        ordering = ["example", "id"]

    def __str__(self):
        return f"{self.example} {self.file}"


class ExampleEvent(models.Model):
    """One move of an example. Append-only; holds no raw text. `at` only where staff acted (P-3)."""

    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="events")
    move = models.CharField(max_length=24)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=1000, blank=True)
    is_public = models.BooleanField(_("the writer sees it"), default=True)

    class Meta:
        ordering = ["example", "id"]

    def __str__(self):
        return f"{self.example} {self.move}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)

    def get_to_status_display(self):
        return Status(self.to_status).label

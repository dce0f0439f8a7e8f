"""The form as it was put together, and as it was sent: a submission, its rows and the very bytes of its files."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.cases.models import Case, Referral
from backend.organisations.models import Organisation, User
from backend.organisations.permissions import organisations_where
from backend.registry.models import Body

FORM_CHOICES = [("kulegravning_2017", _("Bidrag til kulegravning (2017)"))]
FORMAT_CHOICES = [("xlsx", "Excel"), ("docx", "Word"), ("csv", "CSV"), ("json", "JSON")]


class Frozen(TypeError):
    """Somebody tried to change what was frozen. A wrong row is mended by a replacing submission."""


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user, "submission.view"))

    def drafts(self):
        return self.filter(frozen_at=None)

    def frozen(self):
        return self.exclude(frozen_at=None)

    def standing(self):
        """Frozen, and not replaced by another frozen one."""
        return self.frozen().exclude(Exists(Submission.objects.frozen().filter(replaces=OuterRef("pk"))))

    def numbered(self, number):
        """The submissions called `number` ("2026-01"); none where it is no number."""
        year, dash, seq = number.partition("-")
        is_number = dash and all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (year, seq))
        return self.filter(year=int(year), seq=int(seq)) if is_number else self.none()


class Submission(models.Model):
    """A submission (bidrag). A draft until `frozen_at` is set; then nothing of it changes but its sending."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="submissions")
    form = models.CharField(_("form"), max_length=40, choices=FORM_CHOICES, default="kulegravning_2017")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", verbose_name=_("receiver"))
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    seq = models.PositiveSmallIntegerField(null=True, blank=True)
    # [{"name", "contact", "phone"}]: one for each organisation that sends.
    senders = models.JSONField(default=list)
    has_annex = models.BooleanField(_("with the sheet “Uddybning”"), default=False)
    has_answers = models.BooleanField(_("with the sheet “Svar”"), default=False)
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True)
    frozen_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_date = models.DateField(_("sent"), null=True, blank=True)
    sent_to = models.CharField(_("sent to"), max_length=200, blank=True)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_recorded_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-seq", "-created_at", "id"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "seq"],
                name="submission_number",
                violation_error_message=_("There is already a submission with this number."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "form"],
                condition=Q(frozen_at=None),
                name="submission_one_draft",
                violation_error_message=_("There is already a draft of this form."),
            ),
            models.CheckConstraint(
                condition=Q(frozen_at=None, year=None, seq=None, frozen_by=None)
                | Q(frozen_at__isnull=False, year__isnull=False, seq__isnull=False, frozen_by__isnull=False),
                name="submission_frozen_has_number",
                violation_error_message=_("A frozen submission has a number, a draft has none."),
            ),
            models.CheckConstraint(
                condition=Q(sent_date=None, sent_to="", sent_by=None, sent_recorded_at=None)
                | (
                    Q(frozen_at__isnull=False, sent_date__isnull=False, sent_by__isnull=False)
                    & Q(sent_recorded_at__isnull=False)
                    & ~Q(sent_to="")
                ),
                name="submission_sent_after_freezing",
                violation_error_message=_("Only a frozen submission can be sent."),
            ),
        ]

    def __str__(self):
        return self.number or str(_("Draft"))

    @property
    def is_frozen(self):
        return self.frozen_at is not None

    @property
    def number(self):
        """ "2026-01"; empty while it is a draft."""
        return f"{self.year}-{self.seq:02d}" if self.is_frozen else ""

    def file_name(self, format_name):
        """ "lejre-bidrag-2026-01.xlsx"."""
        return f"{self.organisation.key}-bidrag-{self.number or 'kladde'}.{format_name}"


class FormRowQuerySet(models.QuerySet):
    def update(self, **values):
        if set(values) != {"referral"}:
            self._refuse_frozen()
        return super().update(**values)

    def delete(self):
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, rows, **options):
        if any(row.submission.is_frozen for row in rows):
            raise Frozen("A frozen submission takes no more rows.")
        return super().bulk_create(rows, **options)

    def _refuse_frozen(self):
        if self.filter(submission__frozen_at__isnull=False).exists():
            raise Frozen("The rows of a frozen submission stay as they are.")


class FormRow(models.Model):
    """A row of the form: the case's words as they go out. Frozen with its submission, also in the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="rows")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="form_rows")
    table = models.PositiveSmallIntegerField(_("table"))
    position = models.PositiveSmallIntegerField(_("row"))
    cells = models.JSONField()
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="form_rows"
    )

    objects = FormRowQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "table", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "case"],
                name="form_row_case_once",
                violation_error_message=_("The case is already in the submission."),
            ),
            models.UniqueConstraint(fields=["submission", "table", "position"], name="form_row_place"),
            models.CheckConstraint(
                condition=Q(table__in=[1, 2]),
                name="form_row_table",
                violation_error_message=_("The form has two tables."),
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="form_row_position"),
        ]

    def __str__(self):
        return f"{self.submission_id} {self.table}.{self.position}"

    def save(self, *args, **kwargs):
        if self.submission.is_frozen:
            raise Frozen("The rows of a frozen submission stay as they are.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if self.submission.is_frozen:
            raise Frozen("The rows of a frozen submission stay as they are.")
        return super().delete(*args, **kwargs)


class SubmissionFileQuerySet(models.QuerySet):
    def update(self, **values):
        raise Frozen("The bytes of a frozen submission stay as they are.")

    def delete(self):
        raise Frozen("The bytes of a frozen submission stay as they are.")


class SubmissionFile(models.Model):
    """The bytes of a frozen submission in one format, as they were made at freezing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(_("format"), max_length=10, choices=FORMAT_CHOICES)
    bytes = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    objects = SubmissionFileQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "format"]
        constraints = [models.UniqueConstraint(fields=["submission", "format"], name="submission_file_once")]

    def __str__(self):
        return f"{self.submission_id} {self.format}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise Frozen("The bytes of a frozen submission stay as they are.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise Frozen("The bytes of a frozen submission stay as they are.")

"""A case: the secretariat's edited wording, gathering one or more examples, and its way to an answer."""

import uuid

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from backend.campaigns.models import Campaign
from backend.cases.lifecycle import CASE_OUTCOMES, DOABLE_OUTCOMES, Outcome, Status
from backend.examples.models import Audience, Example, Flag, Period
from backend.organisations.models import Organisation, User
from backend.organisations.permissions import organisations_where
from backend.registry.models import Area, Body, Cause, CoreTask, Law, RuleLevel

# Under this many, a figure is not shown outside the desk (P-5).
SMALL_GROUP = 5


class Visibility(models.TextChoices):
    INTERNAL = "internal", _("Internal")
    COMMITTEE = "committee", _("Shown to the committee")
    PUBLIC = "public", _("Public")


class ReallyLaw(models.TextChoices):
    """«Er det virkelig loven?»"""

    REQUIRED = "required", _("Required by the law")
    STRICTER = "stricter", _("Stricter than the law")
    HABIT = "habit", _("Habit")
    NOT_FOUND = "not_found", _("Not found")


class FormTable(models.IntegerChoices):
    """The ministry's two tables (ministry-form.md)."""

    NONE = 0, _("Not in the form")
    COHERENCE = 1, _("Table 1: a more coherent service")
    TIME = 2, _("Table 2: time for the core task")


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every case where `user` may see all; the committee's and the public's where they sit in the committee."""
        return self.filter(
            Q(organisation__in=organisations_where(user, "case.view"))
            | Q(
                organisation__in=organisations_where(user, "case.view_committee"),
                visibility__in=[Visibility.COMMITTEE, Visibility.PUBLIC],
            )
        )

    def public(self):
        """What is published: the root of every page, list, feed and file that is open to all."""
        return self.filter(visibility=Visibility.PUBLIC, merged_into=None)

    def open(self):
        return self.exclude(status=Status.CLOSED).filter(merged_into=None)

    def ready_for_form(self):
        """Ready cases with a table, none of whose sources keeps them with the secretariat."""
        return (
            self.filter(status=Status.READY, merged_into=None)
            .exclude(table=FormTable.NONE)
            .exclude(
                Exists(
                    CaseExample.objects.filter(
                        case=OuterRef("pk"), is_source=True, example__audience=Audience.SECRETARIAT
                    )
                )
            )
        )


class Case(models.Model):
    """A case (forslag). Status and outcome are two fields: closed is not solved, and yes is not done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="cases", db_index=False
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    problem = models.TextField(_("problem"), max_length=8000)
    proposal = models.TextField(_("proposal"), max_length=8000, blank=True)
    legislation_text = models.CharField(_("legislation"), max_length=1000, blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    area_text = models.CharField(
        _("area in the form"),
        max_length=120,
        blank=True,
        help_text=_("Only if the form should say something else than the area's name."),
    )
    core_task = models.ForeignKey(
        CoreTask,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("core task"),
        help_text=_("Empty: follows from the area."),
    )
    flag = models.CharField(_("flag"), max_length=24, choices=Flag, blank=True)
    workplace = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("workplace")
    )
    rule_level = models.ForeignKey(
        RuleLevel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("rule level"),
    )
    really_law = models.CharField(_("is it really the law?"), max_length=10, choices=ReallyLaw, blank=True)
    really_law_paragraph = models.CharField(_("the section that backs it"), max_length=200, blank=True)
    table = models.PositiveSmallIntegerField(_("table"), choices=FormTable, default=FormTable.NONE)
    table_reason = models.CharField(_("why this table"), max_length=300, blank=True)
    hours = models.PositiveIntegerField(_("hours a year"), null=True, blank=True)
    hours_note = models.CharField(_("how the hours were counted"), max_length=500, blank=True)
    # Working days, weeks and months a year as they were when the hours were set.
    hours_basis = models.JSONField(default=dict, blank=True)
    visibility = models.CharField(
        _("visible to"), max_length=10, choices=Visibility, default=Visibility.INTERNAL
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, blank=True)
    implemented_date = models.DateField(_("done"), null=True, blank=True)
    evidence = models.CharField(_("what shows it"), max_length=1000, blank=True)
    # How many promises stand that nobody has said are done; kept by `actions.steps.settle`.
    open_promises = models.PositiveSmallIntegerField(default=0)
    created_date = models.DateField(_("made"))
    published_date = models.DateField(_("published"), null=True, blank=True)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_reason = models.CharField(_("why closed"), max_length=1000, blank=True)
    closed_from = models.CharField(max_length=10, choices=Status, blank=True)
    # The day everybody who can be reached was asked whether the time came back; once per time it was done.
    effect_asked_date = models.DateField(_("asked for the effect"), null=True, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    version = models.PositiveIntegerField(default=1)
    stems = models.TextField(blank=True, default="")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_date", "reference"]
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility="internal") | Q(checked_by__isnull=False),
                name="case_checked_before_shown",
                violation_error_message=_("Somebody must tick that the text holds no personal data."),
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | ~Q(closed_reason=""),
                name="case_closed_with_reason",
                violation_error_message=_("A closed case needs a reason."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(outcome__in=CASE_OUTCOMES, status__in=["referred", "answered", "closed"]),
                name="case_outcome_after_reply",
                violation_error_message=_("Only an answered case has an outcome."),
            ),
            models.CheckConstraint(
                condition=Q(implemented_date=None) | Q(outcome__in=DOABLE_OUTCOMES),
                name="case_done_after_promise",
                violation_error_message=_("Only what was promised can be done."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "status", "-created_date", "reference"], name="case_worklist"
            ),
            models.Index(fields=["organisation", "-created_date", "reference"], name="case_list"),
            models.Index(
                fields=["organisation", "-published_date", "reference"],
                name="case_public",
                # As `public()` asks, so that a count need not read the rows.
                condition=Q(visibility="public", merged_into=None),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def area_name(self):
        """What the form's column `Område` says."""
        return self.area_text or (str(self.area) if self.area_id else "")

    def limit(self):
        """How far the case may go: the narrowest audience of the examples it was made from."""
        audiences = set(self.case_examples.filter(is_source=True).values_list("example__audience", flat=True))
        for audience in (Audience.SECRETARIAT, Audience.BODIES):
            if audience in audiences:
                return audience
        return Audience.PUBLIC


class CaseCause(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_causes")
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, related_name="+")
    is_main = models.BooleanField(default=False)

    class Meta:
        ordering = ["case", "-is_main", "cause__position"]
        constraints = [models.UniqueConstraint(fields=["case", "cause"], name="case_cause_once")]

    def __str__(self):
        return str(self.cause)


class CaseLaw(models.Model):
    """A rule that a case hits: what was cited as cited, and the law it was recognised as (or none)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_laws")
    law = models.ForeignKey(Law, null=True, blank=True, on_delete=models.PROTECT, related_name="case_laws")
    cited_text = models.CharField(max_length=300)
    paragraphs = models.CharField(max_length=100, blank=True)
    cited_date = models.DateField(null=True, blank=True)
    found_by = models.CharField(
        max_length=10, choices=[("person", _("A person")), ("software", _("The software"))]
    )

    class Meta:
        ordering = ["case", "id"]

    def __str__(self):
        return self.cited_text


class CaseExampleQuerySet(models.QuerySet):
    def current(self):
        return self.filter(left_at=None)


class CaseExample(models.Model):
    """An example's time in a case: gathering and parting, both undoable. One open row per example."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_examples")
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="case_examples")
    # The wording was made from this example, so its audience limits the case; others are only counted.
    is_source = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # «Vis mig teksten, før den går videre»: when the wording was put under the code, and what the writer said.
    wording_shown_date = models.DateField(null=True, blank=True)
    wording_accepted_date = models.DateField(null=True, blank=True)
    # The writer's yes to the workplace being asked, where it was to be spared.
    workplace_accepted_date = models.DateField(null=True, blank=True)

    objects = CaseExampleQuerySet.as_manager()

    class Meta:
        ordering = ["case", "joined_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["example"],
                condition=Q(left_at=None),
                name="example_in_one_case",
                violation_error_message=_("The example already belongs to a case."),
            )
        ]

    def __str__(self):
        return f"{self.case_id} {self.example_id}"


class SupportQuerySet(models.QuerySet):
    def counted(self):
        return self.filter(is_quarantined=False)

    def waiting(self):
        """Those that the flood guard has set aside and nobody has decided about."""
        return self.filter(is_quarantined=True, refused_date=None)

    def by_day(self):
        """Rows {on_date, counted, waiting, refused}, the newest date first: as near as anybody can look."""
        return (
            self.order_by()
            .values("on_date")
            .annotate(
                counted=Count("pk", filter=Q(is_quarantined=False)),
                waiting=Count("pk", filter=Q(is_quarantined=True, refused_date=None)),
                refused=Count("pk", filter=Q(refused_date__isnull=False)),
            )
            .order_by("-on_date")
        )


class Support(models.Model):
    """«Det sker også hos mig»: nobody is stored, only that it was said, on which date."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="supports")
    example = models.ForeignKey(Example, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    on_date = models.DateField()
    minutes = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    times = models.PositiveSmallIntegerField(null=True, blank=True)
    period = models.CharField(max_length=12, choices=Period, blank=True)
    is_quarantined = models.BooleanField(default=False)
    # When a person decided that what was set aside is not to be counted. It stays, so that it can be taken back.
    refused_date = models.DateField(null=True, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta:
        ordering = ["case", "id"]
        indexes = [
            models.Index(fields=["case", "is_quarantined"], name="support_count"),
            models.Index(
                fields=["on_date"],
                condition=Q(is_quarantined=True, refused_date=None),
                name="support_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(refused_date=None) | Q(is_quarantined=True), name="support_refused_is_set_aside"
            )
        ]

    def __str__(self):
        return str(self.case_id)

"""What the world looks like: core tasks, areas, bodies through time, laws and who answers for them.

National bodies and laws belong to no organisation and are shared; core tasks, the organisation's
view of an area, its bodies and the roles that rules point at are its own.
"""

import datetime
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.language import is_english
from backend.organisations.models import Organisation
from backend.organisations.permissions import organisations_where
from backend.organisations.screened import ScreenedText
from backend.registry.addresses import slug_of
from backend.registry.english import english_name

# The registry's dated sources: «known_date» rows speak of these days, not of a period.
KNOWN_2017 = datetime.date(2017, 5, 30)


class OwnedQuerySet(models.QuerySet):
    """Rows that are national (organisation NULL) or one organisation's own."""

    def of(self, organisation):
        """National rows and `organisation`'s own."""
        return self.filter(Q(organisation=None) | Q(organisation=organisation))

    def visible_to(self, user):
        return self.filter(Q(organisation=None) | Q(organisation__in=organisations_where(user)))


class Named(models.Model):
    """A stable key and a Danish name, in the order of the data file."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "key"]

    def __str__(self):
        """The name in the reader's language."""
        return (is_english() and english_name(self._meta.model_name, self.key)) or self.name


def dated(rows, date):
    """The row that speaks of `date` among rows with valid_from, valid_to and known_date; None: the newest.

    The period that covers the day; else the row whose known_date is nearest, to be shown as «kendt pr. …».
    None where neither says anything about the day: nothing is invented.
    """
    rows = sorted(rows, key=lambda row: (row.valid_from or row.known_date or datetime.date.min, row.pk or 0))
    if date is None:
        return rows[-1] if rows else None
    known = []
    for row in rows:
        if row.known_date and not (row.valid_from or row.valid_to):
            known.append(row)
        elif (row.valid_from or datetime.date.min) <= date <= (row.valid_to or datetime.date.max):
            return row
    return min(known, key=lambda row: abs((row.known_date - date).days), default=None)


class Dated:
    """What rows with valid_from, valid_to and known_date share."""

    valid_from: datetime.date | None
    valid_to: datetime.date | None
    known_date: datetime.date | None

    def overlaps(self, other):
        """Whether the two periods share a day. A row that is only known on a day bounds nothing."""
        if any(row.known_date and not (row.valid_from or row.valid_to) for row in (self, other)):
            return False
        low, high = datetime.date.min, datetime.date.max
        return (self.valid_from or low) <= (other.valid_to or high) and (other.valid_from or low) <= (
            self.valid_to or high
        )


class Area(Named):
    """A field of municipal work, such as day care; the form's column `Område` starts from its name."""

    class Meta(Named.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Cause(Named):
    """Why a thing is in the way (the ministry paper's own causes, and three more)."""

    class Meta(Named.Meta):
        verbose_name = _("cause")
        verbose_name_plural = _("causes")


class RuleLevel(Named):
    """Who made the rule: from EU down to the workplace."""

    class Meta(Named.Meta):
        verbose_name = _("rule level")
        verbose_name_plural = _("rule levels")


class Burden(Named):
    """What kind of work the rule costs, such as meetings or documentation."""

    class Meta(Named.Meta):
        verbose_name = _("burden")
        verbose_name_plural = _("burdens")


class CoreTask(models.Model):
    """A core task (kerneopgave). organisation NULL: the starting set that a new organisation copies."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="core_tasks"
    )
    key = models.CharField(_("key"), max_length=60)
    camp_key = models.CharField(_("name in camp material"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "key", "id"]
        verbose_name = _("core task")
        verbose_name_plural = _("core tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="core_task_key",
                violation_error_message=_("There is already a core task with this key."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(organisation=None),
                name="core_task_key_shared",
                violation_error_message=_("There is already a core task with this key."),
            ),
        ]

    def __str__(self):
        return self.name_on(None)

    def name_on(self, date):
        """The name in force on `date` (None: the newest name); outside what we know, the nearest known."""
        name = dated(self.names.all(), date) or dated(self.names.all(), None)
        return name.name if name else self.key


class CoreTaskName(Dated, ScreenedText):
    """A core task's name: through a period, or as known on a day where the period is not known."""

    core_task = models.ForeignKey(CoreTask, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=120)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True)
    known_date = models.DateField(_("known on"), null=True, blank=True)

    class Meta:
        ordering = ["core_task", "valid_from", "known_date", "id"]

    def __str__(self):
        return self.name


class BodyQuerySet(OwnedQuerySet):
    def with_names(self):
        """Periods in one query, for `name_on`."""
        return self.prefetch_related("periods")

    def receivers(self):
        """Bodies that can be written to: instances, not kinds of bodies."""
        return self.filter(is_type=False)


class Body(ScreenedText):
    """Somebody who can do something about it: a committee, centre, board, ministry or agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="bodies"
    )
    key = models.CharField(_("key"), max_length=60)
    kind = models.CharField(_("kind"), max_length=40)
    level = models.CharField(_("level"), max_length=40)
    # A kind of body that every institution has its own of (school board …), never itself a receiver.
    is_type = models.BooleanField(_("is a kind of body"), default=False)
    type = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="instances",
        verbose_name=_("is one of"),
    )

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["key", "id"]
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="body_key",
                violation_error_message=_("There is already a body with this key."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(organisation=None),
                name="body_key_shared",
                violation_error_message=_("There is already a body with this key."),
            ),
        ]

    def __str__(self):
        return self.name_on(None)

    def period_on(self, date):
        """The BodyPeriod that speaks of `date`; None where the data do not know it. `date` None: the newest."""
        return dated(self.periods.all(), date)

    def name_on(self, date):
        """The name the body had on `date`; outside every known period the newest name we know."""
        period = self.period_on(date) or self.period_on(None)
        return period.name if period else self.key


class BodyPeriod(Dated, ScreenedText):
    """A body's name and parent from one day to another; a day that is not known stays empty.

    Where no bound is known but the source speaks of a day, `known_date` is that day and the bounds are empty.
    """

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="periods")
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(Body, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True)
    known_date = models.DateField(_("known on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ["body", "valid_from", "known_date", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="body_period_order",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.UniqueConstraint(
                fields=["body", "valid_from"],
                name="body_period_start",
                violation_error_message=_("The body already has a period that begins this day."),
            ),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(valid_from=None, known_date=None),
                name="body_period_unknown_start",
                violation_error_message=_("The body already has a period without a first day."),
            ),
            models.UniqueConstraint(
                fields=["body", "known_date"],
                condition=Q(valid_from=None),
                name="body_period_known_once",
                violation_error_message=_("The body already has a name that is known on this day."),
            ),
        ]

    def __str__(self):
        return self.name


class BodySuccession(ScreenedText):
    """`successor` took over from `body`, in whole or for `scope`."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="predecessors")
    date = models.DateField(_("date"), null=True, blank=True)
    scope = models.CharField(_("for what"), max_length=120, blank=True)

    class Meta:
        ordering = ["body", "successor"]
        constraints = [models.UniqueConstraint(fields=["body", "successor"], name="body_succession_once")]

    def __str__(self):
        return f"{self.body_id} → {self.successor_id}"


class BodyContact(ScreenedText):
    """Where an organisation writes to a body; `rank` 1 first, then the ladder upwards."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="contacts")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    # Whom one writes to there, such as the workplace's leader; empty for a shared mailbox.
    name = models.CharField(_("name"), max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"))
    rank = models.PositiveSmallIntegerField(_("order"), default=1)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ["body", "rank", "id"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(fields=["body", "organisation", "email"], name="body_contact_once")
        ]

    def __str__(self):
        return self.email


class OrganisationArea(models.Model):
    """What an area is in one organisation: its core task, committee and centre."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="areas")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="+")
    core_task = models.ForeignKey(
        CoreTask, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    committee = models.ForeignKey(Body, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    centre = models.ForeignKey(Body, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["organisation", "area__position", "id"]
        verbose_name = _("the area here")
        verbose_name_plural = _("the areas here")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "area"], name="organisation_area_once")
        ]

    def __str__(self):
        return str(self.area)


class OrganisationRole(models.Model):
    """The body that holds a role that rules point at: finance_committee, council, management, main_med, it …"""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=40)
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["organisation", "role"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "role"], name="organisation_role_once")
        ]

    def __str__(self):
        return self.role


class Law(models.Model):
    """An act, a regulation or a guide, known by its popular name."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    popular_name = models.CharField(_("popular name"), max_length=120)
    official_title = models.CharField(_("official title"), max_length=400, blank=True)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["popular_name", "key"]
        verbose_name = _("law")
        verbose_name_plural = _("laws")

    def __str__(self):
        return self.popular_name

    @property
    def slug(self):
        """The last part of the address of the law's page."""
        return slug_of(self.key)

    def authority_on(self, kind, date):
        """Who answers for the law (`kind` ministry or agency) on `date`.

        The dated period that covers the day; else the row with the nearest known_date, which must be shown as
        «kendt pr. …». Returns a LawAuthority or None: nothing is invented.
        """
        return dated([row for row in self.authorities.all() if row.kind == kind], date)


class LawAlias(models.Model):
    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="aliases")
    text = models.CharField(max_length=400)
    is_abbreviation = models.BooleanField(default=False)

    class Meta:
        ordering = ["law", "text"]
        constraints = [models.UniqueConstraint(fields=["law", "text"], name="law_alias_once")]

    def __str__(self):
        return self.text


class LawVersion(models.Model):
    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="versions")
    type = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    date = models.DateField()
    eli = models.URLField(blank=True)

    class Meta:
        ordering = ["law", "-date", "number"]
        constraints = [
            models.UniqueConstraint(fields=["law", "type", "number", "date"], name="law_version_once")
        ]

    def __str__(self):
        return f"{self.type} {self.number} {self.date}"


class LawSuccession(models.Model):
    """Where a law's rules have moved: what was cited stands, and `successor` is what they may be called now."""

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="predecessors")
    # As in a citation, separated by `;`: `83;83 a;46-76`. Empty: the whole law.
    paragraphs = models.CharField(max_length=200, blank=True)
    # The day, or only the year where no more is known: 2025-07-01, 2024.
    since = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["law", "since", "successor"]
        constraints = [models.UniqueConstraint(fields=["law", "successor"], name="law_succession_once")]

    def __str__(self):
        return f"{self.law_id} → {self.successor_id}"


class LawAuthority(models.Model):
    """Ministry or agency of a law: as known on a day, or through a period."""

    law = models.ForeignKey(Law, on_delete=models.CASCADE, related_name="authorities")
    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=[("ministry", _("Ministry")), ("agency", _("Agency"))])
    known_date = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["law", "kind", "known_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["law", "body", "kind", "known_date"], name="law_authority_known"),
            models.UniqueConstraint(
                fields=["law", "body", "kind", "valid_from"],
                condition=Q(known_date=None),
                name="law_authority_period",
            ),
        ]

    def __str__(self):
        return f"{self.law_id}: {self.body_id}"

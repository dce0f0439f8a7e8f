"""What an organisation decides about bodies: who can act on what, how long they have, and how they are written to.

Rules are data: an administrator edits them, and an organisation without its own uses the starting set (organisation
NULL).
"""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.organisations.models import Organisation
from backend.organisations.screened import ScreenedText

from .world import Area, Body, Cause, OwnedQuerySet, RuleLevel


class BodyGroup(models.TextChoices):
    """Kinds of body as a secretariat speaks of them: each has its own term and its own letter."""

    POLITICAL = "political", _("Council or committee")
    ADMINISTRATION = "administration", _("Management, centre or unit")
    MED = "med", _("MED committee")
    WORKPLACE = "workplace", _("Workplace")
    BOARD = "board", _("Board of an institution")
    REGION = "region", _("Region")
    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency or authority")
    OTHER = "other", _("Others")

    @classmethod
    def of(cls, kind):
        """The group of a body of `kind` (Body.kind)."""
        return cls(_GROUP_OF_KIND.get(kind, cls.OTHER))


_GROUP_OF_KIND = {
    "council": BodyGroup.POLITICAL,
    "committee": BodyGroup.POLITICAL,
    "statutory_committee": BodyGroup.POLITICAL,
    "temp_committee_17_4": BodyGroup.POLITICAL,
    "management": BodyGroup.ADMINISTRATION,
    "centre": BodyGroup.ADMINISTRATION,
    "unit": BodyGroup.ADMINISTRATION,
    "municipality": BodyGroup.ADMINISTRATION,
    "med_committee": BodyGroup.MED,
    "workplace": BodyGroup.WORKPLACE,
    "institution_board": BodyGroup.BOARD,
    "region": BodyGroup.REGION,
    "ministry": BodyGroup.MINISTRY,
    "agency": BodyGroup.AGENCY,
    "authority": BodyGroup.AGENCY,
    "parliament": BodyGroup.OTHER,
}


class TargetKind(models.TextChoices):
    """What a rule points at: a body, a role, or a kind of body that is found from the case (domain.md E)."""

    BODY = "body", _("This body")
    ROLE = "role", _("Whoever has this role here")
    WORKPLACE = "workplace", _("The workplace")
    CENTRE_OF_AREA = "centre_of_area", _("The area's centre")
    COMMITTEE_OF_AREA = "committee_of_area", _("The area's committee")
    SCHOOL_BOARD = "school_board_of_workplace", _("The school board of the workplace")
    AREA_BOARD = "area_board_of_workplace", _("The area board of the workplace")
    MINISTRY_OF_LAW = "ministry_of_law", _("The ministry of the law")
    MINISTRIES_OF_LAWS = "ministries_of_laws", _("The ministry of each law")
    AGENCY_OF_LAW = "agency_of_law", _("The agency of the law, else its ministry")
    REGION = "region_of_municipality", _("The municipality's region")
    HALT = "halt", _("Stop: it belongs somewhere else")
    TRIAGE = "triage", _("A person must decide")


class RoutingRule(ScreenedText):
    """Who can act: the first active rule that fits, by priority, once per cause. An empty condition fits anything."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="routing_rules"
    )
    # The number by which a case says «regel 110». It stays when the order changes.
    key = models.CharField(_("number"), max_length=20)
    priority = models.PositiveIntegerField(_("order"), validators=[MinValueValidator(1)])
    flag = models.CharField(_("flag"), max_length=24, blank=True)
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("area")
    )
    cause = models.ForeignKey(
        Cause, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("cause")
    )
    rule_level = models.ForeignKey(
        RuleLevel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("rule level"),
    )
    target = models.CharField(_("points at"), max_length=30, choices=TargetKind)
    target_body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("body")
    )
    target_role = models.CharField(_("role"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "key", "id"]
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                name="routing_rule_key",
                violation_error_message=_("There is already a rule with this number."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(organisation=None),
                name="routing_rule_key_shared",
                violation_error_message=_("There is already a rule with this number."),
            ),
            models.CheckConstraint(
                condition=(Q(target="body") & Q(target_body__isnull=False))
                | (~Q(target="body") & Q(target_body=None)),
                name="routing_rule_names_its_body",
                violation_error_message=_("Choose the body that the rule points at."),
            ),
            models.CheckConstraint(
                condition=(Q(target="role") & ~Q(target_role="")) | (~Q(target="role") & Q(target_role="")),
                name="routing_rule_names_its_role",
                violation_error_message=_("Choose the role that the rule points at."),
            ),
        ]

    def __str__(self):
        return self.key


class ResponseTerm(models.Model):
    """How long a kind of body has for its answer here, in working days, and when it is reminded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="response_terms")
    group = models.CharField(_("kind of body"), max_length=20, choices=BodyGroup)
    working_days = models.PositiveSmallIntegerField(
        _("working days for an answer"), validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    remind_before = models.PositiveSmallIntegerField(
        _("reminder, working days before"), default=3, validators=[MaxValueValidator(60)]
    )
    remind_after = models.PositiveSmallIntegerField(
        _("reminder, working days after"), default=5, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    is_automatic = models.BooleanField(_("remind by itself"), default=True)

    class Meta:
        ordering = ["organisation", "group"]
        verbose_name = _("response term")
        verbose_name_plural = _("response terms")
        constraints = [models.UniqueConstraint(fields=["organisation", "group"], name="response_term_once")]

    def __str__(self):
        return self.get_group_display()


class LetterTemplate(ScreenedText):
    """How a kind of body is written to here. Without one, the words in `backend/registry/data/letters` are used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="letter_templates")
    group = models.CharField(_("kind of body"), max_length=20, choices=BodyGroup)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=8000)

    class Meta:
        ordering = ["organisation", "group"]
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint(fields=["organisation", "group"], name="letter_template_once")]

    def __str__(self):
        return self.get_group_display()

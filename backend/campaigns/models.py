"""A campaign: when an organisation asks its employees, and what must be in order before it may."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backend.organisations.models import Organisation
from backend.organisations.permissions import organisations_where
from backend.organisations.screened import ScreenedText


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user))

    def published(self):
        """Campaigns that the public knows of: open now, or opened before."""
        return self.exclude(published_at=None)

    def begun(self, *, at):
        """Published campaigns that are open or were (`GET /campaigns`)."""
        return self.published().filter(opens_date__lte=timezone.localdate(at))


class Campaign(ScreenedText):
    """The facts of a campaign; its words stand on the CampaignPage (one to one)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="campaigns")
    slug = models.SlugField(_("address"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    opens_date = models.DateField(_("opens"))
    closes_date = models.DateField(_("closes"), help_text=_("The last day that examples can be sent."))
    asks = models.CharField(_("the question"), max_length=200)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    reading_days = models.PositiveSmallIntegerField(
        _("reading term in working days"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("How soon an example has been read. The receipt says the date."),
    )
    med_discussed_date = models.DateField(_("discussed in the main MED committee"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_date", "slug", "id"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "slug"],
                name="campaign_slug",
                violation_error_message=_("There is already a campaign with this address."),
            ),
            models.CheckConstraint(
                condition=Q(closes_date__gte=F("opens_date")),
                name="campaign_closes_after_opening",
                violation_error_message=_("The campaign closes before it opens."),
            ),
        ]

    def __str__(self):
        return self.name

    # What bars opening: (where it is filled in, its name). The law's and the MED agreement's demands (domain.md F).
    def missing(self):
        """What still bars opening: a list of (field, label), empty when the campaign may open."""
        organisation = self.organisation
        wanted = [
            (
                "privacy_url",
                _("The privacy notice"),
                organisation.privacy_url or not organisation.blanks_in_privacy_notice(),
            ),
            ("dpo_contact", _("Contact to the data protection officer"), organisation.dpo_contact),
            ("retention", _("How long examples are kept"), organisation.retention),
            ("whistleblower_url", _("Link to the whistleblower scheme"), organisation.whistleblower_url),
            (
                "was_url",
                _("The accessibility statement"),
                organisation.was_url or not organisation.blanks_in_accessibility_statement(),
            ),
            (
                "is_proxy_logging_confirmed",
                _("The proxy's logging is confirmed"),
                organisation.is_proxy_logging_confirmed,
            ),
            (
                "med_discussed_date",
                _("Date of the discussion in the main MED committee"),
                self.med_discussed_date,
            ),
        ]
        return [(field, label) for field, label, value in wanted if not value]

    def state(self, *, at):
        """`unpublished`, `missing` (something bars opening), `before`, `open` or `closed` on the day of `at`."""
        today = timezone.localdate(at)
        if self.published_at is None:
            return "unpublished"
        if today > self.closes_date:
            return "closed"
        if self.missing():
            return "missing"
        return "before" if today < self.opens_date else "open"

"""The tenant, the people and what they may do: everything else hangs from here."""

import hashlib
import uuid

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .permissions import Role, organisations_where
from .screened import ScreenedText


class Kind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    REGION = "region", _("Region")


class Conformance(models.TextChoices):
    """How far a site meets EN 301 549, in the words of the law's model statement."""

    FULL = "full", _("Fully compliant")
    PARTLY = "partly", _("Partly compliant")
    NOT = "not", _("Not compliant")


class Evaluation(models.TextChoices):
    """How it was found out."""

    SELF = "self", _("Self-assessment")
    EXTERNAL = "external", _("Assessment by an outside body")


def in_danish(text):
    """A text to begin with, as it is stored: migrations run without a language."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(text)


def usual_recipients():
    """Who gets what, in Kernetid; an organisation adds its own."""
    return in_danish(
        _(
            "Cases in the secretariat's own words are sent to those who can do something about them: committees,"
            " centres, other authorities. The supplier that runs the system does so on our instructions"
            " (a data processor)."
        )
    )


def usual_gaps():
    """What Kernetid itself knows that it falls short of; an organisation adds its own."""
    return in_danish(
        _(
            "The poster and the paper form are PDF files without tags. The same content stands on the campaign's page."
        )
    )


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The organisations that `user` is a member of, in any role."""
        return self.filter(id__in=organisations_where(user))


class Organisation(ScreenedText):
    """A municipality or region: the tenant. One Wagtail site each, found by `hostname`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        _("key"), max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z")]
    )
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.MUNICIPALITY)
    hostname = models.CharField(_("host name"), max_length=255, unique=True)
    contact = models.CharField(_("contact person"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    digest_email = models.EmailField(_("address for digests"), blank=True)
    digest_every = models.CharField(
        _("digest"),
        max_length=10,
        choices=[("hour", _("Every hour")), ("day", _("Once a day"))],
        default="day",
    )
    # Used when minutes are counted up to hours a year (model.md, Hours).
    days = models.PositiveSmallIntegerField(
        _("working days a year"), default=220, validators=[MinValueValidator(1)]
    )
    weeks = models.PositiveSmallIntegerField(
        _("working weeks a year"), default=44, validators=[MinValueValidator(1)]
    )
    school_weeks = models.PositiveSmallIntegerField(
        _("school weeks a year"), default=40, validators=[MinValueValidator(1)]
    )
    months = models.PositiveSmallIntegerField(
        _("working months a year"), default=11, validators=[MinValueValidator(1)]
    )
    # What a campaign page must be able to say before it opens (Campaign.missing).
    privacy_url = models.URLField(
        _("privacy policy elsewhere"),
        blank=True,
        help_text=_("The organisation's own, if it has one: the notice here links to it."),
    )
    dpo_contact = models.CharField(_("data protection officer"), max_length=200, blank=True)
    retention = models.CharField(_("how long examples are kept"), max_length=300, blank=True)
    whistleblower_url = models.URLField(_("whistleblower scheme"), blank=True)
    was_url = models.URLField(
        _("statement in WAS-Tool"),
        blank=True,
        help_text=_("The address that the Agency for Digital Government's tool has given. /was leads there."),
    )
    # The privacy notice's own words (GDPR art. 13); the rest of the page is the same everywhere.
    controller = models.TextField(
        _("data controller"),
        max_length=300,
        blank=True,
        help_text=_("Name, postal address, CVR number, e-mail and phone."),
    )
    recipients = models.TextField(
        _("who receives data"), max_length=1000, blank=True, default=usual_recipients
    )
    privacy_date = models.DateField(_("privacy notice last checked"), null=True, blank=True)
    # The accessibility statement's (the web accessibility act, act no. 692 of 8 June 2018).
    accessibility_status = models.CharField(
        _("how far the site meets the requirements"), max_length=10, choices=Conformance, blank=True
    )
    accessibility_gaps = models.TextField(
        _("what is not accessible, and why"),
        max_length=2000,
        blank=True,
        default=usual_gaps,
        help_text=_("What it is, whom it bars, what they can do instead, and when it will be mended."),
    )
    accessibility_how = models.CharField(
        _("how it was assessed"), max_length=10, choices=Evaluation, default=Evaluation.SELF
    )
    accessibility_contact = models.CharField(
        _("whom to tell about what is not accessible"),
        max_length=200,
        blank=True,
        help_text=_("An e-mail and a phone number: the law asks for both ways."),
    )
    accessibility_date = models.DateField(
        _("statement last checked"), null=True, blank=True, help_text=_("The law asks for once a year.")
    )
    is_proxy_logging_confirmed = models.BooleanField(
        _("the web server in front keeps no addresses"),
        default=False,
        help_text=_("Only when this is confirmed may the form say that nothing about the machine is kept."),
    )
    is_lateness_public = models.BooleanField(
        _("show in public which bodies are late"),
        default=False,
        help_text=_("Without this, only the desk sees that an answer is late."),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "key"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self):
        return self.name

    def periods(self):
        """How many days, weeks, school weeks and months make a working year here."""
        return {
            "days": self.days,
            "weeks": self.weeks,
            "school_weeks": self.school_weeks,
            "months": self.months,
        }

    def blanks_in_privacy_notice(self):
        """What the law wants in the notice at /privatliv/ and nobody has filled in: a list of (field, label)."""
        return self._blanks("controller", "dpo_contact", "retention", "recipients", "privacy_date")

    def blanks_in_accessibility_statement(self):
        """The same for the statement at /tilgaengelighed/."""
        is_full = self.accessibility_status == Conformance.FULL
        gaps = () if is_full else ("accessibility_gaps",)
        return self._blanks("accessibility_status", *gaps, "accessibility_contact", "accessibility_date")

    def _blanks(self, *names):
        return [(name, self._meta.get_field(name).verbose_name) for name in names if not getattr(self, name)]


class UserManager(BaseUserManager):
    use_in_migrations = True

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(ScreenedText, AbstractUser):
    """A person who signs in, by e-mail; what they may do stands in their memberships."""

    made_by_software = ("password",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None
    email = models.EmailField(_("e-mail"), unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        ordering = ["email"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message=_("There is already a user with this e-mail."),
            )
        ]

    def __str__(self):
        return self.get_full_name() or self.email


class Membership(models.Model):
    """A person's role in an organisation; a person may hold several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        ordering = ["organisation", "user", "role"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                name="membership_once",
                violation_error_message=_("This person already has this role."),
            )
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"


class ApiTokenQuerySet(models.QuerySet):
    def usable(self, *, at):
        """Tokens that open doors on `at`: not revoked, not expired, of an active user."""
        return self.filter(revoked_at=None, user__is_active=True).exclude(
            expires_date__lt=timezone.localdate(at)
        )


class ApiToken(models.Model):
    """A personal token for the API; only its SHA-256 is kept (the token has 256 random bits)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(
        _("scope"),
        max_length=10,
        choices=[("read", _("Read")), ("write", _("Read and write"))],
        default="write",
    )
    expires_date = models.DateField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["user", "name", "id"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self):
        return self.name

    @staticmethod
    def digest(token):
        return hashlib.sha256(token.encode()).hexdigest()


class AccessEventQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(organisation__in=organisations_where(user, "access_log.view"))


class AccessEvent(models.Model):
    """One reading of raw text or contact, or one export. Append-only; never holds the text itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="access_events")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"))
    kind = models.CharField(
        _("what"),
        max_length=20,
        choices=[("raw_text", _("Raw text")), ("contact", _("Contact")), ("export", _("Export"))],
    )
    reference = models.CharField(_("reference"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)

    objects = AccessEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "id"]
        verbose_name = _("access event")
        verbose_name_plural = _("access log")

    def __str__(self):
        return f"{self.get_kind_display()} {self.reference}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("The access log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("The access log is append-only.")

"""What happened, append-only; and what became of the time."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.examples.models import Example, Period
from backend.organisations.models import User

from .cases import Case
from .referrals import Referral


class CaseEvent(models.Model):
    """One move of a case or of one of its referrals. Append-only; holds no raw text."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    move = models.CharField(max_length=24)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=1000, blank=True)
    # Names of the fields that an edit changed; never their contents.
    fields = models.JSONField(default=list, blank=True)
    is_public = models.BooleanField(_("the writer sees it"), default=False)

    class Meta:
        ordering = ["case", "id"]

    def __str__(self):
        return f"{self.case_id} {self.move}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("History is append-only.")
        super().save(*args, **kwargs)


class Change(models.TextChoices):
    """Whether the time came back, three months after it was done."""

    GONE = "gone", _("It is gone")
    LESS = "less", _("It takes less time")
    SAME = "same", _("It is the same")
    WORSE = "worse", _("It is worse")


class Effect(models.Model):
    """A writer's answer to «Fik du tiden igen?»: the documented effect is the difference (peers.md 3, no. 6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="effects")
    example = models.ForeignKey(Example, on_delete=models.CASCADE, related_name="effects")
    change = models.CharField(_("change"), max_length=8, choices=Change)
    # How it is now, counted as in the example.
    minutes = models.DecimalField(_("minutes now"), max_digits=7, decimal_places=2, null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("times now"), null=True, blank=True)
    period = models.CharField(_("per"), max_length=12, choices=Period, blank=True)
    # Hours a year, reckoned when it was answered: an example that is erased later must not change what has been told.
    hours_before = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    hours_now = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    on_date = models.DateField()
    # Whether a person has looked at it since it was given (`note_effect`). No moment is kept of a writer's answer, so
    # nothing else could tell what came first on a day.
    is_noted = models.BooleanField(default=False)

    class Meta:
        ordering = ["case", "on_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "example"],
                name="effect_answered_once",
                violation_error_message=_("You have already answered this."),
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=0, minutes__lte=10000), name="effect_minutes"
            ),
        ]

    def __str__(self):
        return f"{self.case_id} {self.change}"

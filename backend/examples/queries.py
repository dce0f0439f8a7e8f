"""Finding a tracking code, and the next example to read."""

from django.db.models import Exists, OuterRef

from .models import TrackingCode
from .references import code_hmac


def code_in_force(code):
    """The TrackingCode of what was typed, with its example and `has_older`, or None.

    `has_older`: codes given before it still open the example. The same work whether the code is right or wrong.
    """
    older = TrackingCode.objects.filter(example=OuterRef("example"), revoked_date=None, pk__lt=OuterRef("pk"))
    return (
        TrackingCode.objects.filter(hmac=code_hmac(code), revoked_date=None)
        .select_related("example__campaign", "example__organisation", "example__area")
        .annotate(has_older=Exists(older))
        .first()
    )


def example_after(queryset, example):
    """The next row of the worklist `queryset` (unread order) after `example`, or the first one, or None."""
    later = (
        queryset.exclude(pk=example.pk)
        .filter(submitted_date__gte=example.submitted_date)
        .exclude(submitted_date=example.submitted_date, reference__lte=example.reference)
    )
    return later.first() or queryset.exclude(pk=example.pk).first()

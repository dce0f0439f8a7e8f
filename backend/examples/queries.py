"""Finding an example by its tracking code."""

from .models import TrackingCode
from .references import code_hmac


def example_for_code(code):
    """The example that a typed tracking code opens, or None; the same work whether the code is right or wrong."""
    row = (
        TrackingCode.objects.filter(hmac=code_hmac(code), revoked_date=None)
        .select_related("example__campaign", "example__organisation", "example__area")
        .first()
    )
    return row.example if row else None


def example_after(queryset, example):
    """The next row of the worklist `queryset` (unread order) after `example`, or the first one, or None."""
    later = (
        queryset.exclude(pk=example.pk)
        .filter(submitted_date__gte=example.submitted_date)
        .exclude(submitted_date=example.submitted_date, reference__lte=example.reference)
    )
    return later.first() or queryset.exclude(pk=example.pk).first()

"""What the desk's lists share: pages of fifty, and a filter form that always offers a way back."""

from functools import cached_property

from django.core.paginator import Paginator

ROWS = 50
# Counting a hundred thousand rows takes longer than showing fifty; beyond this the list says "more than".
MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self):
        """How many rows there are, or MOST_COUNTED where there are more."""
        rows = self.object_list.order_by().values("pk")[: MOST_COUNTED + 1]
        self._found = rows.count()
        return min(self._found, MOST_COUNTED)

    @property
    def is_capped(self):
        """Whether there are more rows than were counted."""
        return self.count == MOST_COUNTED and self._found > MOST_COUNTED


def page_of(request, queryset):
    """The page that `?page=` asks for; a number beyond the end shows the last page."""
    return CappedPaginator(queryset, ROWS).get_page(request.GET.get("page"))


def filtered(filterset):
    """The rows that the filters ask for; with a wrong filter none, so that the fault is seen and not a false list."""
    return filterset.qs if filterset.form.is_valid() else filterset.queryset.none()


def is_filtered(request, names):
    """Whether any of the filters is in use."""
    return any(request.GET.get(name) for name in names)

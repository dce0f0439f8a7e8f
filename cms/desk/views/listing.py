"""What the desk's lists share: pages of fifty, and a filter form that always offers a way back."""

from functools import cached_property

from django.core.paginator import Paginator

from backend.organisations.permissions import only_organisation

ROWS = 50
# Counting a hundred thousand rows takes longer than showing fifty; beyond this the list says "more than".
MOST_COUNTED = 2_500


class CappedPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self):
        """How many rows there are, or MOST_COUNTED where there are more."""
        found, self.is_capped = counted(self.object_list)
        return found

    # Whether there are more rows than were counted.
    is_capped = False


def counted(queryset, most=MOST_COUNTED):
    """(how many rows, whether there are more): counts no further than `most`."""
    found = queryset.order_by().values("pk")[: most + 1].count()
    return min(found, most), found > most


def narrowed(queryset, user, path="organisation"):
    """The same rows, with the user's only organisation named, so that the index gives them in its order."""
    only = only_organisation(user)
    return queryset if only is None else queryset.filter(**{path: only})


def page_of(request, queryset, *, count=None, path="organisation"):
    """The page that `?page=` asks for; a number beyond the end shows the last page.

    `count`: known already. `path`: from the rows to their organisation.
    """
    paginator = CappedPaginator(narrowed(queryset, request.user, path), ROWS)
    if count is not None:
        paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def filtered(filterset):
    """The rows that the filters ask for; with a wrong filter none, so that the fault is seen and not a false list."""
    return filterset.qs if filterset.form.is_valid() else filterset.queryset.none()


def is_filtered(request, names):
    """Whether any of the filters is in use."""
    return any(request.GET.get(name) for name in names)


def shown_filters(request, filterset, names):
    """The named filters as the page shows them: [(bound field, [(value, label, is chosen)])]."""
    shown = []
    for name in names:
        chosen = request.GET.getlist(name)
        # Written out here: a template would count the choices first, one query for each filter.
        options = [
            (value, label, str(value) in chosen)
            for value, label in getattr(filterset.form.fields[name], "choices", ())
            if str(value)
        ]
        shown.append((filterset.form[name], options))
    return shown

"""Writes about the registry: loading the data files, and what a new organisation starts from."""

from django.db import transaction

from backend.registry.loading import DATA, STARTING_SET, load_own, load_shared
from backend.registry.models import CoreTask, CoreTaskName


@transaction.atomic
def load_registry(*, folder=DATA, organisation=None):
    """Load the shared registry, or with `organisation` its own from `folder`. All of it or nothing.

    Idempotent: rows are matched on their keys. Returns a Report; a BrokenFile says file, row and column.
    """
    return load_shared(folder) if organisation is None else load_own(folder, organisation=organisation)


@transaction.atomic
def copy_starting_set(*, organisation, folder=STARTING_SET):
    """Give `organisation` the core tasks, bodies, areas and roles that everybody starts from.

    Only what is missing is added: what the organisation has made of its own stays. Returns a Report.
    """
    own = set(organisation.core_tasks.values_list("key", flat=True))
    for task in CoreTask.objects.filter(organisation=None).exclude(key__in=own).prefetch_related("names"):
        copy = CoreTask.objects.create(
            organisation=organisation, key=task.key, camp_key=task.camp_key, position=task.position
        )
        CoreTaskName.objects.bulk_create(
            CoreTaskName(
                core_task=copy,
                name=name.name,
                valid_from=name.valid_from,
                valid_to=name.valid_to,
                known_date=name.known_date,
            )
            for name in task.names.all()
        )
    return load_own(folder, organisation=organisation, only_add=True)

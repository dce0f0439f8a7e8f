"""Two organisations with everybody in them, so that each can be asked for as the other."""

import pytest

from backend.organisations.permissions import Role
from cms.pages.sites import make_site, sync_groups
from tests.factories import make_campaign, make_organisation, make_user


class World:
    """An organisation, its site, its open campaign and one person in each role."""

    def __init__(self, key, **fields):
        self.organisation = make_organisation(key, **fields)
        self.site = make_site(self.organisation)
        self.campaign = make_campaign(self.organisation)
        self.people = {}
        for role in Role:
            self.people[role.value] = make_user(role, self.organisation, email=f"{role.value}@{key}.example")
            sync_groups(self.people[role.value])

    @property
    def coordinator(self):
        return self.people["coordinator"]


@pytest.fixture
def lejre(db):
    return World("lejre")


@pytest.fixture
def noerreby(db):
    return World("noerreby")


@pytest.fixture
def coordinator(client, lejre):
    """A browser signed in as the coordinator of Lejre."""
    client.force_login(lejre.coordinator)
    return client

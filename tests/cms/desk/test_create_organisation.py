"""`create_organisation`: an empty organisation with its site, its registry and an invited administrator."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from backend.organisations.models import Organisation, User
from backend.outbox.models import OutgoingMessage

pytestmark = pytest.mark.django_db
OPTIONS = {
    "key": "testby",
    "name": "Testby Kommune",
    "host": "Testby.localhost",
    "admin_email": "chef@testby.example",
}


def test_the_administrator_chooses_a_password_and_comes_in(client, capsys):
    call_command("create_organisation", **OPTIONS)
    organisation = Organisation.objects.get(key="testby")
    assert organisation.hostname == "testby.localhost"
    assert (organisation.areas.count(), organisation.roles.count()) == (33, 5)
    assert organisation.examples.count() == organisation.campaigns.count() == 0
    assert list(organisation.memberships.values_list("user__email", "role")) == [
        ("chef@testby.example", "administrator")
    ]
    link = capsys.readouterr().out.splitlines()[-1]
    message = OutgoingMessage.objects.get(kind="invitation")
    assert reverse("wagtailadmin_home") in re.search("https?://[^/]+(/admin/)", message.body).group(1)
    page = client.get(re.sub("^https?://[^/]+", "", link), follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"new_password1": "Et langt kodeord 7", "new_password2": "Et langt kodeord 7"},
    )
    assert client.login(username="chef@testby.example", password="Et langt kodeord 7")
    assert client.get(reverse("wagtailadmin_home")).status_code == 200
    # The empty site answers at its own host.
    assert client.get("/", headers={"host": "testby.localhost"}).status_code == 200


@pytest.mark.parametrize(
    "change,told",
    [
        ({}, "--key"),
        ({"key": "Test by"}, "--key"),
        ({"key": "andenby"}, "--host"),
        ({"key": "andenby", "host": "andenby.localhost", "admin_email": "chef"}, "--admin-email"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(change, told):
    call_command("create_organisation", **OPTIONS)
    with pytest.raises(CommandError, match=told):
        call_command("create_organisation", **OPTIONS | change)
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


def test_somebody_who_signs_in_already_keeps_the_password(capsys):
    call_command("create_organisation", **OPTIONS)
    user = User.objects.get()
    user.set_password("Et langt kodeord 7")
    user.save()
    call_command("create_organisation", **OPTIONS | {"key": "andenby", "host": "andenby.localhost"})
    assert "/password_reset/" not in capsys.readouterr().out.split("Testby Kommune er klar.")[-1]
    assert user.memberships.count() == 2

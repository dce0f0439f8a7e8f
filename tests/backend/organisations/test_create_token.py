"""`create_token`: the token is shown once, on the last line, and only its hash is kept."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from backend.organisations.models import ApiToken
from backend.organisations.queries import user_for_token
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_token_stands_last_and_opens_the_door(capsys):
    user = factories.make_user("coordinator", factories.make_organisation())
    call_command(
        "create_token", email=user.email.upper(), name="Journal", scope="read", expires=datetime.date.max
    )
    token = capsys.readouterr().out.splitlines()[-1]
    row = user_for_token(token)
    assert (row.user, row.name, row.scope) == (user, "Journal", "read")
    assert token not in str(ApiToken.objects.values_list())


def test_somebody_without_a_role_gets_none():
    for email in ("ingen@example.org", factories.make_user().email):
        with pytest.raises(CommandError):
            call_command("create_token", email=email, name="Journal")
    assert not ApiToken.objects.exists()

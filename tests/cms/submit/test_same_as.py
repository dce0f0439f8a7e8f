"""«Ja, det er det samme» together with the text: one more support, one more example, and one press of Send."""

import pytest

from backend.cases.actions import set_aside, take_back, withdraw
from backend.cases.models import CaseExample, Support
from backend.examples.models import Example
from tests.cms.worlds import make_world
from tests.factories import make_case, make_published_case, make_user

pytestmark = pytest.mark.django_db

PROBLEM = "Vi skriver borgerens vægt tre steder, og ingen af tallene passer sammen."


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def case(world):
    user = make_user("coordinator", world.organisation)
    return make_published_case(world.campaign, user, title="Vægten skrives tre steder")


def send(client, world, **fields):
    return client.post(world.address, {"problem": PROBLEM, **fields}, **world.host)


def test_the_link_from_a_case_leads_to_a_form_that_knows_it(client, world, case):
    page = client.get(f"{world.address}?ligesom={case.reference}", **world.host).content.decode()
    assert f'name="same_as" value="{case.reference}"' in page
    assert "Vægten skrives tre steder" in page


def test_the_text_is_one_more_example_and_its_time_counts_on_the_case(client, world, case):
    fields = {"same_as": case.reference, "minutes": "12,5", "times": "3", "period": "week", "key": "k" * 20}
    for _press in range(2):
        page = send(client, world, **fields)
        assert page.status_code == 200
    assert "Vægten skrives tre steder" in page.content.decode()
    example = Example.objects.get(problem=PROBLEM)
    support = Support.objects.get()
    assert (support.case, support.example, support.minutes, support.times, support.period) == (
        case,
        example,
        12.5,
        3,
        "week",
    )
    # Whether it joins the case is for a person to say.
    assert not CaseExample.objects.current().filter(example=example).exists()


def test_what_is_not_published_is_no_choice_and_stops_nothing(client, world):
    hidden = make_case(world.campaign, make_user("coordinator", world.organisation), title="Skjult forslag")
    other = make_world("andet")
    foreign = make_published_case(
        other.campaign, make_user("coordinator", other.organisation), title="Andet sted"
    )
    for reference in (hidden.reference, foreign.reference, "F-0000-XXXX", "<script>", "\x00"):
        page = send(client, world, same_as=reference)
        assert page.status_code == 200
        assert "Skjult forslag" not in page.content.decode()
        assert "Andet sted" not in page.content.decode()
    assert not Support.objects.exists()


def test_an_error_keeps_the_choice(client, world, case):
    page = send(client, world, same_as=case.reference, minutes="tolv")
    assert page.status_code == 422
    assert f'name="same_as" value="{case.reference}"' in page.content.decode()
    assert not Support.objects.exists()


def test_withdrawing_the_text_takes_the_support_with_it(client, world, case):
    send(client, world, same_as=case.reference)
    withdraw(example=Example.objects.get(problem=PROBLEM))
    assert not Support.objects.exists()


def test_spam_counts_on_no_case_until_it_is_taken_back(client, world, case):
    send(client, world, same_as=case.reference)
    example = Example.objects.get(problem=PROBLEM)
    user = make_user("coordinator", world.organisation)
    set_aside(example=example, reason="spam", why="Det er reklame.", by=user)
    assert case.supports.counted().count() == 0
    assert case.supports.waiting().count() == 0
    take_back(example=example, by=user)
    assert case.supports.counted().count() == 1
    set_aside(example=example, reason="belongs_elsewhere", why="Det hører til hos Trafikstyrelsen.", by=user)
    assert case.supports.counted().count() == 1
    moves = case.events.filter(by=user).values_list("move", flat=True)
    assert list(moves) == ["set_supports_aside", "accept_supports"]

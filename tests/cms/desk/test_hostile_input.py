"""Whatever is typed into an address or a form of the desk, it answers; it never breaks."""

import pytest
from django.test import Client

from backend.cases.actions import mark_ready
from backend.cases.models import Case
from cms.desk.urls import urlpatterns
from tests.factories import make_case, make_example

NASTY = ("\x00", "\x1b[31m", "é" * 300, "99999999999999999999", "-1", "' OR 1=1 --", "%", "\u202e")
NAMES = (
    *("q", "find", "organisation", "reference", "tab", "page", "state", "kind", "status", "area", "campaign"),
    *(
        "submitted_from",
        "table",
        "visibility",
        "example",
        "case",
        "chosen",
        "move",
        "why",
        "text",
        "reason",
        "role",
    ),
    *(
        "title",
        "problem",
        "proposal",
        "hours",
        "version",
        "causes",
        "main_cause",
        "laws-TOTAL_FORMS",
        "email",
        "body",
    ),
    *(
        "referral",
        "reply",
        "answer",
        "promised_date",
        "implemented_date",
        "other",
        "examples",
        "name",
        "everything",
    ),
)


@pytest.fixture
def addresses(lejre):
    """Every address of the desk, with things that are there and things that are not."""
    example, _code = make_example(lejre.campaign)
    case = make_case(lejre.campaign, lejre.coordinator)
    mark_ready(case=case, by=lejre.coordinator)
    found = []
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        for reference in (
            example.reference if "eksempler" in route else case.reference,
            "%00",
            "E-0000-0000",
        ):
            for move in (
                "withdraw_reply",
                "split",
                "set_visibility",
                "merge_into",
                "prepare_referral",
                "findes_ikke",
            ):
                address = route.replace("<desk_reference:reference>", reference).replace("<slug:move>", move)
                if "<" not in address:
                    found.append(f"/admin/{address}")
    return sorted(set(found))


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_nothing_typed_breaks_a_page(role, lejre, addresses):
    browser = Client(raise_request_exception=False)
    browser.force_login(lejre.people[role])
    broken = []
    for number, address in enumerate(addresses):
        # Another nasty text for each name at each address, and all of them in the end.
        values = {name: NASTY[(number + place) % len(NASTY)] for place, name in enumerate(NAMES)}
        for method in (browser.get, browser.post):
            status = method(address, values).status_code
            if status >= 500:
                broken.append((method.__name__, address, status))
    assert broken == []
    assert Case.objects.get().status == "ready"


@pytest.mark.parametrize("text", NASTY)
def test_no_filter_of_the_lists_breaks(text, coordinator):
    for address in (
        "/admin/eksempler/",
        "/admin/forslag/",
        "/admin/adgangslog/",
        "/admin/post/",
        "/admin/svar/",
        "/admin/henvendelser/",
    ):
        for name in (
            "q",
            "campaign",
            "area",
            "status",
            "submitted_from",
            "table",
            "visibility",
            "reference",
            "body",
            "tab",
            "page",
        ):
            assert coordinator.get(address, {name: text}).status_code == 200

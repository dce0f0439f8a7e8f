"""Every public page and state of the walk in a real browser, answers to POSTs too: axe, and narrow screens.

The suite does it in Danish; in English as well with `WALK=all .venv/bin/python -m pytest tests/browser/test_walk.py`.
"""

import mimetypes
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page, Route

from backend.examples.throttle import counter
from tests.cms.walk import Seen, furnish, visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ROOTS = ("", "/en") if os.environ.get("WALK") == "all" else ("",)
BASE = "http://walk.localhost"
AXE = Axe()
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


class Screen:
    """A browser that is given the pages a test client has met, with their style sheets and scripts."""

    def __init__(self, page: Page) -> None:
        self.page, self.html = page, ""
        self.missing: list[str] = []
        page.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        """Give the page itself or a static file."""
        path = route.request.url.removeprefix(BASE)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if route.request.is_navigation_request():
            route.fulfill(content_type="text/html; charset=utf-8", body=self.html)
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            route.fulfill(content_type=kind, body=Path(found).read_bytes())
        else:
            self.missing += [path] * path.startswith("/static/")
            route.fulfill(status=404, body="")  # what a script asks for of similar cases is not the page's

    def faults(self, seen: Seen) -> list[str]:
        """What is wrong with a page when all that is folded is opened, and where it scrolls sideways."""
        self.html = seen.html
        self.page.goto(f"{BASE}/")
        self.page.evaluate("document.querySelectorAll('details').forEach((group) => { group.open = true; })")
        violations = AXE.run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        found = [f"{fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in violations]
        self.page.set_viewport_size({"width": 320, "height": 800})
        if not self.page.evaluate(FITS):
            found.append("scrolls sideways at 320 px")
        self.page.set_viewport_size({"width": 768, "height": 800})
        # The design system begins at 62.5 %.
        self.page.evaluate("document.documentElement.style.fontSize = '125%'")
        if not self.page.evaluate(FITS):
            found.append("scrolls sideways with text at 200 %")
        return [f"{seen.name}: {fault}" for fault in found]


@pytest.mark.parametrize("root", ROOTS)
def test_no_page_and_no_state_has_a_fault(client: Client, page: Page, root: str) -> None:
    cache.clear()
    counter.forget()
    stage = furnish()
    screen = Screen(page)
    assert [fault for seen in visit(stage, client, root) for fault in screen.faults(seen)] == []
    assert screen.missing == []

"""Every public page and state is HTML that a strict parser accepts, and ties its parts together for screen readers."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import html5lib
import pytest
from django.core.cache import cache

from backend.examples.throttle import counter
from tests.cms.walk import furnish, visit

REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "list")
CONTROLS = ("input", "select", "textarea")
UNSEEN = ("hidden", "submit", "button", "image")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SPEAKING = ("a", "button", "summary", "legend", "label", *HEADINGS)


def words(node) -> str:
    """What a screen reader says of an element's content."""
    said = [node.get("aria-label", ""), node.get("alt", ""), *node.itertext()]
    return " ".join(" ".join([*said, *(each.get("alt", "") for each in node.iter("img"))]).split())


def faults(html: str) -> Iterator[str]:
    """What is wrong with a page."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    for (line, column), code, details in parser.errors:
        yield f"{code} {details} at {line}:{column}"
    # What a script fills in has its words later.
    templates = {part for template in root.iter("template") for part in template.iter()}
    nodes = [node for node in root.iter() if node not in templates]
    hidden = {part for node in nodes if node.get("hidden") is not None for part in node.iter()}
    ids = Counter(node.get("id") for node in nodes if node.get("id"))
    yield from (f"id {name} stands {number} times" for name, number in ids.items() if number > 1)
    labelled = {node.get("for") for node in nodes if node.tag == "label"}
    inside_labels = {control for label in root.iter("label") for control in label.iter()}
    for node in nodes:
        for attribute in REFERRING:
            for name in (node.get(attribute) or "").split():
                if name not in ids:
                    yield f"{node.tag} {attribute}={name} refers to nothing"
        for attribute in node.attrib:
            if attribute == "style" or attribute.startswith("on"):
                yield f"{node.tag} has {attribute}, which the content policy forbids"
        if node.tag in CONTROLS and node.get("type") not in UNSEEN:
            named = node.get("aria-label") or node.get("aria-labelledby") or node.get("id") in labelled
            if not named and node not in inside_labels:
                yield f"{node.tag} {node.get('name')} has no name"
        is_silent = not words(node) and not node.get("aria-labelledby") and node not in hidden
        if node.tag in SPEAKING and is_silent:
            yield f"{node.tag} {dict(node.attrib)} says nothing"
        if node.tag == "img" and node.get("alt") is None:
            yield f"img {node.get('src')} has no alt"
    levels = [int(node.tag[1]) for node in nodes if node.tag in HEADINGS]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1"
    for above, level in pairwise(levels):
        if level > above + 1:
            yield f"h{level} follows h{above}"
    skip = root.find(".//a[@class='skipnav']")
    if skip is not None and skip.get("href", "")[1:] not in ids:
        yield "the skip link leads nowhere"
    if len(list(root.iter("main"))) != 1:
        yield "no one main"


def test_what_is_broken_is_told_of():
    page = (
        '<!doctype html><html lang="da"><head><title>x</title></head><body><main><h1>a</h1><h3></h3>'
        '<p><div id="a"></div></p><input id="a" name="q"><a style="x" href="#">x</a><label for="b">l</label>'
    )
    assert list(faults(page + "</main></body></html>")) == [
        "unexpected-end-tag {'name': 'p'} at 1:116",
        "id a stands 2 times",
        "h3 {} says nothing",
        "input q has no name",
        "a has style, which the content policy forbids",
        "label for=b refers to nothing",
        "h3 follows h1",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("root", ["", "/en"])
def test_every_page_and_state_is_valid(client, root):
    cache.clear()
    counter.forget()
    found = {}
    for page in visit(furnish(), client, root):
        for fault in faults(page.html):
            found.setdefault(fault, page.name)
    assert found == {}

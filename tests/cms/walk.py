"""Every public page and state that a visitor can meet, asked for as a browser would."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.test import Client, RequestFactory
from django.utils import timezone

from backend import error_pages
from backend.cases.actions import mark_done, record_reply, refer_to_body, release_reply
from backend.cases.models import CaseLaw
from backend.examples.actions import ask
from backend.language import LanguageMiddleware
from backend.registry.models import Cause, Law
from cms.pages.models import NewsPage, PlainPage
from tests.cms.worlds import World, make_campaign_page, make_world
from tests.factories import (
    make_area,
    make_body,
    make_core_task,
    make_example,
    make_letter,
    make_published_case,
    make_user,
)

STORY = [
    ("text", "<h2>Derfor spørger vi</h2><p>Fordi I ved det bedst.</p>"),
    (
        "quote",
        {"text": "Tiden skal bruges sammen med børn og ældre.", "who": "Formanden for Økonomiudvalget"},
    ),
    ("questions", [{"question": "Hvem læser det?", "answer": "<p>Koordinatoren på rådhuset.</p>"}]),
]
PROBLEM = "Vi skriver vægten tre steder, og ingen af tallene på tværs passer sammen."


@dataclass(frozen=True)
class Stage:
    """A site with something of everything, and the secrets that open its private pages."""

    world: World
    reference: str
    body: str
    code: str
    letter: str
    row: str


@dataclass(frozen=True)
class Seen:
    """One page as it was answered."""

    name: str
    status: int
    html: str


def furnish() -> Stage:
    """Make the site. Everything that a person has written in it holds a Danish letter."""
    world = make_world(is_default=True, body=STORY)
    organisation, home = world.organisation, world.site.root_page
    coordinator = make_user("coordinator", organisation)
    area = make_area(
        organisation=organisation, core_task=make_core_task(organisation, name="Selvstændigt liv")
    )
    Cause.objects.get_or_create(key="ukendt", defaults={"name": "Ved ikke endnu"})
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    home.add_child(
        instance=NewsPage(title="Så er vi i gang på rådhuset", slug="i-gang", date=today, body=STORY)
    )
    home.add_child(instance=PlainPage(title="Lær os at kende", slug="om", show_in_menus=True, body=STORY))
    make_campaign_page(
        world.site, "senere", title="Forår", opens_date=today + day, closes_date=today + 9 * day
    )
    make_campaign_page(
        world.site, "forbi", title="Efterår", opens_date=today - 9 * day, closes_date=today - day
    )
    make_campaign_page(world.site, "mangler", title="Næste år", med_discussed_date=None)
    law = Law.objects.create(key="ældreloven", popular_name="ældreloven", official_title="Lov om ældre")
    law.aliases.create(text="æl", is_abbreviation=True)
    body = make_body("oeu", "Økonomiudvalget", organisation=organisation, kind="committee")
    case = make_published_case(
        world.campaign, coordinator, title="Vægten skrives tre steder", problem=PROBLEM, area=area
    )
    CaseLaw.objects.create(case=case, law=law, cited_text="ældreloven", paragraphs="4", found_by="person")
    reply = record_reply(
        referral=refer_to_body(case=case, body=body, by=coordinator),
        answer="follow",
        text="Vi er enige på alle områder.",
        what="Regnearket udgår i næste måned.",
        by_whom="Center for Ældre",
        promised_date=today + 30 * day,
        by=coordinator,
    )
    release_reply(reply=reply, by=coordinator)
    case.refresh_from_db()
    mark_done(case=case, implemented_date=today, evidence="Regnearket er væk.", by=coordinator)
    refused = make_published_case(
        world.campaign, coordinator, title="Mødet på fredag bør udgå", problem=PROBLEM
    )
    reply = record_reply(
        referral=refer_to_body(case=refused, body=body, by=coordinator),
        answer="not",
        reason_code="cost",
        text="Det bliver for dyrt på længere sigt.",
        by=coordinator,
    )
    release_reply(reply=reply, by=coordinator)
    example, code = make_example(world.campaign)
    ask(example=example, text="Hvilket system er det på?", by=coordinator)
    centre = make_body("aeldre", "Center for Ældre", organisation=organisation, kind="centre")
    _batch, rows, _link, secret = make_letter(world.campaign, coordinator, body=centre)
    return Stage(world, case.reference, body.key, code, secret, rows[0].pk.hex)


def visit(stage: Stage, client: Client, root: str = "") -> Iterator[Seen]:
    """Ask for everything, below `root` ("" or "/en")."""
    world = stage.world

    def seen(name: str, response) -> Seen:
        assert not response.cookies, name
        return Seen(f"{root} {name}", response.status_code, response.content.decode())

    def get(address: str) -> Seen:
        return seen(address, client.get(root + address, **world.host))

    def post(name: str, address: str, **fields) -> Seen:
        return seen(name, client.post(root + address, fields, **world.host))

    yield from map(
        get,
        (
            *(
                "/",
                "/kampagner/",
                world.address,
                "/kampagner/senere/",
                "/kampagner/forbi/",
                "/kampagner/mangler/",
            ),
            *(
                "/om/",
                "/i-gang/",
                "/forslag/",
                "/forslag/?area=aeldre",
                "/forslag/?q=zebra",
                "/forslag/?status=x",
            ),
            *(f"/forslag/{stage.reference}/", "/modtagere/", f"/modtagere/{stage.body}/", "/regler/"),
            *(
                "/regler/aeldreloven/",
                "/spor/",
                "/svar/",
                "/afmeld/?t=x",
                "/hvad-vi-gemmer/",
                "/privatliv/",
                "/tilgaengelighed/",
                "/sluppet-af-med/",
                "/afslag/",
                "/tal/",
                "/aabne-data/",
                "/findes-ikke/",
            ),
        ),
    )
    yield post(
        "the form with errors",
        world.address,
        problem="kort",
        minutes="tolv",
        contact_email="ingen",
        contact_name="Åse",
        audience="alle",
        period="år",
    )
    yield post("the form with a CPR number", world.address, problem=f"{PROBLEM} 010190-1234")
    yield post("the campaign closed meanwhile", "/kampagner/forbi/", problem=PROBLEM, audience="public")
    marked = {"problem": PROBLEM + " Ring på 46464646.", "audience": "public", "key": "k"}
    yield post("the text as the coordinator reads it", world.address, **marked)
    receipt = post("the receipt", world.address, **marked, seen="1")
    assert 'id="code"' in receipt.html
    yield receipt
    yield post("the way to the whistleblower scheme", world.address, problem=PROBLEM, serious="yes")
    yield post("the way to the adverse events", world.address, problem=PROBLEM, event="event")
    yield post(
        "another text under the same key", world.address, problem=PROBLEM * 2, audience="public", key="k"
    )
    yield post("an unknown code", "/spor/", code="en forkert kode")
    yield post("the writer's page", "/spor/", code=stage.code)
    yield post("the writer's page with an error", "/spor/", code=stage.code, do="message", text="")
    yield post("one more to whom it happens", f"/forslag/{stage.reference}/", minutes="5")
    yield post("a support that cannot be read", f"/forslag/{stage.reference}/", minutes="fem")
    yield post("a link that opens nothing", "/svar/", link="x", text="Det her er skrevet på en lukket side.")
    yield post("a new link", "/svar/", link="x", do="renew")
    yield post("the body's page", "/svar/", link=stage.letter)
    yield post("a body's open answer", "/svar/", link=stage.letter, do=f"open:{stage.row}:answer")
    yield post(
        "a body's answer with errors",
        "/svar/",
        link=stage.letter,
        open=f"{stage.row}:answer",
        do=f"save:{stage.row}",
        **{f"{stage.row}-answer": "follow"},
    )
    yield post("an answer that corrects", "/svar/", link=stage.letter, do=f"open:{stage.row}:wrong")
    for status in error_pages.DETAILS:
        asked = RequestFactory().get(f"{root}/", headers={"host": world.organisation.hostname})
        answer = LanguageMiddleware(lambda request, at=status: error_pages.error_page(request, at))(asked)
        yield Seen(f"{root} error {status}", status, answer.content.decode())

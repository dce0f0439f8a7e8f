"""Small worlds for tests, made through the product's own actions wherever it has one."""

import datetime
import itertools

from django.utils import timezone

from backend.campaigns.actions import publish_campaign, save_campaign
from backend.cases import actions as cases
from backend.examples.actions import submit_example
from backend.examples.models import Example
from backend.examples.validation import Submission
from backend.organisations.models import Membership, Organisation, User
from backend.organisations.sealing import unseal
from backend.outbox.models import OutgoingMessage
from backend.registry.models import Area, Body, BodyPeriod, CoreTask, OrganisationArea

_numbers = itertools.count(1)
PROBLEM = "Vi skriver de samme oplysninger i to systemer, hver gang en borger får besøg."


def make_organisation(key="lejre", **fields):
    """An organisation with everything that a campaign needs to open."""
    values = {
        "name": key.capitalize(),
        "hostname": f"{key}.localhost",
        "contact": "Sekretariatet",
        "phone": "46 46 46 46",
        "privacy_url": "https://example.org/privatliv",
        "dpo_contact": "dpo@example.org",
        "retention": "To år efter kampagnens slutning.",
        "whistleblower_url": "https://example.org/whistleblower",
        "was_url": "https://example.org/was",
        "is_proxy_logging_confirmed": True,
    }
    return Organisation.objects.create(key=key, **{**values, **fields})


def make_user(role=None, organisation=None, **fields):
    """A user, with a role in an organisation if given."""
    number = next(_numbers)
    user = User.objects.create_user(fields.pop("email", f"person{number}@example.org"), "hemmeligt", **fields)
    if role is not None:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def make_campaign(organisation, slug="mere-tid", *, is_published=True, **facts):
    """A campaign that is open today unless the dates say otherwise."""
    today = timezone.localdate()
    values = {
        "name": "Mere tid til kerneopgaven",
        "slug": slug,
        "opens_date": today - datetime.timedelta(days=7),
        "closes_date": today + datetime.timedelta(days=60),
        "asks": "Hvad bøvler eller spænder ben i dit arbejde?",
        "contact": "kernetid@example.org",
        "med_discussed_date": today - datetime.timedelta(days=30),
    }
    campaign = save_campaign(organisation=organisation, **{**values, **facts})
    if is_published:
        publish_campaign(campaign=campaign)
    return campaign


def make_example(campaign, problem=PROBLEM, *, at=None, files=(), **fields):
    """An example sent to the campaign, with cleaned `files`. Returns (Example, tracking code)."""
    submission = Submission(problem=problem, **fields)
    receipt = submit_example(campaign=campaign, submission=submission, files=files, at=at)
    return Example.objects.get(reference=receipt.reference), receipt.tracking_code


def make_case(
    campaign, by, *, title="Dobbelt registrering af besøg", problem=PROBLEM, example=None, **fields
):
    """A draft case made from a new example (or the one given), ready to be asked about: somebody has looked whether
    it is the law, and there is a proposal."""
    if example is None:
        example, _code = make_example(campaign)
    fields.setdefault("proposal", "Skriv det ét sted, og kun én gang.")
    case = cases.make_case(example=example, title=title, problem=problem, by=by, **fields)
    case.really_law, case.really_law_paragraph = "required", "§ 1"
    case.save(update_fields=["really_law", "really_law_paragraph"])
    return case


def make_area(key="aeldre", name="Ældreområdet", *, organisation=None, core_task=None):
    """An area, and its core task in an organisation if given."""
    area, _is_new = Area.objects.get_or_create(key=key, defaults={"name": name})
    if organisation is not None:
        OrganisationArea.objects.create(organisation=organisation, area=area, core_task=core_task)
    return area


def make_core_task(organisation, key="stoette", name="Aktivt & selvstændigt liv", **fields):
    task = CoreTask.objects.create(organisation=organisation, key=key, **fields)
    task.names.create(name=name)
    return task


def make_body(
    key="fm", name="Finansministeriet", *, organisation=None, kind="ministry", level="state", **fields
):
    """A body with one period of unknown length."""
    body = Body.objects.create(organisation=organisation, key=key, kind=kind, level=level, **fields)
    BodyPeriod.objects.create(body=body, name=name)
    return body


def make_published_case(campaign, by, **fields):
    """A case that everybody can see."""
    case = make_case(campaign, by, **fields)
    cases.mark_ready(case=case, by=by)
    cases.set_visibility(case=case, visibility="public", no_personal_data=True, by=by)
    return case


def make_letter(
    campaign, by, *, body=None, rows=2, at=None, email="center@example.org", questions=(), files=None
):
    """A letter about `rows` cases, sent to its body. Returns (Batch, its referrals, the link, its secret).

    `files`: {row number: [Clean]}.
    """
    organisation = campaign.organisation
    body = body or make_body(
        f"centre{next(_numbers)}",
        "Center for Velfærd",
        organisation=organisation,
        kind="centre",
        level="municipality",
    )
    body.contacts.create(organisation=organisation, email=email)
    prepared = []
    for position in range(1, rows + 1):
        case = make_case(
            campaign, by, title=f"Forslag nummer {position}", proposal="Skriv det ét sted, og kun én gang."
        )
        cases.mark_ready(case=case, by=by)
        question = questions[position - 1] if position <= len(questions) else ""
        prepared.append(cases.prepare_referral(case=case, body=body, question=question, by=by))
        if files and position in files:
            cases.attach_files(referral=prepared[-1], files=files[position], no_personal_data=True, by=by)
    batch = cases.send_batch(
        organisation=organisation,
        body=body,
        referrals=prepared,
        subject="Forslag fra medarbejderne",
        letter="Kære center\n\nVi sender jer her de forslag, som I kan gøre noget ved.",
        journal_number="26/014512",
        by=by,
        at=at,
    )
    secret = unseal(OutgoingMessage.objects.get(reference=str(batch.pk)).secret_encrypted)
    return batch, list(batch.referrals.order_by("position")), batch.links.get(), secret

"""The wall in the data: rows that point at each other belong to one organisation, or to nobody."""

import datetime
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Model

from backend.attachments.models import StoredFile
from backend.campaigns.models import Campaign
from backend.cases import actions as cases
from backend.cases.models import (
    AccessLink,
    Batch,
    BatchFile,
    Case,
    CaseExample,
    Effect,
    Referral,
    ReferralFile,
    ReferralMessage,
    Reply,
    ReplyFile,
    SentWording,
)
from backend.examples.actions import ask
from backend.examples.idempotency import Claim
from backend.examples.models import Attachment, Example, ImportBatch
from backend.examples.validation import InvalidInput
from backend.organisations.actions import log_access
from backend.organisations.models import User
from backend.outbox.actions import queue_message
from backend.registry.models import (
    Body,
    BodyContact,
    BodySuccession,
    Cause,
    LetterTemplate,
    OrganisationRole,
    ResponseTerm,
    RoutingRule,
)
from cms.pages.models import CampaignPage
from cms.pages.queries import organisation_for_page
from exports import actions as exports
from tests.cms.worlds import World, make_world
from tests.factories import make_area, make_body, make_case, make_core_task, make_example, make_user

PACKAGES = ("backend", "cms", "exports")
# How each model reaches its organisation. A new model must be put here, or below where it is nobody's.
PATHS = {
    "attachments.StoredFile": "organisation",
    "campaigns.Campaign": "organisation",
    "cases.AccessLink": "batch__organisation",
    "cases.Batch": "organisation",
    "cases.BatchFile": "batch__organisation",
    "cases.Case": "organisation",
    "cases.CaseCause": "case__organisation",
    "cases.CaseEvent": "case__organisation",
    "cases.CaseExample": "case__organisation",
    "cases.CaseLaw": "case__organisation",
    "cases.Effect": "case__organisation",
    "cases.Referral": "case__organisation",
    "cases.ReferralFile": "referral__case__organisation",
    "cases.ReferralMessage": "referral__case__organisation",
    "cases.Reply": "referral__case__organisation",
    "cases.ReplyFile": "reply__referral__case__organisation",
    "cases.SentWording": "referral__case__organisation",
    "cases.Support": "case__organisation",
    "examples.Attachment": "example__organisation",
    "examples.Contact": "example__organisation",
    "examples.Example": "organisation",
    "examples.ExampleEvent": "example__organisation",
    "examples.IdempotencyKey": "example__organisation",
    "examples.ImportBatch": "organisation",
    "examples.Message": "example__organisation",
    "examples.TrackingCode": "example__organisation",
    "exports.FormRow": "organisation",
    "exports.Submission": "organisation",
    "exports.SubmissionFile": "submission__organisation",
    "organisations.AccessEvent": "organisation",
    "organisations.Membership": "organisation",
    "outbox.OutgoingAttachment": "message__organisation",
    "outbox.OutgoingMessage": "organisation",
    "pages.CampaignPage": "campaign__organisation",
    "pages.OrganisationSite": "organisation",
    "registry.Body": "organisation",
    "registry.BodyContact": "organisation",
    "registry.BodyPeriod": "body__organisation",
    "registry.BodySuccession": "body__organisation",
    "registry.CoreTask": "organisation",
    "registry.CoreTaskName": "core_task__organisation",
    "registry.LetterTemplate": "organisation",
    "registry.OrganisationArea": "organisation",
    "registry.OrganisationRole": "organisation",
    "registry.ResponseTerm": "organisation",
    "registry.RoutingRule": "organisation",
}
# Everybody's: the people, and the national registry.
SHARED = {
    "organisations.ApiToken",
    "organisations.Organisation",
    "organisations.User",
    *(
        f"registry.{name}"
        for name in (
            *("Area", "Burden", "Cause", "RuleLevel"),
            *("Law", "LawAlias", "LawAuthority", "LawSuccession", "LawVersion"),
        )
    ),
}
# Pages without facts of their own stand in a site's tree, and Wagtail's groups are the wall round it.
PAGES = {f"pages.{name}Page" for name in ("CampaignIndex", "CaseList", "Home", "News", "Plain")}
# Rows with an organisation that nobody lists as staff: they are read from their organisation, campaign or owner.
WITHOUT_LISTS = {
    *("attachments.StoredFile", "registry.LetterTemplate", "registry.ResponseTerm"),
    *("examples.ImportBatch", "exports.FormRow", "organisations.Membership", "pages.OrganisationSite"),
    *("registry.BodyContact", "registry.OrganisationArea", "registry.OrganisationRole"),
}


def our_models() -> Iterator[type[Model]]:
    """Every model that the project has made."""
    for app in apps.get_app_configs():
        if app.name.split(".")[0] in PACKAGES:
            yield from app.get_models()


def misplaced() -> list[str]:
    """Rows that point at another organisation's. An owner that is nobody's may point at nobody's rows only."""
    found = []
    for label, path in PATHS.items():
        model = apps.get_model(label)
        for field in model._meta.concrete_fields:
            target = field.is_relation and PATHS.get(field.related_model._meta.label)
            if not target:
                continue
            rows = model._default_manager.order_by().values_list("pk", path, f"{field.name}__{target}")
            found += [f"{label}.{field.name} {pk}" for pk, own, other in rows if other not in (None, own)]
    return found


def test_every_model_says_whose_its_rows_are() -> None:
    labels = {model._meta.label for model in our_models()}
    assert labels == {*PATHS, *SHARED, *PAGES}


def test_every_row_with_an_organisation_is_listed_through_what_a_person_may_see() -> None:
    owned = {label for label, path in PATHS.items() if path == "organisation"}
    listed = {label for label in owned if hasattr(apps.get_model(label)._default_manager, "visible_to")}
    assert owned - listed == WITHOUT_LISTS


class Everything:
    """An organisation with at least one row of every model that is a tenant's."""

    def __init__(self, key: str) -> None:
        self.world: World = make_world(key)
        self.organisation = self.world.organisation
        self.campaign: Campaign = self.world.campaign
        self.coordinator: User = make_user("coordinator", self.organisation)
        self.ministry = Body.objects.filter(key="fm").first() or make_body()
        self.task = make_core_task(self.organisation)
        self.centre = make_body("centre", "Center", organisation=self.organisation, kind="centre")
        self.board = make_body("board", "Bestyrelse", organisation=self.organisation, type=self.centre)
        self.board.periods.create(name="Nyere", parent=self.centre, valid_from=datetime.date(2020, 1, 1))
        self.fill_registry()
        self.case: Case = self.gather()
        self.freeze(self.case)
        self.refer(self.case)
        self.write()
        self.answer_by_link(self.case)

    def fill_registry(self) -> None:
        """The organisation's own view of areas, roles and bodies."""
        area = make_area(organisation=self.organisation, core_task=self.task)
        self.organisation.areas.filter(area=area).update(committee=self.board, centre=self.centre)
        OrganisationRole.objects.create(organisation=self.organisation, role="council", body=self.board)
        BodySuccession.objects.create(body=self.centre, successor=self.board)
        for body in (self.board, self.ministry):
            BodyContact.objects.create(body=body, organisation=self.organisation, email="b@example.org")

    def gather(self) -> Case:
        """A case of several examples, with everything that hangs on it; one split off and one merged into it."""
        by = self.coordinator
        case = make_case(self.campaign, by, core_task=self.task)
        cause, _is_new = Cause.objects.get_or_create(key="vane", defaults={"name": "Vane"})
        cases.edit_case(
            case=case,
            version=case.version,
            by=by,
            workplace=self.board,
            table=1,
            causes=[cause],
            laws=[{"cited_text": "serviceloven"}],
        )
        example, _code = make_example(self.campaign)
        cases.add_to_case(example=example, case=case, by=by)
        cases.split(case=case, examples=[example], title="Andet", problem="Noget andet end før.", by=by)
        cases.merge_into(case=make_case(self.campaign, by), other=case, by=by)
        support = cases.support_case(case=case)
        support.example = example
        support.save()
        cases.mark_ready(case=case, by=by)
        return case

    def freeze(self, case: Case) -> None:
        """A submission that is frozen, sent and being replaced."""
        by = self.coordinator
        frozen = exports.freeze_cases(
            organisation=self.organisation, body=self.ministry, cases=[(case, 1)], by=by
        )
        exports.record_sent(submission=frozen, sent_to="fm", by=by)
        exports.replace(submission=frozen, by=by)

    def refer(self, case: Case) -> None:
        """A body that passes the case on, one that answers, and one that answers anew."""
        by = self.coordinator
        first = cases.refer_to_body(case=case, body=self.board, by=by)
        cases.record_reply(referral=first, answer="not_ours", points_to="Ministeriet", by=by)
        second = cases.refer_to_body(case=case, body=self.centre, by=by)
        second.passed_on_from = first
        second.save()
        answer = {"answer": "not", "reason_code": "cost", "text": "Det er for dyrt.", "by": by}
        reply = cases.record_reply(referral=second, **answer)
        cases.release_reply(reply=reply, by=by)
        third = cases.refer_to_body(case=case, body=self.board, by=by)
        later = cases.record_reply(referral=third, **answer)
        later.supersedes = reply
        later.save()

    def answer_by_link(self, case: Case) -> None:
        """A letter with its file, a link and what came by it, and what the organisation has decided of its own."""
        now, mine = self.campaign.published_at, {"organisation": self.organisation}
        StoredFile.objects.create(name="bilag-1.pdf", size=1, file="x", stored_date=now.date(), **mine)
        file = StoredFile.objects.get(**mine)
        batch = Batch.objects.create(body=self.board, number="H-1", subject="Brev", sent_at=now, **mine)
        BatchFile.objects.create(batch=batch, file=file)
        Attachment.objects.create(example=self.example, file=file)
        link = AccessLink.objects.create(batch=batch, hash=case.reference, created_at=now, expires_at=now)
        reply = Reply.objects.filter(referral__case=case).first()
        assert reply is not None
        referral: Referral = reply.referral
        Referral.objects.filter(pk=referral.pk).update(batch=batch)
        Reply.objects.filter(pk=reply.pk).update(link=link)
        ReplyFile.objects.create(reply=reply, file=file)
        ReferralFile.objects.create(referral=referral, file=file)
        ReferralMessage.objects.create(referral=referral, kind="correction", text="Nej.", on_date=now)
        SentWording.objects.create(referral=referral, title="Brev", problem="Ord", sent_at=now)
        Effect.objects.create(case=case, example=self.example, change="less", on_date=now)
        RoutingRule.objects.create(key="1", priority=1, target="body", target_body=self.board, **mine)
        ResponseTerm.objects.create(group="board", working_days=10, **mine)
        LetterTemplate.objects.create(group="board", subject="Brev", text="Til jer", **mine)

    def write(self) -> None:
        """An example with a contact, a question, an import and a key; a message and a reading."""
        example, _code = make_example(self.campaign, contact_email="en@example.org")
        ask(example=example, text="Hvilket system?", by=self.coordinator)
        self.example: Example = example
        now = example.campaign.published_at
        batch = ImportBatch.objects.create(organisation=self.organisation, source="camp", imported_at=now)
        Example.objects.filter(pk=example.pk).update(batch=batch, core_task=self.task)
        Claim(key=self.organisation.key, body={}, at=now).keep(example, {})
        queue_message(
            organisation=self.organisation,
            kind="digest",
            to="en@example.org",
            subject="Nyt",
            body="Nyt",
            attachments=[("nyt.txt", "text/plain", b"Nyt")],
        )
        log_access(by=self.coordinator, organisation=self.organisation, kind="raw_text", reference="E-1")


@pytest.mark.django_db
class TestTwoOrganisations:
    @pytest.fixture
    def both(self) -> list[Everything]:
        return [Everything("lejre"), Everything("noerreby")]

    def test_no_row_points_at_another_organisations(self, both: list[Everything]) -> None:
        owners = {world.organisation.pk for world in both}
        for label, path in PATHS.items():
            rows = apps.get_model(label)._default_manager.order_by()
            assert owners <= set(rows.values_list(path, flat=True)), f"no rows of {label} to look at"
        assert misplaced() == []
        for page in CampaignPage.objects.all():
            assert organisation_for_page(page) == page.campaign.organisation

    def test_a_row_that_does_is_found(self, both: list[Everything]) -> None:
        lejre, noerreby = both
        row = CaseExample.objects.create(
            case=lejre.case, example=noerreby.example, joined_at=noerreby.campaign.published_at
        )
        assert misplaced() == [f"cases.CaseExample.example {row.pk}"]
        row.delete()
        self_made = Body.objects.create(key="x", kind="board", level="local", type=lejre.centre)
        assert misplaced() == [f"registry.Body.type {self_made.pk}"]

    def test_no_action_takes_another_organisations_rows(self, both: list[Everything]) -> None:
        lejre, noerreby = both
        by = lejre.coordinator
        example, _code = make_example(lejre.campaign)
        fresh = make_case(lejre.campaign, by)
        draft = lejre.organisation.submissions.get(frozen_at=None)
        refused = (InvalidInput, Case.DoesNotExist)
        wording = {"title": "Titel", "problem": "Et problem", "by": by}
        for attempt in (
            lambda: cases.make_case(example=example, core_task=noerreby.task, **wording),
            lambda: cases.add_to_case(example=example, case=noerreby.case, by=by),
            lambda: cases.merge_into(case=fresh, other=noerreby.case, by=by),
            lambda: cases.split(case=fresh, examples=[noerreby.example], **wording),
            lambda: cases.edit_case(case=fresh, version=fresh.version, core_task=noerreby.task, by=by),
            lambda: cases.edit_case(case=fresh, version=fresh.version, workplace=noerreby.board, by=by),
            lambda: cases.prepare_referral(case=fresh, body=noerreby.board, by=by),
            lambda: exports.add_case(submission=draft, case=noerreby.case, by=by),
            lambda: exports.set_options(submission=draft, body=noerreby.board, by=by),
        ):
            with pytest.raises(refused):
                attempt()
        assert misplaced() == []

"""The wall: every address of the desk and of Wagtail's admin, asked for as the other organisation and in every role."""

import re
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import get_resolver, resolve
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from backend.attachments.actions import store_file
from backend.attachments.cleaning import Clean
from backend.attachments.models import StoredFile
from backend.cases import actions as cases
from backend.cases.models import Batch
from backend.examples.models import Example
from backend.organisations.models import Membership
from backend.organisations.permissions import Role, roles_with
from backend.organisations.sealing import seal
from backend.outbox.actions import queue_message
from backend.registry.models import Law, RoutingRule
from cms.pages.models import PlainPage
from exports import actions as submissions
from tests.factories import make_body, make_case, make_core_task, make_example, make_user

MARK = "Zebrafisk"
# Addresses that answer the same to everybody, or begin a session.
EVERYBODYS = re.compile(r"^admin/(login|logout|password_reset|sprite|jsi18n|\^|failwhale|test404)")


def routes(patterns, prefix=""):
    """(address pattern, converters) of every address under /admin/."""
    for pattern in patterns:
        whole = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, whole)
        elif whole.startswith("admin/") and not EVERYBODYS.match(whole):
            yield whole


@pytest.fixture
def secrets(noerreby):
    """One of everything in Nørreby, each with the mark in what it is called."""
    by = noerreby.coordinator
    example, _code = make_example(
        noerreby.campaign,
        f"{MARK} skal registreres hver dag.",
        contact_email="x@example.org",
        files=[Clean("application/pdf", "pdf", MARK.encode(), "")],
    )
    case = make_case(noerreby.campaign, by, title=f"{MARK} i forslaget")
    other = make_case(noerreby.campaign, by, title=f"{MARK} igen")
    cases.add_to_case(example=make_example(noerreby.campaign)[0], case=case, by=by)
    cases.mark_ready(case=case, by=by)
    body = make_body(
        "nb", f"{MARK}udvalget", organisation=noerreby.organisation, kind="committee", level="municipal"
    )
    law = Law.objects.create(key="prøveloven", popular_name="prøveloven")
    case.case_laws.create(law=law, cited_text="prøveloven", found_by="person")
    receiver = make_body()
    referral = cases.refer_to_body(case=case, body=body, by=by)
    correction = referral.messages.create(
        kind="correction", text=f"{MARK} er forkert", on_date=case.created_date
    )
    reply = cases.record_reply(
        referral=referral, answer="not", reason_code="cost", text=f"{MARK} er for dyr.", by=by
    )
    reply_file = reply.files.create(
        file=StoredFile.objects.create(
            organisation=noerreby.organisation,
            name=f"{MARK}.pdf",
            content_type="application/pdf",
            size=1,
            sha256="0" * 64,
            stored_date=case.created_date,
            file=ContentFile(MARK.encode(), name="z.pdf"),
        )
    )
    enclosed = referral.files.create(
        file=store_file(
            organisation=noerreby.organisation, clean=Clean("application/pdf", "pdf", MARK.encode(), "")
        )
    )
    batch = Batch.objects.create(
        organisation=noerreby.organisation,
        number="H-2026-001",
        body=body,
        subject=f"{MARK} i brevet",
        letter=MARK,
        sent_at=case.campaign.published_at,
    )
    batch.links.create(
        hash="0", to_email_encrypted=seal("x@example.org"), created_at=batch.sent_at, expires_at=batch.sent_at
    )
    draft = submissions.create_draft(organisation=noerreby.organisation, body=receiver, by=by)
    row = submissions.add_case(submission=draft, case=case, by=by, table=2)
    home = noerreby.site.root_page
    page = home.add_child(instance=PlainPage(title=f"{MARK} side", slug="side", live=False))
    page.save_revision(user=noerreby.people["editor"])
    collection = noerreby.organisation.site_link.collection
    image = get_image_model().objects.create(
        title=f"{MARK} billede", file=ImageFile(get_test_image_file(), name="z.png"), collection=collection
    )
    document = get_document_model().objects.create(
        title=f"{MARK} dokument", file=ContentFile(b"x", name="z.txt"), collection=collection
    )
    message = queue_message(
        organisation=noerreby.organisation,
        kind="digest",
        to="x@example.org",
        subject=f"{MARK} mail",
        body=MARK,
    )
    RoutingRule.objects.create(
        organisation=noerreby.organisation, key="777", priority=1, target="triage", reason=f"{MARK} regel"
    )
    task = make_core_task(noerreby.organisation, "zebra", f"{MARK}opgaven")
    noerreby.people["editor"].first_name = MARK
    noerreby.people["editor"].save()
    return SimpleNamespace(**locals())


def fill(route, secrets):
    """The address with every argument replaced by something of Nørreby's."""
    by_name = {
        "membership_id": str(
            Membership.objects.filter(organisation=secrets.noerreby.organisation).first().pk
        ),
        "message_id": str(secrets.message.pk),
        "referral_id": str(secrets.referral.pk),
        "reply_id": str(secrets.reply.pk),
        "correction_id": str(secrets.correction.pk),
        "file_id": str(secrets.reply_file.file_id),
        "enclosed_id": str(secrets.enclosed.file_id),
        "attached_id": str(secrets.example.attachments.get().file_id),
        "body_id": str(secrets.body.pk),
        "batch_id": str(secrets.batch.pk),
        "submission_id": str(secrets.draft.pk),
        "row_id": str(secrets.row.pk),
        "law": "proeveloven",
        "move": "mark_ready",
        "number": "777",
        "format_name": "xlsx",
        "image_id": str(secrets.image.pk),
        "document_id": str(secrets.document.pk),
        "doc_id": str(secrets.document.pk),
        "app_label": "wagtailcore",
        "app_name": "wagtailcore",
        "content_type_app_name": "pages",
        "content_type_model_name": "plainpage",
        "model_name": "page",
        "action": "delete",
        "action_name": "publish",
        "filter_spec": "max-100x100",
        "revision_id": str(secrets.page.latest_revision_id),
        "object_id": str(secrets.page.pk),
    }
    if "reference" in route:
        by_name["reference"] = secrets.example.reference if "eksempler" in route else secrets.case.reference
    if "kampagner/<" in route:
        by_name["key"] = str(secrets.noerreby.campaign.pk)
    if "registre/" in route:
        by_name["key"] = str(secrets.task.pk if "kerneopgaver" in route else secrets.body.pk)
    if "users/" in route:
        by_name["pk"] = str(secrets.noerreby.people["editor"].pk)
    for kind, row in (("images", secrets.image), ("documents", secrets.document), ("pages", secrets.page)):
        if f"admin/{kind}" in route or f"main/^{kind}" in route:
            by_name.setdefault("pk", str(row.pk))

    def value(match):
        return by_name.get(match[1].rpartition(":")[2], str(secrets.page.pk))

    def group(match):
        return str(secrets.page.pk) if match[1] == "pk" else "live"

    address = re.sub(r"\(\?P<(\w+)>[^)]*\)", group, route)
    address = re.sub(r"<((?:\w+:)?\w+)>", value, address)
    return "/" + address.replace("^", "").replace("$", "").replace("\\.", ".").replace("\\", "")


QUERIES = ("", "?organisation=noerreby", "?q=zebrafisk&tab=all&id={page}&childOf={page}")


def requests(role, secrets):
    """(method, address): the desk's addresses in every way, Wagtail's in every way for whoever edits pages."""
    for route in sorted(set(routes(get_resolver().url_patterns))):
        address = fill(route, secrets)
        is_desk = resolve(address).app_name == "desk"
        if is_desk or role == "editor":
            for query in QUERIES:
                yield "get", address + query.format(page=secrets.page.pk)
            yield "post", address + QUERIES[-1].format(page=secrets.page.pk)
        else:
            yield "get", address


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_nothing_of_the_other_organisation_is_told(role, lejre, secrets):
    browser = Client(raise_request_exception=False)
    browser.force_login(lejre.people[role])
    asked, told = 0, []
    for method, address in requests(role, secrets):
        answer = getattr(browser, method)(address)
        asked += 1
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if MARK.encode() in content:
            told.append((method, address, answer.status_code))
    assert told == []
    assert asked > 250
    assert Example.objects.get(pk=secrets.example.pk).status == "received"


STAFF_ROUTES = {
    "/admin/regler/": "case.view",
    "/admin/eksempler/": "example.view",
    "/admin/forslag/": "case.view_committee",
    "/admin/forslag/liste.xlsx": "case.view",
    "/admin/svar/": "case.view",
    "/admin/henvendelser/": "case.view",
    "/admin/organisation/": "settings.edit",
    "/admin/registre/": "settings.edit",
    "/admin/registre/omraader/": "settings.edit",
    "/admin/registre/roller/": "settings.edit",
    "/admin/registre/kerneopgaver/": "settings.edit",
    "/admin/registre/regler/": "settings.edit",
    "/admin/registre/arbejdspladser/": "settings.edit",
    "/admin/personer/": "people.edit",
    "/admin/adgangslog/": "access_log.view",
    "/admin/post/": "mail.view",
    "/admin/bidrag/": "submission.view",
}


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_role_comes_in_where_the_table_says_and_nowhere_else(role, client, lejre):
    client.force_login(lejre.people[role])
    assert client.get("/admin/").status_code == 200
    for address, permission in STAFF_ROUTES.items():
        expected = 200 if Role(role) in roles_with(permission) else 403
        assert client.get(address).status_code == expected, address
    for address in ("/admin/pages/", "/admin/images/", "/admin/documents/"):
        answer = client.get(address)
        assert (answer.status_code != 404) == (role == "editor"), address
    for address in (
        "/admin/users/",
        "/admin/groups/",
        "/admin/sites/",
        "/admin/reports/site-history/",
        "/admin/snippets/",
        "/admin/tag-autocomplete/?term=a",
    ):
        assert client.get(address).status_code == 404, address


def test_an_editor_edits_own_pages_pictures_and_choosers(client, lejre, secrets):
    client.force_login(lejre.people["editor"])
    home = lejre.site.root_page
    for address in (
        f"/admin/pages/{home.pk}/",
        f"/admin/pages/{home.pk}/edit/",
        "/admin/choose-page/?page_type=wagtailcore.page",
        f"/admin/choose-page/{home.pk}/?page_type=wagtailcore.page",
        "/admin/images/",
        "/admin/images/chooser/",
        "/admin/documents/chooser/",
        f"/admin/api/main/pages/?child_of={home.pk}&for_explorer=1",
    ):
        assert client.get(address).status_code == 200, address


def test_whoever_is_not_signed_in_comes_nowhere(client, lejre, secrets):
    for route in set(routes(get_resolver().url_patterns)):
        answer = client.get(fill(route, secrets))
        assert answer.status_code in (302, 404, 405), route
        assert MARK.encode() not in answer.content


def test_a_superuser_without_a_role_reads_no_example(client, lejre, secrets):
    client.force_login(make_user(is_superuser=True, is_staff=True))
    assert client.get("/admin/eksempler/").status_code == 403
    assert client.get(f"/admin/eksempler/{secrets.example.reference}/").status_code == 403

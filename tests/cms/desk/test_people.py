"""The administrator's pages: people, settings, registry, mail and the access log."""

import re

import pytest
from django.core.exceptions import ValidationError

from backend.organisations.actions import remove_member
from backend.organisations.models import AccessEvent, Membership, Organisation, User
from backend.outbox.actions import queue_message
from backend.outbox.models import OutgoingMessage
from backend.registry.models import Body
from tests.factories import make_area, make_body, make_core_task


@pytest.fixture
def administrator(client, lejre):
    client.force_login(lejre.people["administrator"])
    return client


def test_a_person_is_invited_by_mail_chooses_a_password_and_comes_in(administrator, lejre, client):
    administrator.post(
        "/admin/personer/",
        {"email": "ny@lejre.example", "first_name": "Ny", "last_name": "Kollega", "role": "reader"},
    )
    user = User.objects.get(email="ny@lejre.example")
    assert [row.role for row in user.memberships.all()] == ["reader"]
    mail = OutgoingMessage.objects.get(kind="invitation")
    path = re.search(r"https?://[^/]+(/admin/password_reset/confirm/\S+)", mail.body)[1]
    client.logout()
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"new_password1": "et langt kodeord 7", "new_password2": "et langt kodeord 7"})
    assert client.login(username="ny@lejre.example", password="et langt kodeord 7")
    assert client.get("/admin/forslag/").status_code == 200


def test_the_mail_list_shows_no_invitation_link_and_no_writers_address(administrator, lejre):
    queue_message(
        organisation=lejre.organisation,
        kind="invitation",
        to="ny@lejre.example",
        subject="Velkommen",
        body="HEMMELIGT-LINK",
    )
    queue_message(
        organisation=lejre.organisation, kind="receipt", to="skriver@example.org", subject="Tak", body="Tak."
    )
    page = administrator.get("/admin/post/").content.decode()
    assert "Velkommen" in page
    assert "HEMMELIGT-LINK" not in page
    assert "skriver@example.org" not in page


def test_failed_mail_is_sent_again(administrator, lejre):
    message = queue_message(
        organisation=lejre.organisation, kind="digest", to="a@example.org", subject="x", body="x"
    )
    OutgoingMessage.objects.update(state="failed")
    assert "Send igen" in administrator.get("/admin/post/?state=failed").content.decode()
    administrator.post(f"/admin/post/{message.pk}/igen/")
    assert OutgoingMessage.objects.get().state == "waiting"


def test_a_role_is_taken_away_but_never_the_last_administrator_s(administrator, lejre):
    reader = Membership.objects.get(organisation=lejre.organisation, role="reader")
    administrator.post(f"/admin/personer/{reader.pk}/fjern/")
    assert not Membership.objects.filter(pk=reader.pk).exists()
    assert not reader.user.groups.exists()
    own = Membership.objects.get(organisation=lejre.organisation, role="administrator")
    answer = administrator.post(f"/admin/personer/{own.pk}/fjern/", follow=True)
    assert Membership.objects.filter(pk=own.pk).exists()
    assert "Giv først rollen til en anden" in answer.content.decode()


def test_the_roles_are_told_from_the_permission_table(administrator):
    page = administrator.get("/admin/personer/").content.decode()
    assert "Se listen over eksempler med status og datoer" in page


def test_settings_are_saved_and_wrong_ones_kept_in_the_form(administrator, lejre):
    page = administrator.get("/admin/organisation/")
    data = {bound.html_name: bound.value() or "" for bound in page.context["form"]}
    assert (
        administrator.post("/admin/organisation/", data | {"name": "", "phone": "12 34 56 78"}).status_code
        == 422
    )
    administrator.post("/admin/organisation/", data | {"weeks": "45", "digest_every": "hour"})
    organisation = Organisation.objects.get(key="lejre")
    assert (organisation.weeks, organisation.digest_every) == (45, "hour")


def test_the_access_log_says_who_and_what(administrator, lejre):
    AccessEvent.objects.create(
        organisation=lejre.organisation,
        by=lejre.coordinator,
        at="2026-11-02T10:00:00Z",
        kind="raw_text",
        reference="E-1",
        purpose="desk: reading",
    )
    page = administrator.get("/admin/adgangslog/").content.decode()
    assert "Læsning i sekretariatet" in page
    assert "2. november 2026 kl. 11.00" in page


def body_form(**values):
    return {
        "key": "kul",
        "kind": "committee",
        "level": "municipal",
        "periods-TOTAL_FORMS": "2",
        "periods-INITIAL_FORMS": "0",
        "periods-0-name": "Udvalget for Kultur",
        "periods-0-valid_to": "2021-12-31",
        "periods-1-name": "Udvalget for Kultur & Fritid",
        "periods-1-valid_from": "2022-01-01",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "0",
        "contacts-0-email": "kultur@lejre.example",
        "contacts-0-rank": "1",
        **values,
    }


def test_a_body_is_made_with_its_names_through_time_and_its_address(administrator, lejre):
    refused = administrator.post(
        "/admin/registre/ny-modtager/", body_form(**{"periods-1-valid_from": "2021-06-01"})
    )
    assert refused.status_code == 422
    assert not Body.objects.filter(key="kul").exists()
    administrator.post("/admin/registre/ny-modtager/", body_form())
    body = Body.objects.get(organisation=lejre.organisation, key="kul")
    assert str(body) == "Udvalget for Kultur & Fritid"
    assert body.contacts.get().email == "kultur@lejre.example"
    assert "Udvalget for Kultur" in administrator.get(f"/admin/registre/modtager/{body.pk}/").content.decode()


def test_of_a_national_body_only_the_address_is_one_s_own(administrator, lejre):
    body = make_body()
    page = administrator.get(f"/admin/registre/modtager/{body.pk}/").content.decode()
    assert 'name="periods-0-name"' not in page
    administrator.post(f"/admin/registre/modtager/{body.pk}/", body_form(kind="unit"))
    body.refresh_from_db()
    assert (body.kind, str(body)) == ("ministry", "Finansministeriet")
    assert body.contacts.get().organisation == lejre.organisation


def test_areas_roles_and_core_tasks_are_the_organisation_s(administrator, lejre, noerreby):
    area = make_area()
    task = make_core_task(lejre.organisation)
    foreign = make_core_task(noerreby.organisation)
    committee = make_body("bu", "Udvalget for Børn", organisation=lejre.organisation, level="municipal")
    form = {f"{area.key}-core_task": str(task.pk), f"{area.key}-committee": str(committee.pk)}
    administrator.post("/admin/registre/omraader/", form)
    here = lejre.organisation.areas.get(area=area)
    assert (here.core_task, here.committee) == (task, committee)
    assert (
        administrator.post(
            "/admin/registre/omraader/", {f"{area.key}-core_task": str(foreign.pk)}
        ).status_code
        == 404
    )
    administrator.post("/admin/registre/roller/", {"council": str(committee.pk)})
    assert lejre.organisation.roles.get().body == committee
    administrator.post(
        f"/admin/registre/kerneopgaver/{task.pk}/",
        {
            "position": "3",
            "names-TOTAL_FORMS": "1",
            "names-INITIAL_FORMS": "0",
            "names-0-name": "Et godt liv",
        },
    )
    task.refresh_from_db()
    assert [name.name for name in task.names.all()] == ["Et godt liv"]
    assert administrator.get(f"/admin/registre/kerneopgaver/{foreign.pk}/").status_code == 404


def test_the_last_administrator_stands_in_the_action_too(lejre):
    with pytest.raises(ValidationError):
        remove_member(user=lejre.people["administrator"], organisation=lejre.organisation)

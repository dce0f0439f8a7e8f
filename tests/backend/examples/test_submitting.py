"""Receiving an example: one action, one validation, the same receipt for the same key."""

import datetime
import itertools

import pytest
from django.utils import timezone

from backend.attachments.cleaning import Clean
from backend.attachments.models import StoredFile
from backend.cases import actions as cases
from backend.examples.actions import CampaignNotOpen, open_example, submit_example
from backend.examples.idempotency import OtherBody
from backend.examples.models import Contact, Example, ExampleEvent, IdempotencyKey, TrackingCode
from backend.examples.reading import read_attachment, read_contact, read_raw
from backend.examples.validation import InvalidInput, Submission
from backend.organisations.models import AccessEvent
from backend.organisations.permissions import NotAllowed
from tests.factories import PROBLEM, make_area, make_campaign, make_example, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(make_organisation())


@pytest.fixture
def coordinator(campaign):
    return make_user("coordinator", campaign.organisation)


def test_an_example_is_stored_as_written_and_found_by_its_code(campaign):
    area = make_area()
    example, code = make_example(campaign, "  " + PROBLEM + "\r\n", area="aeldre", title="Besøg", minutes=12)
    assert (example.problem, example.area, example.title) == (PROBLEM, area, "Besøg")
    assert example.organisation == campaign.organisation
    assert len(code.split()) == 8
    typed = code.upper().replace(" ", "-  ")
    assert open_example(code=typed) == example
    assert open_example(code="forkert " + code) is None
    assert not TrackingCode.objects.filter(hmac__contains=code.split()[0]).exists()


def test_the_same_key_and_body_give_the_first_receipt_again(campaign):
    submission = Submission(problem=PROBLEM + " Ring til navn@eksempel.dk")
    first = submit_example(campaign=campaign, submission=submission, idempotency_key="æ-nøgle")
    again = submit_example(campaign=campaign, submission=submission, idempotency_key="æ-nøgle")
    assert again == first
    assert first.warnings[0].code == "email"
    assert Example.objects.count() == TrackingCode.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(campaign):
    submit_example(campaign=campaign, submission=Submission(problem=PROBLEM), idempotency_key="k")
    with pytest.raises(OtherBody):
        submit_example(campaign=campaign, submission=Submission(problem=PROBLEM + "!"), idempotency_key="k")
    assert Example.objects.count() == 1


def test_the_key_row_alone_opens_nothing(campaign):
    receipt = submit_example(campaign=campaign, submission=Submission(problem=PROBLEM), idempotency_key="k")
    row = str(IdempotencyKey.objects.values().get())
    assert receipt.tracking_code not in row
    assert receipt.reference not in row
    assert IdempotencyKey.objects.get().hash != "k"


def test_every_fault_is_named_at_once_and_nothing_is_stored(campaign):
    with pytest.raises(InvalidInput) as invalid:
        submit_example(
            campaign=campaign,
            submission=Submission(problem="kort", area="findes ikke", cause="heller ikke", minutes=-1),
            idempotency_key="k",
        )
    assert {error.pointer for error in invalid.value.errors} == {"/problem", "/area", "/cause", "/minutes"}
    assert not Example.objects.exists()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("days, state", [(-1, "before"), (1, "closed")])
def test_a_campaign_that_is_not_open_takes_nothing(days, state):
    today = timezone.localdate()
    shift = datetime.timedelta(days=10 * -days)
    campaign = make_campaign(make_organisation(), opens_date=today + shift, closes_date=today + shift)
    with pytest.raises(CampaignNotOpen) as refused:
        submit_example(campaign=campaign, submission=Submission(problem=PROBLEM))
    assert refused.value.state == state


def test_a_campaign_opens_only_when_everything_is_filled_in():
    organisation = make_organisation(dpo_contact="", is_proxy_logging_confirmed=False)
    campaign = make_campaign(organisation, med_discussed_date=None)
    assert [field for field, _label in campaign.missing()] == [
        "dpo_contact",
        "is_proxy_logging_confirmed",
        "med_discussed_date",
    ]
    with pytest.raises(CampaignNotOpen):
        submit_example(campaign=campaign, submission=Submission(problem=PROBLEM))


def test_no_time_of_day_is_kept_of_a_submission(campaign):
    make_example(campaign, contact_email="navn@example.org")
    assert [(event.move, event.at) for event in ExampleEvent.objects.all()] == [("submit", None)]
    for model in (Example, Contact, TrackingCode, IdempotencyKey):
        types = {field.name: field.get_internal_type() for field in model._meta.fields}
        assert "DateTimeField" not in types.values()


def test_raw_text_and_contact_are_the_coordinators_and_each_reading_is_logged(campaign):
    example, _code = make_example(campaign, contact_email="navn@example.org", contact_name="Navn")
    coordinator = make_user("coordinator", campaign.organisation)
    assert read_raw(example, by=coordinator, purpose="Læsning").problem == PROBLEM
    assert read_contact(example, by=coordinator, purpose="Svar") == ("navn@example.org", "Navn")
    assert sorted(AccessEvent.objects.values_list("kind", "reference", "by")) == [
        ("contact", example.reference, coordinator.pk),
        ("raw_text", example.reference, coordinator.pk),
    ]
    contact = Contact.objects.get()
    assert "navn" not in contact.email_encrypted
    for role in ("caseworker", "reader", "committee_member", "editor", "administrator"):
        with pytest.raises(NotAllowed):
            read_raw(example, by=make_user(role, campaign.organisation))
    superuser = make_user(is_superuser=True)
    with pytest.raises(NotAllowed):
        read_raw(example, by=superuser)


def test_another_organisations_coordinator_sees_nothing(campaign):
    example, _code = make_example(campaign)
    stranger = make_user("coordinator", make_organisation("noerreby"))
    assert list(Example.objects.visible_to(stranger)) == []
    assert list(Example.objects.visible_to(make_user("coordinator", campaign.organisation))) == [example]
    with pytest.raises(NotAllowed):
        read_raw(example, by=stranger)


def test_the_log_of_readings_only_grows(campaign):
    example, _code = make_example(campaign)
    read_raw(example, by=make_user("coordinator", campaign.organisation))
    event = AccessEvent.objects.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_references_say_nothing_about_order(campaign):
    references = [make_example(campaign)[0].reference for _ in range(60)]
    ranks = {reference: rank for rank, reference in enumerate(sorted(references))}
    steps_up = sum(ranks[b] > ranks[a] for a, b in itertools.pairwise(references))
    assert 15 < steps_up < 45


class TestFiles:
    """What comes along with an example."""

    FILES = (
        Clean("application/pdf", "pdf", b"%PDF-1.7 renset", "", "et"),
        Clean("image/png", "png", b"PNG renset", "", "to"),
    )

    def send(self, campaign, files=FILES, key=None):
        submission = Submission(problem=PROBLEM)
        receipt = submit_example(campaign=campaign, submission=submission, files=files, idempotency_key=key)
        return Example.objects.get(reference=receipt.reference)

    def test_they_are_kept_under_names_of_ours_in_their_order(self, campaign, coordinator):
        files = read_raw(self.send(campaign), by=coordinator).files
        assert [(file.name, file.file.read()) for file in files] == [
            ("bilag-1.pdf", b"%PDF-1.7 renset"),
            ("bilag-2.png", b"PNG renset"),
        ]
        assert {file.organisation for file in files} == {campaign.organisation}

    def test_only_a_coordinator_reads_one_and_it_is_logged(self, campaign, coordinator):
        example, other = self.send(campaign), self.send(campaign)
        file = example.attachments.first().file
        assert read_attachment(example, file.pk, by=coordinator) == file
        assert AccessEvent.objects.get().reference == example.reference
        assert read_attachment(other, file.pk, by=coordinator) is None
        for role in ("administrator", "caseworker"):
            with pytest.raises(NotAllowed):
                read_attachment(example, file.pk, by=make_user(role, campaign.organisation))

    def test_another_file_under_the_same_key_is_another_body(self, campaign):
        self.send(campaign, key="k")
        self.send(campaign, key="k")
        with pytest.raises(OtherBody):
            self.send(campaign, self.FILES[:1], key="k")
        assert StoredFile.objects.count() == 2

    @pytest.mark.parametrize("goes", ["withdraw", "erase"])
    def test_they_go_with_the_words(self, campaign, coordinator, goes, django_capture_on_commit_callbacks):
        example = self.send(campaign, key="k")
        places = [(file.file.storage, file.file.name) for file in StoredFile.objects.all()]
        with django_capture_on_commit_callbacks(execute=True):
            if goes == "withdraw":
                cases.withdraw(example=example)
            else:
                cases.erase(example=example, why="Slettefrist.", by=coordinator)
        assert not StoredFile.objects.exists()
        assert [name for storage, name in places if storage.exists(name)] == []
        # The receipt is sealed no more, and the same page sent again stores nothing new.
        key = IdempotencyKey.objects.get()
        assert (key.example, key.body_hash, key.sealed_answer) == (None, "", "")
        with pytest.raises(OtherBody):
            self.send(campaign, key="k")

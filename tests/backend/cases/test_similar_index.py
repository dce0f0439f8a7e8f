"""The index as it follows the cases: what is new, changed, hidden or taken back; with a file, without, and damaged."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.cases import actions
from backend.cases.models import Case
from backend.cases.queries import similar_cases
from backend.cases.similar import indexes
from backend.cases.similar.search import search
from tests.factories import (
    make_campaign,
    make_case,
    make_example,
    make_organisation,
    make_published_case,
    make_user,
)

NOW = datetime.datetime(2027, 3, 1, 12, tzinfo=datetime.UTC).timestamp()
BATHS = "Et ekstra bad skal visiteres, selv om vi står hos borgeren."
SALT = "Chaufføren skriver saltning af veje ned i hånden."


@pytest.fixture
def world(db, settings, tmp_path, monkeypatch):
    """An organisation whose index is in a file although its cases are few, and its coordinator."""
    settings.INDEX_FOLDER = tmp_path
    monkeypatch.setattr(indexes, "FEWEST_IN_FILE", 1)
    organisation = make_organisation("lejre")
    return make_campaign(organisation), make_user("coordinator", organisation)


def find(campaign, text, cases=None):
    cases = Case.objects.filter(organisation=campaign.organisation) if cases is None else cases
    return [case.reference for case in similar_cases(cases, text)]


def make_file(campaign, later=0):
    return indexes.make_anew(campaign.organisation_id, now=NOW + later)


def words_in(campaign):
    """What the file holds, as one text."""
    return indexes.path_of(campaign.organisation_id).read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize("has_file", [False, True])
def test_a_new_case_is_found_at_once(world, has_file):
    campaign, user = world
    bath = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    if has_file:
        assert make_file(campaign)
    assert find(campaign, "ekstra bad") == [bath.reference]
    salt = make_case(campaign, user, title="Saltning", problem=SALT)
    assert find(campaign, "saltning af vejene") == [salt.reference]
    assert find(campaign, "ekstra bade") == [bath.reference]


@pytest.mark.parametrize("has_file", [False, True])
def test_an_edited_case_is_found_by_its_new_words_only(world, has_file):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    if has_file:
        make_file(campaign)
    assert find(campaign, "ekstra bad visiteres") == [case.reference]
    actions.edit_case(case=case, version=case.version, by=user, title="Saltning", problem=SALT)
    assert find(campaign, "ekstra bad visiteres") == []
    assert find(campaign, "saltning") == [case.reference]


def test_an_unpublished_or_merged_case_is_gone_at_once(world):
    campaign, user = world
    shown = make_published_case(campaign, user, title="Ekstra bad", problem=BATHS)
    other = make_published_case(campaign, user, title="Et bad mere", problem=BATHS)
    make_file(campaign)
    public = Case.objects.public().filter(organisation=campaign.organisation)
    assert set(find(campaign, BATHS, public)) == {shown.reference, other.reference}
    actions.set_visibility(case=shown, visibility="internal", by=user)
    assert find(campaign, BATHS, public) == [other.reference]
    actions.set_visibility(case=shown, visibility="public", no_personal_data=True, by=user)
    assert set(find(campaign, BATHS, public)) == {shown.reference, other.reference}
    actions.merge_into(case=other, other=shown, by=user)
    assert find(campaign, BATHS, public) == [shown.reference]


def test_nothing_of_another_organisation_is_found(world):
    campaign, user = world
    there = make_organisation("noerreby")
    make_case(make_campaign(there), make_user("coordinator", there), title="Ekstra bad", problem=BATHS)
    mine = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    for campaign_ in (campaign, Case.objects.exclude(pk=mine.pk).get().campaign):
        make_file(campaign_)
        assert len(find(campaign_, BATHS)) == 1
    assert find(campaign, BATHS) == [mine.reference]


def test_words_that_are_taken_back_leave_memory_at_once_and_the_file_at_the_next_tick(world):
    campaign, user = world
    make_case(campaign, user, title="Saltning", problem=SALT)
    example, _code = make_example(campaign)
    make_case(campaign, user, title="Zebrabad", problem="Zebraen bades to gange.", example=example)
    make_file(campaign)
    assert "zebra" in words_in(campaign)
    assert find(campaign, "zebrabad")
    actions.withdraw(example=example)
    assert find(campaign, "zebrabad") == []
    assert make_file(campaign, later=1)
    assert "zebra" not in words_in(campaign)
    assert "saltning" in words_in(campaign)


def test_the_file_is_made_anew_when_it_is_time_and_not_before(world):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    assert make_file(campaign)
    assert not make_file(campaign, later=1_000_000)  # nothing has changed
    actions.edit_case(case=case, version=case.version, by=user, title="Saltning", problem=SALT)
    assert not make_file(campaign, later=0.01)
    assert make_file(campaign, later=1)
    assert "visiter" not in words_in(campaign)
    Case.objects.filter(pk=case.pk).delete()  # by hand, without a history
    make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    assert make_file(campaign, later=1.01)


def test_an_organisation_with_few_cases_has_no_file(world, monkeypatch):
    campaign, user = world
    make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    make_file(campaign)
    monkeypatch.setattr(indexes, "FEWEST_IN_FILE", 2)
    assert not make_file(campaign)
    assert not indexes.path_of(campaign.organisation_id).exists()
    assert find(campaign, BATHS)


def test_a_damaged_or_foreign_file_is_no_error_and_is_made_anew(world):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    make_file(campaign)
    path = indexes.path_of(campaign.organisation_id)
    whole = path.read_bytes()
    for broken in (b"", whole[:-9], b"x" * 100, whole.replace(b'"mark": [', b'"mark": [9')):
        path.write_bytes(broken)
        assert find(campaign, BATHS) == [case.reference]
        assert make_file(campaign)
        assert find(campaign, BATHS) == [case.reference]


def test_a_folder_that_cannot_be_written_stops_nothing(world, settings, tmp_path):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    (tmp_path / "file").write_bytes(b"")
    settings.INDEX_FOLDER = tmp_path / "file" / "index"
    assert indexes.make_due(at=timezone.now()) == 0
    assert find(campaign, BATHS) == [case.reference]


def test_one_process_makes_the_file_and_another_goes_on_without(world):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    with indexes._alone(indexes.path_of(campaign.organisation_id).with_suffix(".lock")) as is_alone:
        assert is_alone
        assert not make_file(campaign)
        assert find(campaign, BATHS) == [case.reference]
    assert make_file(campaign)


def test_an_old_file_is_read_to_its_end_while_a_new_one_takes_its_place(world):
    campaign, user = world
    case = make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    make_file(campaign)
    segments, hidden = indexes.index_of(campaign.organisation_id).now()
    actions.edit_case(case=case, version=case.version, by=user, title="Saltning", problem=SALT)
    make_file(campaign, later=10)
    assert [likely.key for likely in search(segments, BATHS, hidden=hidden)] == [case.pk]
    assert find(campaign, BATHS) == []


def test_every_database_ranks_alike_whatever_order_it_reads_in(world, monkeypatch):
    campaign, user = world
    for number in range(6):
        make_case(campaign, user, title="Ekstra bad", problem=f"{BATHS} {'Igen. ' * (number % 2)}")
    references = sorted(Case.objects.values_list("reference", flat=True))
    short = [ref for ref in references if "Igen" not in Case.objects.get(reference=ref).problem]
    expected = (short + [ref for ref in references if ref not in short])[:5]
    assert find(campaign, BATHS) == expected
    make_file(campaign)
    assert find(campaign, BATHS) == expected
    read = indexes.texts_of
    monkeypatch.setattr(indexes, "texts_of", lambda cases: reversed(list(read(cases))))
    indexes.path_of(campaign.organisation_id).unlink()
    make_file(campaign)
    assert find(campaign, BATHS) == expected


def test_few_that_may_be_seen_are_found_behind_many_that_may_not(world):
    campaign, user = world
    for _ in range(30):
        make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    shown = make_published_case(
        campaign, user, title="Et bad", problem=f"{BATHS} Og mere til om noget andet."
    )
    public = Case.objects.public().filter(organisation=campaign.organisation)
    assert find(campaign, BATHS, public) == [shown.reference]


@pytest.mark.parametrize("has_file", [False, True])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_query_costs_three_and_a_few_more_after_a_change(world, rows, has_file):
    campaign, user = world
    for _ in range(rows):
        make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    if has_file:
        make_file(campaign)
    assert len(find(campaign, BATHS)) == rows
    make_case(campaign, user, title="Ekstra bad", problem=BATHS)
    for expected in (6 if has_file else 5, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(find(campaign, BATHS)) == rows + 1
        assert len(queries) == expected, [query["sql"] for query in queries]

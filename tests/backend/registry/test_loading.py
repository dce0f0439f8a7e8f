"""The registry from its data files: idempotent, all or nothing, and no day that a source does not know."""

import datetime
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from backend.organisations.models import Organisation
from backend.registry.actions import copy_starting_set, load_registry
from backend.registry.files import BrokenFile
from backend.registry.loading import DATA
from backend.registry.models import (
    Area,
    Body,
    BodyPeriod,
    CoreTask,
    Law,
    OrganisationArea,
    OrganisationRole,
    RoutingRule,
)

pytestmark = pytest.mark.django_db

MINUTES = datetime.date(2017, 5, 30)
TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path):
    """A copy of the shared files that a test may spoil."""
    return shutil.copytree(DATA, tmp_path / "data")


def spoil(folder, name, old, new):
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def add_organisation(key="demo"):
    return Organisation.objects.create(key=key, name=key.title(), hostname=f"{key}.example")


def rows_in_all_tables():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (
            *(Area, Body, BodyPeriod, CoreTask, Law),
            *(OrganisationArea, OrganisationRole, RoutingRule),
        )
    }


def test_loading_twice_changes_nothing():
    first = load_registry()
    assert first.count("added") == sum(len(rows) for rows in first.rows.values())
    before = rows_in_all_tables()
    second = load_registry()
    assert (second.count("added"), second.count("changed")) == (0, 0)
    assert rows_in_all_tables() == before
    assert (Area.objects.count(), Law.objects.count()) == (33, 79)


def test_a_changed_name_is_changed_and_reported(folder):
    load_registry()
    spoil(folder, "areas.csv", "Byggesager", "Byggesager og tilsyn")
    report = load_registry(folder=folder)
    assert "areas.csv: 0 added, 1 changed, 32 unchanged" in list(report.lines())
    assert Area.objects.get(key="byggesag").name == "Byggesager og tilsyn"


@pytest.mark.parametrize(
    "name,old,new,place",
    [
        ("areas.csv", "key,name", "key,navn", "areas.csv, row 1, column name"),
        ("areas.csv", "key,name", "key,name,kle", "areas.csv, row 1, column kle"),
        ("areas.csv", "byggesag,Byggesager", "byggesag,", "areas.csv, row 20, column name"),
        ("areas.csv", "byggesag,Byggesager", "byggesag", "areas.csv, row 20, column name"),
        ("areas.csv", "plan,", "byggesag,", "areas.csv, row 21, column key"),
        ("bodies.csv", "2027-01-01", "1.1.2027", "bodies.csv, row 14, column valid_from"),
        ("bodies.csv", "2007-01-01,2026-12-31", "2007-01-01,2006-12-31", "bodies.csv, row 12, column valid_to"),
        ("bodies.csv", "_association,,kl", "_association,,lk", "bodies.csv, row 9, column parent"),
        ("bodies.csv", "kombit,KOMBIT,shared_it", f"kombit,KOMBIT,{'x' * 41}", "bodies.csv, row 9, column kind"),
        ("law_authorities.csv", "ministry,bsm", "minister,bsm", "law_authorities.csv, row 2, column kind"),
        ("law_versions.csv", "LBK,909", "LBK,nihundrede", "law_versions.csv, row 2, column number"),
        ("laws.csv", ",SEL", ',"SEL', "laws.csv, row"),
        ("routing_rules.csv", ",body,star,", ",body,stjerne,", "routing_rules.csv, row 14, column target_body"),
        ("routing_rules.csv", ",body,star,", ",body,,", "routing_rules.csv, row 14, column target_body"),
        ("routing_rules.csv", ",body,star,", ",ministry,star,", "routing_rules.csv, row 14, column target"),
        ("routing_rules.csv", ",role,,it,", ",role,,,", "routing_rules.csv, row 12, column target_role"),
        ("routing_rules.csv", "20,20,enkeltsag", "20,20,borgersag", "routing_rules.csv, row 3, column flag"),
        ("routing_rules.csv", "20,20,enkeltsag", "20,20,", "routing_rules.csv, row 3, column flag"),
        ("routing_rules.csv", "20,20,enkeltsag", "10,20,enkeltsag", "routing_rules.csv, row 3, column key"),
        ("routing_rules.csv", "110,110,", "110,først,", "routing_rules.csv, row 7, column priority"),
    ],
)  # fmt: skip
def test_a_broken_file_says_where_and_changes_nothing(folder, name, old, new, place):
    spoil(folder, name, old, new)
    before = rows_in_all_tables()
    with pytest.raises(BrokenFile) as error:
        load_registry(folder=folder)
    assert str(error.value).startswith(place)
    assert rows_in_all_tables() == before


def test_a_period_that_shares_a_day_with_another_is_refused(folder):
    spoil(
        folder,
        "bodies.csv",
        "r_hs,",
        "r_sj,Region Øst,region,regional,,,2026-12-01,,,\nr_hs,",
    )
    with pytest.raises(BrokenFile, match="shares a day"):
        load_registry(folder=folder)


def test_the_command_says_where_a_file_is_broken(folder, capsys):
    spoil(folder, "areas.csv", "byggesag,Byggesager", "byggesag,")
    with pytest.raises(CommandError, match=r"areas\.csv, row 20, column name: .* Nothing was changed"):
        call_command("load_registry", folder=folder)
    call_command("load_registry")
    assert "areas.csv: 33 added, 0 changed, 0 unchanged" in capsys.readouterr().out


def test_a_body_shows_the_name_it_had_that_day_and_invents_none():
    load_registry()
    region, agency = Body.objects.get(key="r_sj"), Body.objects.get(key="digst")
    assert region.name_on(datetime.date(2026, 12, 31)) == "Region Sjælland"
    assert region.period_on(datetime.date(2027, 1, 1)) is None
    assert region.period_on(datetime.date(2006, 12, 31)) is None
    succession = region.successions.get()
    assert (succession.successor.key, succession.date) == ("r_oest", datetime.date(2027, 1, 1))
    # Two days are known, no bound is: each answers for the days nearest to it.
    assert agency.period_on(MINUTES).parent.key == "fm"
    assert agency.period_on(TODAY).parent.key == "digmin"
    assert {(p.valid_from, p.valid_to) for p in agency.periods.all()} == {(None, None)}


def test_a_succession_without_a_known_day_has_none():
    load_registry()
    food_and_environment = Body.objects.get(key="mfvm")
    assert food_and_environment.periods.get().valid_to is None
    assert set(food_and_environment.successions.values_list("successor__key", "date")) == {
        ("mim", None),
        ("fvm", None),
    }


def test_who_answers_for_a_law_is_the_period_of_the_day_or_the_nearest_known_day():
    load_registry()
    law = Law.objects.get(key="serviceloven")
    assert law.authority_on("ministry", datetime.date(2018, 1, 1)).body.key == "bsm"
    then = law.authority_on("ministry", datetime.date(2026, 1, 1))
    assert (then.body.key, then.known_date) == ("sbm", TODAY)
    day = datetime.date(2020, 3, 1)
    law.authorities.create(
        body=Body.objects.get(key="sim"), kind="ministry", valid_from=datetime.date(2019, 6, 27), valid_to=day
    )
    assert law.authority_on("ministry", day).body.key == "sim"
    assert law.authority_on("ministry", day + datetime.timedelta(days=1)).body.key == "bsm"
    assert Law.objects.get(key="pensionsloven").authority_on("ministry", TODAY) is None


def test_a_core_task_has_its_2017_and_2020_names():
    load_registry()
    task = CoreTask.objects.get(organisation=None, key="stoette_selvstaendigt_liv")
    assert task.name_on(MINUTES) == "Målrettet støtte - et værdigt liv"
    assert task.name_on(TODAY) == str(task) == "Aktivt & selvstændigt liv"


def test_a_new_organisation_starts_from_the_set_and_keeps_what_it_changes():
    load_registry()
    organisation = add_organisation()
    copy_starting_set(organisation=organisation)
    assert organisation.core_tasks.count() == 6
    assert organisation.areas.count() == 33
    assert organisation.areas.get(area__key="aeldre").core_task.organisation == organisation
    assert set(organisation.roles.values_list("role", "body__key")) == {
        ("council", "kb"),
        ("finance_committee", "ou"),
        ("management", "dir"),
        ("main_med", "hu"),
        ("it", "digi"),
    }
    council = organisation.bodies.get(key="kb").periods.get()
    council.name = "Byrådet"
    council.save()
    again = copy_starting_set(organisation=organisation)
    assert (again.count("added"), again.count("changed")) == (0, 0)
    assert organisation.bodies.get(key="kb").name_on(TODAY) == "Byrådet"
    assert organisation.core_tasks.count() == 6


def test_no_lejre_body_stands_in_what_everybody_gets():
    load_registry()
    organisation = add_organisation()
    copy_starting_set(organisation=organisation)
    names = BodyPeriod.objects.values_list("name", flat=True)
    assert [name for name in names if "Lejre" in name or "Kernevelfærd" in name] == []


@pytest.mark.parametrize("key", ["lejre", "noerreby"])
def test_an_organisation_loads_its_own(key):
    load_registry()
    mine, other = add_organisation(key), add_organisation("other")
    for organisation in (mine, other):
        copy_starting_set(organisation=organisation)
    load_registry(organisation=mine, folder=DATA / key)
    again = load_registry(organisation=mine, folder=DATA / key)
    assert (again.count("added"), again.count("changed")) == (0, 0)
    assert mine.bodies.count() > other.bodies.count() == 12
    assert all(area.committee.organisation == mine for area in mine.areas.exclude(committee=None))
    assert mine.areas.exclude(committee=None).count() == 33
    assert mine.bodies.filter(type__key="skb", type__organisation=None).count() == 1


def test_the_command_loads_an_organisations_own(capsys):
    call_command("load_registry")
    copy_starting_set(organisation=add_organisation("lejre"))
    call_command("load_registry", organisation="lejre", folder=DATA / "lejre")
    assert "bodies.csv: 25 added, 0 changed, 0 unchanged" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no organisation"):
        call_command("load_registry", organisation="nowhere", folder=DATA / "lejre")
    with pytest.raises(CommandError, match="--folder"):
        call_command("load_registry", organisation="lejre")

"""A municipality with ready cases, for the tests of submissions."""

import dataclasses

from backend.cases import actions as case_actions
from backend.cases.models import Case
from backend.organisations.models import Organisation, User
from backend.registry.models import Body
from tests.factories import make_area, make_body, make_campaign, make_case, make_organisation, make_user


@dataclasses.dataclass
class World:
    """An organisation, its coordinator, the ministry and a way to make ready cases."""

    organisation: Organisation
    coordinator: User
    ministry: Body
    campaign: object

    def ready_case(
        self, problem: str = "Vi skriver det samme to steder, hver dag.", table: int = 2, **fields: object
    ) -> Case:
        """A ready case with its table chosen."""
        area = make_area()
        case = make_case(self.campaign, self.coordinator, problem=problem, area=area)
        case_actions.edit_case(case=case, version=case.version, by=self.coordinator, table=table, **fields)
        case_actions.mark_ready(case=case, by=self.coordinator)
        return case


def make_world(key: str = "lejre") -> World:
    """One organisation's world; the ministry is everybody's."""
    organisation = make_organisation(key, name=f"{key.capitalize()} Kommune")
    return World(
        organisation=organisation,
        coordinator=make_user("coordinator", organisation),
        ministry=Body.objects.filter(key="fm").first() or make_body(),
        campaign=make_campaign(organisation),
    )

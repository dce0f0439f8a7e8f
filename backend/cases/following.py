"""What a writer sees of the case under the code: each public step, whether or not the case is published.

The wording itself shows only where it is published or has been shown to its writer; who was asked, what they answered
and what was done show always.
"""

from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from backend.cases.actions.effects import case_to_answer
from backend.cases.answers import current_replies, name_now, shown_status, with_answers
from backend.cases.lifecycle import ReferralStatus
from backend.cases.models import Case, CaseExample
from backend.cases.wordings import is_reworded


@dataclass
class Followed:
    """The case behind an example: `row` is the example's place in it, `asked` the bodies with what they answered.

    `questions`: the bodies' released questions that wait for an answer, as (name of the body, Reply).
    `asks_effect`: whether the writer is asked whether it helped. `asks_workplace`: whether a yes of this writer's would
    let the workplace be asked.
    """

    row: CaseExample | None = None
    case: Case | None = None
    asked: list = field(default_factory=list)
    questions: list = field(default_factory=list)
    asks_effect: bool = False
    asks_workplace: bool = False


def follow(example):
    """The Followed of `example`; empty where it stands in no case."""
    row = CaseExample.objects.current().filter(example=example).select_related("case").first()
    if row is None:
        return Followed()
    cases = Case.objects.filter(pk=row.case.merged_into_id or row.case_id).select_related("organisation")
    case = with_answers(cases).get()
    questions = []
    prefetch_related_objects(case.asked, "wordings")
    for referral in case.asked:
        referral.is_reworded = is_reworded(referral)
        referral.shown_replies = current_replies(referral)
        referral.shown_status = shown_status(referral)
        referral.name_now = name_now(referral.body, referral.body_name_then)
        if referral.status == ReferralStatus.ASKED_BACK:
            questions += [
                (referral.body_name_then, reply)
                for reply in referral.shown_replies
                if reply.pk == referral.open_question_id
            ]
    return Followed(
        row=row,
        case=case,
        asked=case.asked,
        questions=questions,
        asks_effect=case_to_answer(example) is not None,
        asks_workplace=(
            example.spare_my_workplace
            and row.workplace_accepted_date is None
            and row.case.workplace_id is not None
        ),
    )

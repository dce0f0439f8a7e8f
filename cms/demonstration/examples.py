"""The demonstration's examples and what became of them, each step by the action that a person would have used."""

import datetime

from django.utils import timezone

from backend.cases import actions as cases
from backend.cases.actions import body as bodies
from backend.cases.models import AccessLink
from backend.cases.reminding import remind_due
from backend.cases.suggestions import suggestions
from backend.examples import actions as examples
from backend.examples.models import Example
from backend.examples.validation import Submission
from backend.registry.models import Body, Cause, Law, RuleLevel
from exports import actions as submissions
from exports.forms.referral_letter import attachments

SUBMITTED = {
    "problem", "proposal", "legislation", "area", "cause", "role", "workplace",
    "minutes", "times", "period", "people", "audience", "preview_wording",
}  # fmt: skip


class Story:
    """One organisation's examples, told day by day. `by` is the coordinator who acts."""

    def __init__(self, campaign, *, by):
        self.campaign = campaign
        self.by = by
        self.now = timezone.now()
        self.cases = {}
        self.frozen = []

    def days_ago(self, days):
        """A moment in working hours; never one to come."""
        moment = timezone.localtime(self.now) - datetime.timedelta(days=max(days, 0))
        return min(moment.replace(hour=9 + days % 6, minute=days * 7 % 60, second=0, microsecond=0), self.now)

    def tell(self, rows, *, frozen_days=None):
        """Everything in `rows`, and the submission of the cases that are marked as frozen."""
        for row in rows:
            self.tell_one(row)
        if self.frozen:
            self.send_form(self.days_ago(frozen_days))

    def tell_one(self, row):
        """One example and what became of it."""
        days = row["days"]
        submission = Submission(**{name: row[name] for name in SUBMITTED & set(row)})
        receipt = examples.submit_example(
            campaign=self.campaign, submission=submission, at=self.days_ago(days)
        )
        example = Example.objects.get(reference=receipt.reference)
        read = {"by": self.by, "at": self.days_ago(days - 1)}
        if "ask" in row:
            examples.ask(example=example, text=row["ask"], **read)
        elif "set_aside" in row:
            cases.set_aside(example=example, reason=row["set_aside"], why=row["why"], **read)
        elif "join" in row:
            cases.add_to_case(example=example, case=self.cases[row["join"]], **read)
        elif "case" in row:
            self.cases[row["key"]] = self.make_case(example, row["case"], days)

    def make_case(self, example, words, days):
        """A case in the secretariat's wording, as far along as the content file says."""
        case = cases.make_case(
            example=example,
            title=words["title"],
            problem=words["problem"],
            proposal=words.get("proposal", ""),
            legislation_text=words.get("legislation", ""),
            by=self.by,
            at=self.days_ago(days - 2),
        )
        cases.edit_case(
            case=case,
            version=case.version,
            by=self.by,
            at=self.days_ago(days - 3),
            table=words.get("table", 0),
            table_reason=words.get("table_reason", ""),
            # Somebody has looked whether it is the law, before a ministry or an agency is asked.
            really_law="required" if words.get("laws") else "not_found",
            really_law_paragraph="; ".join(
                f"{law['text']} {law['paragraphs']}".strip() for law in words.get("laws", [])
            )[:200],
            flag=words.get("flag", ""),
            rule_level=RuleLevel.objects.filter(key=words.get("level", "")).first(),
            hours_note="Skøn efter tallene i eksemplet." if case.hours else "",
            causes=[Cause.objects.get(key=key) for key in words["causes"]],
            laws=[
                {
                    "law": Law.objects.get(key=law["law"]),
                    "cited_text": law["text"],
                    "paragraphs": law["paragraphs"],
                }
                for law in words.get("laws", [])
            ],
        )
        if words.get("state") == "draft":
            return case
        cases.mark_ready(case=case, by=self.by, at=self.days_ago(days - 4))
        for key in words.get("prepared", []):
            self.choose(case, key, days, why=words.get("why"))
        if "bodies" in words:
            self.ask_bodies(case, words, days)
        if "closed" in words:
            cases.close(case=case, why=words["closed"], by=self.by, at=self.days_ago(days - 8))
        self.show(case, words, days)
        if words.get("frozen"):
            self.frozen.append(case)
        return case

    def show(self, case, words, days):
        """Let others see the case: when it was ready, or with its answer; then colleagues say that they know it."""
        if words["visibility"] == "internal":
            return
        shown = words["reply"]["days"] - 1 if "reply" in words else days - 5
        cases.set_visibility(
            case=case,
            visibility=words["visibility"],
            no_personal_data=True,
            by=self.by,
            at=self.days_ago(shown),
        )
        count = words.get("supports", 0)
        for number in range(count):
            cases.support_case(case=case, at=self.days_ago(shown * (number + 1) // (count + 1)))

    def choose(self, case, key, days, *, why=None):
        """Choose a body: the suggested one with the rule's reason, another one with `why`."""
        body, at = self.body(key), self.days_ago(days - 6)
        suggested = {one.value.pk for one in suggestions(case).bodies}
        cases.prepare_referral(
            case=case,
            body=body,
            question="Kan I gøre noget ved det? Hvis ikke: Hvad står i vejen?",
            reason="" if body.pk in suggested else why or "De er nærmest til at kunne gøre noget ved det.",
            by=self.by,
            at=at,
        )

    def ask_bodies(self, case, words, days):
        """The bodies that were asked, and the answer that came."""
        for key in words["bodies"]:
            self.choose(case, key, days, why=words.get("why"))
        referrals = cases.refer(case=case, by=self.by, at=self.days_ago(days - 6))
        if "reply" not in words:
            return
        reply = dict(words["reply"])
        body, answered = reply.pop("body"), reply.pop("days")
        done_days, evidence = reply.pop("done_days", None), reply.pop("evidence", "")
        answered_at = self.days_ago(answered)
        for name, field in (("promised_in", "promised_date"), ("from_in", "from_date"), ("to_in", "to_date")):
            if name in reply:
                reply[field] = timezone.localdate(answered_at) + datetime.timedelta(days=reply.pop(name))
        recorded = cases.record_reply(
            referral=next(referral for referral in referrals if referral.body.key == body),
            by=self.by,
            at=answered_at,
            **reply,
        )
        cases.release_reply(reply=recorded, by=self.by, at=self.days_ago(answered - 1))
        if done_days is not None:
            case.refresh_from_db()
            done_at = self.days_ago(done_days)
            cases.mark_done(
                case=case,
                implemented_date=timezone.localdate(done_at),
                evidence=evidence,
                by=self.by,
                at=done_at,
            )

    def send_letter(self, words):
        """One letter by mail about several cases; the first row is answered and released, the second waits, the third
        asks back."""
        days, body = words["days"], self.body(words["body"])
        chosen = [self.cases[key] for key in words["cases"]]
        for case in chosen:
            self.choose(case, words["body"], days + 6, why=words.get("why"))
        batch = cases.send_batch(
            organisation=self.campaign.organisation,
            body=body,
            referrals=[case.referrals.get(body=body, status="prepared") for case in chosen],
            subject=words["subject"],
            letter=words["text"],
            make_files=attachments,
            by=self.by,
            at=self.days_ago(days),
        )
        link, rows = AccessLink.objects.get(batch=batch), list(batch.referrals.order_by("position"))
        for row, said in zip(rows, words.get("answers", []), strict=False):
            answered = self.days_ago(said["days"])
            (reply,) = bodies.answer(
                link=link,
                referrals=[row],
                answer=said["answer"],
                values=said["values"],
                signed_name="Centerchef (demonstration)",
                signed_title=row.body_name_then,
                at=answered,
            )
            if said.get("released"):
                cases.release_reply(reply=reply, by=self.by, at=self.days_ago(said["days"] - 1))

        if words.get("reminded"):
            for passed in reversed(range(days)):
                remind_due(at=self.days_ago(passed))

    def tell_effect(self, words):
        """The writers behind a case were asked whether it helped, and answered, one a day."""
        case, days = self.cases[words["case"]], words["days"]
        case.refresh_from_db()
        cases.ask_effect(case=case, at=self.days_ago(days))
        rows = case.case_examples.current().select_related("example").order_by("joined_at")
        for number, (row, said) in enumerate(zip(rows, words["answers"], strict=True), 1):
            cases.answer_effect(example=row.example, at=self.days_ago(days - number), **said)

    def body(self, key):
        """The organisation's own body with this key, else the national one."""
        bodies = Body.objects.of(self.campaign.organisation).filter(key=key)
        return bodies.filter(organisation=self.campaign.organisation).first() or bodies.get(organisation=None)

    def send_form(self, at):
        """The frozen cases as the ministry's form, numbered and sent."""
        draft = submissions.create_draft(
            organisation=self.campaign.organisation, body=self.body("fm"), by=self.by, at=at
        )
        for case in self.frozen:
            case.refresh_from_db()
            submissions.add_case(submission=draft, case=case, by=self.by, at=at)
        frozen = submissions.freeze(submission=draft, by=self.by, at=at)
        submissions.record_sent(submission=frozen, sent_to="Finansministeriet", by=self.by, at=at)

"""«Hvem kan gøre noget?»: what the rules say of a case and why, and what a person confirms first."""

from django.utils.translation import gettext as _

from backend.cases.actions.referring import WAY_ON
from backend.examples.models import Flag
from cms.desk.forms.who import ConfirmForm

FIELDS = ("title", "problem", "proposal", "legislation_text")


def who_panel(case, suggested, moves, *, form=None):
    """What the panel shows; None for those who only read."""
    if suggested is None or "prepare_referral" not in moves:
        return None
    return {
        "form": form or ConfirmForm(case=case, suggested=suggested),
        "ways": suggested.ways,
        "flags": suggested.flags,
        "texts": marked(case, suggested),
        "way_on": way_on(case),
        "question": "" if case.proposal else _("Why does this demand exist?"),
        "can_confirm": "edit" in moves,
    }


def way_on(case):
    """What to do with a flagged case instead, and where: {"text", "url"}."""
    if not case.flag:
        return None
    url = case.organisation.whistleblower_url if case.flag == Flag.WHISTLEBLOWER else ""
    return {"label": case.get_flag_display(), "text": WAY_ON[Flag(case.flag)], "url": url}


def marked(case, suggested):
    """The case's texts as [(text, is it a word that a suggestion rests on)], where any such word stands."""
    found = suggested.understanding
    all_found = [*found.causes, *found.flag_questions, *([found.rule_level] if found.rule_level else [])]
    spans = {name: set() for name in FIELDS}
    for one in all_found:
        for span in one.spans:
            spans[span.name].add((span.start, span.end))
    return [pieces(getattr(case, name), sorted(places)) for name, places in spans.items() if places]


def pieces(text, places):
    """`text` cut at `places`: [(text, is marked)]."""
    cut, at = [], 0
    for start, end in places:
        if start < at:
            continue
        cut += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [*cut, (text[at:], False)]

"""The open forms on a body's page. All of them lie in the page's one form, so that none loses what another saves."""

from cms.submit.answer_forms import AnswerForm, CorrectionForm, PassOnForm

# The two panels that belong to the ticked rows.
TOGETHER = "together"
COLLEAGUE = "colleague"
FORMS = {"answer": AnswerForm, "wrong": CorrectionForm, COLLEAGUE: PassOnForm}
SIGNATURE = ("signed_name", "signed_title")


def prefix_of(key, kind):
    """What the panel's fields begin with: two panels of one row must not share a name."""
    return f"{key}-wrong" if kind == "wrong" else key


class Panel:
    """An open form: of one row ("answer", "wrong"), of the ticked rows together, or for passing them on.

    `rows`: the rows it is about. `kept`: the ids (hex) of the files that stay ticked, None for all of `keepable`.
    `draft`: the id of the colleague's draft that it was filled from. `chosen`: names of files that were chosen and
    have to be chosen again, since no browser lets a page fill them in.
    """

    def __init__(self, key, kind, form, *, rows=(), kept=None, keepable=(), draft="", chosen=()):
        self.key, self.kind, self.form, self.rows = key, kind, form, rows
        self.errors = []
        self.draft = draft
        self.chosen = chosen
        self.is_over, self.has_next = False, False
        self.parts = ()
        self.files = [{"file": file, "is_kept": kept is None or file.pk.hex in kept} for file in keepable]

    @property
    def name(self):
        """How the panel is named in the page's one form."""
        return f"{self.key}:{self.kind}"

    @property
    def prefix(self):
        """What its fields begin with."""
        return prefix_of(self.key, self.kind)

    def fail(self, errors, uploads=()):
        """Show the action's `errors` at the fields; returns those that belong outside, at the signature."""
        elsewhere = []
        for error in errors:
            name, _slash, index = error.pointer.removeprefix("/").partition("/")
            detail = str(error.detail)
            if name in SIGNATURE:
                elsewhere.append(error)
            elif name == "files":
                if index.isdigit() and int(index) < len(uploads):
                    detail = f"{uploads[int(index)].name}: {detail}"
                self.errors.append((f"id_{self.prefix}-files", detail))
            elif name in self.form.fields:
                self.form.add_error(name, detail)
            else:
                self.errors.append(("", detail))
        return elsewhere

    @property
    def summary(self):
        """Every error of the panel as (id of its field or "", its label, the error)."""
        fields = [
            (bound.id_for_label or bound.auto_id, self.form.word_for(bound.name), error)
            for bound in self.form
            if self.form.is_bound
            for error in bound.errors
        ]
        return [*fields, *((id_, "", error) for id_, error in self.errors)]

    @property
    def file_errors(self):
        """What is wrong with the files."""
        return [detail for id_, detail in self.errors if id_.endswith("-files")]

"""The desk's addresses, under /admin/."""

from django.urls import path, register_converter

from cms.desk import answer_urls, followup_urls, law_urls, letter_urls, submission_urls
from cms.desk.views import campaigns, example_moves, organisation, people, registry, rules, supports
from cms.desk.views.bulk import examples_chosen
from cms.desk.views.case import case, case_move, confirm, put_in_submission, split, take_out
from cms.desk.views.cases import case_list, case_list_xlsx
from cms.desk.views.challenge import challenge
from cms.desk.views.example import download_file, example, next_example, show_contact
from cms.desk.views.examples import example_list
from cms.desk.views.followup import effect

app_name = "desk"


class ReferenceConverter:
    """A reference such as E-7K3M-2QXH; what is none never reaches the database."""

    regex = "[A-Za-z0-9-]{1,20}"

    def to_python(self, value):
        """The reference as it is stored."""
        return value.upper()

    def to_url(self, value):
        """The reference as it is."""
        return value


register_converter(ReferenceConverter, "desk_reference")

urlpatterns = [
    path("eksempler/", example_list, name="examples"),
    path("eksempler/valgte/", examples_chosen, name="examples_chosen"),
    path("eksempler/fortryd/", example_moves.undo, name="undo"),
    path("eksempler/naeste/", next_example, name="next_example"),
    path("eksempler/<desk_reference:reference>/", example, name="example"),
    path("eksempler/<desk_reference:reference>/kontakt/", show_contact, name="contact"),
    path(
        "eksempler/<desk_reference:reference>/bilag/<uuid:attached_id>/", download_file, name="example_file"
    ),
    path("eksempler/<desk_reference:reference>/forslag/", example_moves.make_case, name="make_case"),
    path("eksempler/<desk_reference:reference>/laeg-til/", example_moves.add_to_case, name="add_to_case"),
    path("eksempler/<desk_reference:reference>/spoerg/", example_moves.ask, name="ask"),
    path("eksempler/<desk_reference:reference>/laeg-til-side/", example_moves.set_aside, name="set_aside"),
    path("eksempler/<desk_reference:reference>/tag-tilbage/", example_moves.take_back, name="take_back"),
    path("eksempler/<desk_reference:reference>/vent-ikke/", example_moves.stop_waiting, name="stop_waiting"),
    path("eksempler/<desk_reference:reference>/tag-ud/", example_moves.leave_case, name="leave_case"),
    path(
        "eksempler/<desk_reference:reference>/whistleblower/",
        example_moves.to_whistleblower,
        name="to_whistleblower",
    ),
    path("eksempler/<desk_reference:reference>/slet/", example_moves.erase, name="erase"),
    path("eksempler/<desk_reference:reference>/frigiv/", example_moves.release, name="release"),
    path("forslag/", case_list, name="cases"),
    path("forslag/liste.xlsx", case_list_xlsx, name="cases_xlsx"),
    path("forslag/<desk_reference:reference>/", case, name="case"),
    path("forslag/<desk_reference:reference>/udfordring/", challenge, name="challenge"),
    path("forslag/<desk_reference:reference>/del/", split, name="split"),
    path("forslag/<desk_reference:reference>/tag-ud/", take_out, name="take_out"),
    path("forslag/<desk_reference:reference>/bidrag/", put_in_submission, name="put_in_submission"),
    path("forslag/<desk_reference:reference>/bekraeft/", confirm, name="confirm"),
    path("forslag/<desk_reference:reference>/<slug:move>/", case_move, name="case_move"),
    path("kampagner/", campaigns.campaigns, name="campaigns"),
    path("kampagner/<uuid:key>/plakat.pdf", campaigns.campaign_poster, name="campaign_poster"),
    path("kampagner/<uuid:key>/papir.pdf", campaigns.campaign_paper, name="campaign_paper"),
    path("kampagner/<uuid:key>/indtast/", campaigns.type_in, name="type_in"),
    path("organisation/", organisation.organisation_settings, name="organisation"),
    path("registre/", registry.bodies, name="registry"),
    path("registre/ny-modtager/", registry.body, name="new_body"),
    path("registre/modtager/<uuid:key>/", registry.body, name="body"),
    path("registre/omraader/", registry.areas, name="areas"),
    path("registre/roller/", registry.roles, name="roles"),
    path("registre/regler/", rules.rules, name="rules"),
    path("registre/regler/ny/", rules.rule, name="new_rule"),
    path("registre/regler/standard/", rules.reset, name="reset_rules"),
    path("registre/regler/<slug:number>/", rules.rule, name="rule"),
    path("registre/arbejdspladser/", rules.workplaces, name="workplaces"),
    path("registre/kerneopgaver/", registry.core_tasks, name="core_tasks"),
    path("registre/kerneopgaver/ny/", registry.core_task, name="new_core_task"),
    path("registre/kerneopgaver/<uuid:key>/", registry.core_task, name="core_task"),
    path("personer/", people.people, name="people"),
    path("personer/<uuid:membership_id>/fjern/", people.remove_role, name="remove_role"),
    path("organisation/udseende/", organisation.look, name="look"),
    path("adgangslog/", organisation.access_log, name="access_log"),
    path("post/", organisation.mail, name="mail"),
    path("post/<uuid:message_id>/igen/", organisation.mail_again, name="mail_again"),
    *submission_urls.urlpatterns,
    *answer_urls.urlpatterns,
    *letter_urls.urlpatterns,
    *law_urls.urlpatterns,
    *followup_urls.urlpatterns,
    path("opfoelgning/<desk_reference:reference>/effekt/", effect, name="effect"),
    path("tilslutninger/", supports.support_list, name="supports_waiting"),
    path("tilslutninger/<desk_reference:reference>/", supports.supports, name="supports"),
]

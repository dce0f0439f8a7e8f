"""The files of a row: attached and removed while it is prepared, and fetched by whoever sees the case."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from backend.attachments.serving import file_response
from backend.cases.actions import attach_files, remove_file
from backend.examples.validation import InvalidInput
from cms.desk.access import desk_view, move_view, parameter
from cms.desk.forms.examples import add_errors
from cms.desk.forms.replies import AttachFilesForm
from cms.desk.views.referrals import find_referral, referral_page
from cms.desk.views.replies import is_uuid


@move_view("case.edit")
def attach(request, referral_id):
    """Let files go along with the row."""
    referral = find_referral(request, referral_id)
    form = AttachFilesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            attach_files(referral=referral, by=request.user, **form.cleaned_data)
        except InvalidInput as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The files are attached. They are sent with the letter."))
            return redirect("desk:referral", referral_id)
    return referral_page(
        request, find_referral(request, referral_id), forms={"attach_files": form}, status=422
    )


@move_view("case.edit")
def remove(request, referral_id):
    """Take one of them off again."""
    referral = find_referral(request, referral_id)
    file = parameter(request.POST, "file")
    if not is_uuid(file):
        raise Http404
    try:
        remove_file(referral=referral, file=file, by=request.user)
    except InvalidInput:
        messages.warning(request, _("The file was not here any more."))
    else:
        messages.success(request, _("The file is removed."))
    return redirect("desk:referral", referral_id)


@desk_view("case.view")
def download(request, referral_id, enclosed_id):
    """One of them, as it goes out."""
    row = find_referral(request, referral_id).files.filter(file=enclosed_id).select_related("file")
    return file_response(get_object_or_404(row).file)

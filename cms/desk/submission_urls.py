"""The addresses of the ministry's form in the desk, under /admin/bidrag/."""

from django.urls import path

from cms.desk.views import submissions
from cms.desk.views.submission_cases import choose_cases

urlpatterns = [
    path("bidrag/", submissions.submission_list, name="submissions"),
    path("bidrag/<uuid:submission_id>/", submissions.submission, name="submission"),
    path("bidrag/<uuid:submission_id>/vaelg/", choose_cases, name="choose_cases"),
    path("bidrag/<uuid:submission_id>/flyt/", submissions.arrange, name="arrange"),
    path("bidrag/<uuid:submission_id>/afsender/", submissions.options, name="submission_options"),
    path("bidrag/<uuid:submission_id>/raekke/<uuid:row_id>/", submissions.edit_row, name="edit_row"),
    path("bidrag/<uuid:submission_id>/frys/", submissions.freeze, name="freeze"),
    path("bidrag/<uuid:submission_id>/sendt/", submissions.record_sent, name="record_sent"),
    path("bidrag/<uuid:submission_id>/erstat/", submissions.replace, name="replace_submission"),
    path("bidrag/<uuid:submission_id>/kasser/", submissions.discard, name="discard_submission"),
    path(
        "bidrag/<uuid:submission_id>/hent/<str:format_name>/",
        submissions.download,
        name="download_submission",
    ),
]

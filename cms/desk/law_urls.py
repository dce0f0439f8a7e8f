"""The desk's addresses for the rules that cases hit, under /admin/regler/."""

from django.urls import path

from cms.desk.views import laws

urlpatterns = [
    path("regler/", laws.law_list, name="laws"),
    path("regler/<slug:law>/", laws.law_page, name="law"),
]

"""The desk's addresses for what must be followed up, under /admin/opfoelgning/, and for terms."""

from django.urls import path

from cms.desk.views import followup, terms

urlpatterns = [
    path("opfoelgning/", followup.followup_list, name="followup"),
    path("registre/frister/", terms.terms, name="terms"),
]

"""The desk's addresses for letters to bodies, under /admin/breve/, and for their words, under /admin/registre/."""

from django.urls import path

from cms.desk.views import batches, letter_words, letters

urlpatterns = [
    path("breve/", letters.ready_list, name="letters"),
    path("breve/sendt/", batches.batch_list, name="batches"),
    path("breve/nyt/", letters.new_letter, name="new_letter"),
    path("breve/<uuid:batch_id>/", batches.batch, name="batch"),
    path("breve/<uuid:batch_id>/igen/", batches.again, name="letter_again"),
    path("breve/<uuid:batch_id>/retur/", batches.returned, name="letter_returned"),
    path("breve/<uuid:batch_id>/link/", batches.new_link, name="letter_link"),
    path("breve/<uuid:batch_id>/luk/", batches.close_link, name="close_link"),
    path("breve/<uuid:batch_id>/naeste/", batches.escalate, name="escalate"),
    path("breve/<uuid:batch_id>/fil/<int:file_number>/", batches.batch_file, name="batch_file"),
    path("registre/breve/", letter_words.letter_list, name="letter_words"),
    path("registre/breve/<slug:group>/", letter_words.letter_words, name="edit_letter_words"),
]

"""The public addresses that are fixed (api.md): they stand before Wagtail's."""

from django.urls import path, re_path

from cms.submit import bodies, cases, feeds, laws, legal, look, open_data, results, views
from cms.submit.answer import answer_page
from cms.submit.mail import mail_choice
from cms.submit.processing import what_we_keep
from cms.submit.tracking import track

urlpatterns = [
    path("kampagner/<slug:slug>/", views.campaign_page, name="campaign_page"),
    re_path(r"^k/(?P<code>[A-Za-z2-7]{6})/?$", views.campaign_by_code, name="campaign_by_code"),
    path("forslag/feed.xml", feeds.case_feed, name="case_feed"),
    path("kampagner/<slug:slug>/feed.xml", feeds.campaign_feed, name="campaign_feed"),
    path("sluppet-af-med/feed.xml", feeds.done_feed, name="done_feed"),
    path("sluppet-af-med/", results.done_page, name="done"),
    path("afslag/", results.refusal_page, name="refusals"),
    path("tal/", results.figures_page, name="figures"),
    path("aabne-data/", open_data.dictionary_page, name="open_data"),
    # Nothing else can be a reference; a NUL would reach the database.
    re_path(r"^forslag/(?P<reference>[A-Za-z0-9-]{1,20})/$", cases.case_page, name="case_page"),
    path("modtagere/", bodies.body_list, name="body_list"),
    re_path(r"^modtagere/(?P<key>[A-Za-z0-9_.-]{1,60})/$", bodies.body_page, name="body_page"),
    path("regler/", laws.law_list, name="law_list"),
    re_path(r"^regler/(?P<slug>[a-z0-9-]{1,120})/$", laws.law_page, name="law_page"),
    path("spor/", track, name="track"),
    path("svar/", answer_page, name="answer_page"),
    path("afmeld/", mail_choice, name="mail_choice"),
    path("hvad-vi-gemmer/", what_we_keep, name="what_we_keep"),
    path("privatliv/", legal.privacy_notice, name="privacy_notice"),
    path("tilgaengelighed/", legal.accessibility_statement, name="accessibility_statement"),
    path("was", legal.was, name="was"),
    path("udseende.css", look.stylesheet, name="look"),
]

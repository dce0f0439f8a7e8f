"""The public addresses that are fixed (api.md): they stand before Wagtail's."""

from django.urls import path, re_path

from cms.submit import cases, views
from cms.submit.tracking import track

urlpatterns = [
    path("kampagner/<slug:slug>/", views.campaign_page, name="campaign_page"),
    re_path(r"^k/(?P<code>[A-Za-z2-7]{6})/?$", views.campaign_by_code, name="campaign_by_code"),
    path("forslag/feed.xml", cases.feed, name="case_feed"),
    # Nothing else can be a reference; a NUL would reach the database.
    re_path(r"^forslag/(?P<reference>[A-Za-z0-9-]{1,20})/$", cases.case_page, name="case_page"),
    path("spor/", track, name="track"),
    path("was", views.accessibility_statement, name="was"),
]

"""The public addresses that are fixed (api.md): they stand before Wagtail's."""

from django.urls import path

from cms.submit import cases, views
from cms.submit.tracking import track

urlpatterns = [
    path("kampagner/<slug:slug>/", views.campaign_page, name="campaign_page"),
    path("forslag/feed.xml", cases.feed, name="case_feed"),
    path("forslag/<str:reference>/", cases.case_page, name="case_page"),
    path("spor/", track, name="track"),
    path("was", views.accessibility_statement, name="was"),
]

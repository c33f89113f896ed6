"""Addresses of claims."""

from django.urls import path

from claimwright.office.web.claims import held, views

urlpatterns = [
    path("", views.listing, name="claims"),
    path("held/", held.held, name="held"),
    path("held/preview/", held.preview, name="preview-fixes"),
    path("held/fix/", held.fix_many, name="fix-claims"),
    path("edits/<path:name>/", held.edit, name="edit"),
    path("check/", held.check, name="check-claims"),
    path("submit/", views.submit, name="submit"),
    path("ask/", views.ask_payers, name="ask-payers"),
    path("<int:pk>/send-again/", views.send_again, name="send-again"),
    path("<int:pk>/", views.claim, name="claim"),
    path("<int:pk>/fix/", held.fix, name="fix-claim"),
    path("<int:pk>/ledger/", views.ledger, name="claim-ledger"),
    path("<int:pk>/correct/", views.correct, name="correct-claim"),
    path("<int:pk>/void/", views.void, name="void-claim"),
    path("<int:pk>/secondary/", views.secondary, name="secondary"),
    path("<int:pk>/seen-to/", views.seen_to, name="seen-to"),
    path("<int:pk>/write-off/", views.write_off, name="write-off"),
    path("<int:pk>/cms1500.pdf", views.cms1500, name="cms1500"),
]

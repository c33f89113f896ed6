"""Addresses of the coding workbench."""

from django.urls import path

from claimwright.office.web.coding import views

urlpatterns = [
    path("", views.listing, name="coding"),
    path("<int:pk>/", views.screen, name="code"),
    path("<int:pk>/find/", views.find, name="find-code"),
    path("<int:pk>/suggest/", views.suggest, name="suggest"),
    path("<int:pk>/ask/", views.ask, name="ask"),
    path("queries/<int:pk>/answer/", views.answer, name="answer"),
]

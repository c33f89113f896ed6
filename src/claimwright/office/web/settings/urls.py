"""Addresses of settings."""

from django.urls import path

from claimwright.office.web.settings import language_model, rules, views

urlpatterns = [
    path("", views.practice, name="settings"),
    path("payers/", views.payers, name="payers"),
    path("prices/", views.prices, name="prices"),
    path("users/", views.users, name="users"),
    path("users/<int:pk>/", views.change_user, name="change-user"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.revoke, name="revoke-token"),
    path("codesets/", views.codesets, name="codesets"),
    path("rules/", rules.rules, name="rules"),
    path("rules/try/", rules.try_out, name="try-rules"),
    path("rules/<int:pk>/", rules.version, name="rules-version"),
    path("language-model/", language_model.language_model, name="language-model"),
    path("files/", views.files, name="files"),
    path("files/<int:pk>/", views.file, name="file"),
    path("files/<int:pk>/raw/", views.raw, name="file-raw"),
]

"""Addresses of remittances."""

from django.urls import path

from claimwright.office.web.remittances import views

urlpatterns = [
    path("", views.listing, name="remittances"),
    path("<int:pk>/", views.remittance, name="remittance"),
    path("<int:pk>/post/", views.post, name="post-remittance"),
    path("parked/", views.parked, name="parked-list"),
    path("parked/<int:pk>/", views.parked_row, name="parked"),
    path("parked/<int:pk>/match/", views.match, name="match"),
    path("deposits/", views.deposits, name="deposits"),
    path("deposits/reconcile/", views.reconcile, name="reconcile"),
    path("underpayments/", views.underpayments, name="underpayments"),
    path("upload/", views.upload, name="upload"),
]

"""Addresses of remittances."""

from django.urls import path

from claimwright.office.web.remittances import bank, paper, queue, views

urlpatterns = [
    path("", views.listing, name="remittances"),
    path("post/", views.post_many, name="post-remittances"),
    path("<int:pk>/", views.remittance, name="remittance"),
    path("<int:pk>/post/", views.post, name="post-remittance"),
    path("<int:pk>/undo/", views.undo, name="undo-remittance"),
    path("<int:pk>/withdraw/", paper.withdraw, name="withdraw-paper"),
    path("decisions/<int:pk>/undo/", views.undo_one, name="undo-posting"),
    path("decisions/<int:pk>/again/", views.again, name="post-again"),
    path("parked/", queue.parked, name="parked-list"),
    path("parked/<int:pk>/", queue.parked_row, name="parked"),
    path("parked/<int:pk>/match/", queue.match, name="match"),
    path("parked/<int:pk>/owe/", queue.owe, name="owe-back"),
    path("parked/<int:pk>/aside/", queue.aside, name="put-aside"),
    path("paper/", paper.paper, name="paper"),
    path("paper/two/", paper.two_people, name="two-people"),
    path("deposits/", bank.deposits, name="deposits"),
    path("deposits/reconcile/", bank.reconcile, name="reconcile"),
    path("deposits/<int:pk>/", bank.deposit, name="deposit"),
    path("deposits/<int:pk>/join/", bank.join, name="join-deposit"),
    path("deposits/<int:pk>/part/", bank.part, name="part-deposit"),
    path("deposits/<int:pk>/aside/", bank.aside, name="deposit-aside"),
    path("upload/", views.upload, name="upload"),
]

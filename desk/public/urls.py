"""Addresses of the public pages. None names a person: a link and a receipt have random tokens."""

from django.urls import path

from desk.public.views import links, notices, receipts

app_name = "public"

urlpatterns = [
    path("", notices.notices, name="notices"),
    path("notices/<slug:code>/<int:number>/", notices.notice, name="notice"),
    path("c/<slug:token>/", links.link, name="link"),
    path("c/<slug:token>/check/", links.check, name="check"),
    path("c/<slug:token>/answer/", links.answer, name="answer"),
    path("r/<slug:token>/", receipts.receipt, name="receipt"),
    path("r/<slug:token>/receipt.json", receipts.receipt_json, name="receipt_json"),
    path("r/<slug:token>/withdraw/", receipts.withdraw, name="withdraw"),
    path("verify/", receipts.verify, name="verify"),
]

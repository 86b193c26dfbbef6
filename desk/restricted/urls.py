"""Addresses of the restricted host. A value and a request have random names; nothing lists or finds values."""

from django.urls import path

from desk.restricted.views import keys, requests, sealing, session, values

app_name = "restricted"

urlpatterns = [
    path("", requests.home, name="home"),
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("enrol/", session.enrol, name="enrol"),
    path("keys/", keys.register, name="keys"),
    path("keys/propose/", keys.propose, name="propose_key_act"),
    path("keys/<uuid:id>/answer/", keys.answer, name="answer_key_act"),
    path("seal/", sealing.seal, name="seal"),
    path("values/<uuid:id>/", values.value, name="value"),
    path("values/<uuid:id>/ask/", values.ask, name="ask"),
    path("values/<uuid:id>/open/", values.open_one, name="open"),
    path("requests/<uuid:id>/", requests.request, name="request"),
    path("requests/<uuid:id>/sign/", requests.sign, name="sign"),
]

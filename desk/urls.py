"""Addresses of the workbench. None names a person in the world: a customer's page has the random `ref`."""

from django.urls import path

from desk.views import (
    catalogue,
    contacts,
    customers,
    decisions,
    enrol,
    explain,
    exports,
    home,
    imports,
    jobs,
    keys,
    networks,
    organisation,
    people,
    placing,
    problems,
    records,
    reveals,
    rules,
    session,
    trail,
)

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("notifications/", home.notifications, name="notifications"),
    # session
    path("session/state/", session.session_state, name="session_state"),
    path("session/lock/", session.lock, name="lock"),
    path("session/unlock/", session.unlock, name="unlock"),
    path("session/step-up/", session.step_up, name="step_up"),
    path("enrol/", enrol.enrol, name="enrol"),
    path("enrol/set/", enrol.enrol_set, name="enrol_set"),
    # customers
    path("customers/", customers.search, name="search"),
    path("customers/found/<str:token>/", customers.results, name="results"),
    path("customers/list/", customers.customer_list, name="customer_list"),
    path("customers/new/", records.customer_new, name="customer_new"),
    path("customers/<uuid:ref>/", customers.customer, name="customer"),
    path("customers/<uuid:ref>/edit/", records.customer_edit, name="customer_edit"),
    path("customers/<uuid:ref>/contact/", contacts.contact_change, name="contact_change"),
    path("customers/<uuid:ref>/placing/", placing.placing, name="placing"),
    path("customers/<uuid:ref>/placing/propose/", placing.placing_propose, name="placing_propose"),
    path("customers/<uuid:ref>/placing/take/", placing.placing_take, name="placing_take"),
    path("contacts/<uuid:id>/close/", contacts.contact_close, name="contact_close"),
    path("customers/<uuid:ref>/reveal/<slug:field>/", reveals.reveal, name="reveal"),
    path("customers/<uuid:ref>/compare/", reveals.compare, name="compare"),
    path("customers/<uuid:ref>/compare/more/", reveals.compare_more, name="compare_more"),
    # exports
    path("exports/", exports.exports, name="exports"),
    path("exports/make/", exports.export_make, name="export_make"),
    path("exports/<uuid:id>/fetch/", exports.export_fetch, name="export_fetch"),
    # problems
    path("problems/", problems.problems, name="problems"),
    path("problems/report/", problems.report, name="problem_report"),
    path("problems/<uuid:id>/", problems.problem, name="problem"),
    # decisions
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<uuid:id>/", decisions.decision, name="decision"),
    path("decisions/<uuid:id>/approve/", decisions.approve, name="decision_approve"),
    path("decisions/<uuid:id>/refuse/", decisions.refuse, name="decision_refuse"),
    path("decisions/<uuid:id>/withdraw/", decisions.withdraw, name="decision_withdraw"),
    path("decisions/<uuid:id>/enrolment/", decisions.enrolment, name="decision_enrolment"),
    # people
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/<uuid:id>/", people.person, name="person"),
    path("people/<uuid:id>/propose/", people.person_propose, name="person_propose"),
    path("people/<uuid:id>/take/", people.person_take, name="person_take"),
    path("people/<uuid:id>/freeze/", people.person_freeze, name="person_freeze"),
    path("people/<uuid:id>/unfreeze/", people.person_unfreeze, name="person_unfreeze"),
    # rules
    path("rules/", rules.rules, name="rules"),
    path("rules/<slug:code>/", rules.rule, name="rule"),
    path("networks/", networks.networks, name="networks"),
    path("networks/propose/", networks.network_propose, name="network_propose"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("organisation/set/", organisation.organisation_set, name="organisation_set"),
    path("explain/", explain.page, name="explain"),
    # trail
    path("trail/", trail.trail, name="trail"),
    path("trail/mine/", trail.mine, name="trail_self"),
    path("trail/team/", trail.team, name="trail_team"),
    path("trail/people/<uuid:id>/", trail.person, name="trail_person"),
    path("trail/customers/", trail.who_saw, name="who_saw"),
    path("trail/customers/<uuid:ref>/", trail.who_saw_customer, name="who_saw_customer"),
    path("trail/events/<int:id>/", trail.event, name="event"),
    # register
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/download-register/", catalogue.catalogue_download, name="catalogue_download"),
    path("keys/", keys.keys, name="keys"),
    # bringing customers in
    path("imports/", imports.imports, name="imports"),
    path("imports/files/<uuid:file>/", imports.import_columns, name="import_columns"),
    path("imports/<uuid:id>/", imports.import_job, name="import_job"),
    path("imports/<uuid:id>/start/", imports.import_start, name="import_start"),
    path("imports/<uuid:id>/report/", imports.import_report, name="import_report"),
    # jobs
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:id>/", jobs.job, name="job"),
    path("jobs/<uuid:id>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:id>/stop/", jobs.job_stop, name="job_stop"),
]

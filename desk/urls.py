"""Addresses of the workbench. No address names a person in the world: a customer's page has the random `ref`."""

from django.urls import path

from desk.views import home, jobs, problems, session

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("notifications/", home.notifications, name="notifications"),
    # session
    path("session/state/", session.session_state, name="session_state"),
    path("session/unlock/", session.unlock, name="unlock"),
    path("session/step-up/", session.step_up, name="step_up"),
    # problems
    path("problems/", problems.problems, name="problems"),
    path("problems/report/", problems.report, name="problem_report"),
    # jobs
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:id>/", jobs.job, name="job"),
    path("jobs/<uuid:id>/progress/", jobs.job_progress, name="job_progress"),
]

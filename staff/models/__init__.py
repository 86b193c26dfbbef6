"""People, where they belong, what they hold, and the facts that decide whether they may work today."""

from staff.models.duties import RequiredCourse, Training, Undertaking
from staff.models.enrolments import Enrolment
from staff.models.hr import HrFile
from staff.models.notifications import Notification
from staff.models.organisation import Organisation
from staff.models.people import Department, People, Person
from staff.models.places import Network, Site
from staff.models.rights import Freeze, Headship, RoleHolding

__all__ = [
    "Department",
    "Enrolment",
    "Freeze",
    "Headship",
    "HrFile",
    "Network",
    "Notification",
    "Organisation",
    "People",
    "Person",
    "RequiredCourse",
    "RoleHolding",
    "Site",
    "Training",
    "Undertaking",
]

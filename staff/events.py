"""Everything the trail records about people: login, sessions, enrolment, and what they hold."""

from django.utils.translation import gettext_lazy as _

from trail.vocabulary import declare

LOGIN = declare("staff.login", name=_("Logged in"), facts=("second_factor",))
LOGIN_REFUSED = declare("staff.login_refused", name=_("Login refused"), facts=("number", "why"))
LOGOUT = declare("staff.logout", name=_("Logged out"))
SESSION_ENDED = declare("staff.session_ended", name=_("Session ended"), facts=("why",))
OTHERS_ENDED = declare("staff.other_sessions_ended", name=_("Own other sessions ended"), facts=("sessions",))
LOCKED = declare("staff.locked", name=_("Screen locked"), facts=("why",))
UNLOCKED = declare("staff.unlocked", name=_("Screen unlocked"))
UNLOCK_REFUSED = declare("staff.unlock_refused", name=_("Unlocking refused"))
STEP_UP = declare("staff.step_up", name=_("Second factor given"), facts=("method",))
STEP_UP_REFUSED = declare("staff.step_up_refused", name=_("Second factor refused"))
PASSWORD_CHANGED = declare("staff.password_changed", name=_("Password changed"), facts=("person",))
FACTOR_ADDED = declare("staff.factor_added", name=_("Second factor added"), facts=("person", "method"))
RECOVERY_CODES_MADE = declare("staff.recovery_codes_made", name=_("Recovery codes made"), facts=("person",))

PERSON_MADE = declare("staff.person_made", name=_("Person set up"), facts=("person", "number", "proposal"))
ENROLMENT_ISSUED = declare(
    "staff.enrolment_issued",
    name=_("Enrolment link issued"),
    facts=("enrolment", "person", "purpose", "way", "proposal"),
)
ENROLMENT_HALF_GIVEN = declare(
    "staff.enrolment_half_given",
    name=_("Part of an enrolment handed out"),
    facts=("enrolment", "person", "half"),
)
ENROLMENT_REFUSED = declare(
    "staff.enrolment_refused", name=_("Enrolment refused"), facts=("enrolment", "why")
)
ENROLLED = declare("staff.enrolled", name=_("Enrolled"), facts=("enrolment", "person", "purpose"))

ROLE_GIVEN = declare("staff.role_given", name=_("Role given"), facts=("person", "role", "proposal"))
ROLE_TAKEN = declare("staff.role_taken", name=_("Role taken away"), facts=("person", "role"))
HEADSHIP_GIVEN = declare(
    "staff.headship_given", name=_("Headship given"), facts=("person", "department", "proposal")
)
HEADSHIP_TAKEN = declare(
    "staff.headship_taken", name=_("Headship taken away"), facts=("person", "department")
)
PERSON_CHANGED = declare(
    "staff.person_changed", name=_("Mail address or end of an account changed"), facts=("person", "proposal")
)
MOVED = declare(
    "staff.moved", name=_("Moved to another department"), facts=("person", "from", "to", "proposal")
)
LEFT = declare("staff.left", name=_("Left"), facts=("person",))
FROZEN = declare("staff.frozen", name=_("Frozen"), facts=("person", "sessions", "links", "jobs"))
UNFROZEN = declare("staff.unfrozen", name=_("Freeze undone"), facts=("person", "proposal"))
FIRST_PEOPLE = declare("staff.first_people", name=_("First people set up"), facts=("people", "department"))
CONFLICT_REFUSED = declare(
    "staff.conflict_refused", name=_("Conflicting roles refused"), facts=("person", "roles")
)
SITE_CHANGED = declare("staff.site_changed", name=_("Site set up or changed"), facts=("site", "region"))
NETWORK_CHANGED = declare(
    "staff.network_changed", name=_("Network changed"), facts=("network", "site", "zone")
)
ORGANISATION_CHANGED = declare(
    "staff.organisation_changed", name=_("Organisation set up or changed"), facts=("fields",)
)

UNDERTAKING_SIGNED = declare(
    "staff.undertaking_signed",
    name=_("Confidentiality undertaking signed"),
    facts=("person", "version", "hash", "method"),
)
UNDERTAKING_REFUSED = declare("staff.undertaking_refused", name=_("Signing the undertaking refused"))
UNDERTAKING_PUT_OFF = declare("staff.undertaking_put_off", name=_("Went on without the undertaking"))
TRAINING_ENTERED = declare(
    "staff.training_entered", name=_("Training entered"), facts=("person", "course", "until")
)
TRAINING_ENDED = declare("staff.training_ended", name=_("Training ended"), facts=("person", "course"))
COURSE_REQUIRED = declare("staff.course_required", name=_("Course required"), facts=("role", "course"))
COURSE_REQUIRED_NO_MORE = declare(
    "staff.course_required_no_more", name=_("Course required no more"), facts=("role", "course")
)
HR_FILE_CONFIRMED = declare(
    "staff.hr_file_confirmed",
    name=_("Personnel file confirmed"),
    facts=("file", "file_sha256", "rows", "leavers", "movers", "unknown"),
)

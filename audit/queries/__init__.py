"""Questions of the audit to the trail and to its own rows."""

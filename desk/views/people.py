"""People, roles and what they hold."""

"""People, departments, roles and their conflicts, sites and networks, login, sessions, the age of second factors."""

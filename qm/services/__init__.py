"""Use cases. A service opens one transaction a call through the unit of work it was given."""

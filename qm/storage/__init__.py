"""Where values are kept: SQLAlchemy stores and an object folder, behind the ports of `qm.ports`."""

"""How far people, machine and customers agree: sessions, coefficients, severity, generalisability. Pure functions."""

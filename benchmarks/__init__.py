"""Measurements behind `qm bench`."""

"""Engines behind the ports of `qm.ports`. Heavy libraries are imported inside `warm_up` only."""

"""Names for the units that numbers carry in signatures.

Aliases rather than new types: the reader sees the unit, arithmetic stays plain.
"""

from typing import TypeAlias

Seconds: TypeAlias = float
"""A length of time or a place on the clock of one contact, in seconds."""

Share: TypeAlias = float
"""A part of a whole, 0 to 1."""

Hertz: TypeAlias = int
"""A sample rate, in samples a second."""

"""The verbs: pure functions over domain values. No I/O, no clock, no random number that wasn't passed in."""

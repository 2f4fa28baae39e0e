"""What customers say: surveys, who answers, cases, drivers, comments, estimates. Pure functions."""

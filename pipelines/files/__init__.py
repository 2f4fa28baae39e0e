"""Files that people hand in or take out: read into domain values, every fault with its place."""

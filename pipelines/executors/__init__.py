"""Where workers run: in the command itself, in processes, in Ray."""

"""What is typed after `qm`: a module a command or a group of them, and what they share."""

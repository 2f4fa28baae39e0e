"""What `qm doctor` looks at, and its words."""

"""What a command prints: tables and their words, in both languages."""

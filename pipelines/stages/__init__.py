"""The stages of a contact, in order: store, transcribe, roles, signals, score."""

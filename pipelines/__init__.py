"""The flow: recording, transcript, signals, evaluation, coaching. Stages see ports; `wiring` joins them to engines."""

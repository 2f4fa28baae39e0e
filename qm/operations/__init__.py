"""What an administrator sees of a running product: log lines, metrics, traces, readiness. Nothing personal in them."""

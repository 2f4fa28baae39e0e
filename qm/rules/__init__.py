"""Rules: how the machine answers a criterion. Pure but for the loader, which reads YAML."""

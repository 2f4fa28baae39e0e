"""One module a family of resources; each page stands beside its JSON twin."""

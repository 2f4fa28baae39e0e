"""The same examples on every run: a test that fails here fails for everybody."""

from hypothesis import settings

settings.register_profile("qm", deadline=None, max_examples=60, derandomize=True, database=None)
settings.register_profile("long", deadline=None, max_examples=3000, database=None)
settings.load_profile("qm")

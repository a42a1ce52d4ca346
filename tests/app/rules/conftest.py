"""Hypothesis as these tests want it: broad enough to find a wrong day, quick enough to run on every save."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, max_examples=300, database=None)
settings.load_profile("rules")

"""Property tests say what holds, not how fast a loaded machine shows it."""

from hypothesis import settings

settings.register_profile("backstory", deadline=None)
settings.load_profile("backstory")

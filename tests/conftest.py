"""What all tests share: generated examples that are the same in every run, however slow or busy the machine."""

from hypothesis import HealthCheck, settings

# No clock decides (a deadline, data that comes slowly) and no chance (another seed, what another worker left behind).
settings.register_profile(
    "course", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("course")

"""What strangers hand in, and what must become of it."""

import pytest

# Their assertions tell what was compared, as those of modules that pytest collects by itself.
pytest.register_assert_rewrite(*(f"tests.hostile.check_{name}" for name in ("kinds", "ways_in", "ways_out")))

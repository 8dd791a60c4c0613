"""Configuration of nbgrader for this course. Run nbgrader from this folder, or name it in JUPYTER_CONFIG_PATH."""

from ciberaula.grading.config import configure

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - provided by traitlets
configure(c)

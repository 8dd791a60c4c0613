"""What the Voila notebooks show: one call a view, one output a call.

Views read the progress snapshot through ``ciberaula.progress`` and nothing else, but for the instructor's, which on request
compares what was written (``ciberaula.progress.similarity``). They are plain HTML made on the server.
"""

from collections.abc import Callable
from pathlib import Path

from ciberaula.dashboards.page import notice
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.page import Page
from ciberaula.paths import home


def my_progress(workspace: Path | None = None) -> Page:
    """«Mi avance»: the participant's own progress. ``workspace`` is their folder (default: where the notebook runs)."""
    from ciberaula.dashboards.mine_view import view

    return _shown(_("Mi avance"), lambda: view(home(), workspace or Path.cwd()))


def cohort() -> Page:
    """«Cohorte»: what an instructor follows, with names."""
    from ciberaula.dashboards.cohort_view import view

    return _shown(_("Cohorte"), lambda: view(home()))


def institution() -> Page:
    """«Institución»: cohorts, hours and completion, without names and without small groups."""
    from ciberaula.dashboards.institution_view import view

    return _shown(_("Institución"), lambda: view(home()))


def _shown(title: str, make: Callable[[], Page]) -> Page:
    """The view, or the one line that says why there is none."""
    try:
        return make()
    except UserError as error:
        return notice(title, str(error))


__all__ = ["Page", "cohort", "institution", "my_progress"]

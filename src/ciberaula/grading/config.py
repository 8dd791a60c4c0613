"""nbgrader's configuration of this course: one place, for the command line, the server and the tests.

``configure`` is what an instructor's side loads; ``configure_exchange`` is the part that a trainee's server shares with
it. Neither holds a secret.
"""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _
from ciberaula.paths import course_root, home

COURSE_ID = "ciberaula"
GRADEBOOK_FILE = "gradebook.db"
# In a home whose gradebook is on a server: without it, whoever forgets the address would begin a new, empty one.
SERVER_NOTE = "libro-en-servidor.txt"
_ADDRESS = "CIBERAULA_DB_URL"
SET_ASIDE = ".apartado"
# Beside a notebook in solutions/ lie its text source, with the answers in it, and what judges its stories.
NEVER_RELEASED = ("*.md", "valoracion-*.yml", "players")
TEMPLATES = Path(__file__).parent / "templates"

# nbgrader builds regular expressions and globs out of these folders without escaping them.
_UNSAFE_IN_PATHS = re.compile(r"[\\*?\[\]{}()+|^$]" if os.sep == "/" else r"[*?\[\]{}()+|^$]")


def configure(c: Any) -> None:
    """Set everything an instructor's nbgrader needs, on a traitlets ``Config``. Raises ``UserError`` on an unusable path."""
    _make_alembic_reachable()
    configure_exchange(c)
    root, runs = course_root(), home()
    course = c.CourseDirectory
    course.root = str(root)
    course.source_directory = "solutions"
    course.release_directory = "exercises"
    for step in ("submitted", "autograded", "feedback"):
        setattr(course, f"{step}_directory", _step_folder(root, runs / step))
    course.db_url = gradebook_url()
    (runs / "logs").mkdir(exist_ok=True)
    c.NbGrader.logfile = str(runs / "logs" / "nbgrader.log")
    _configure_generation(c)
    _configure_autograding(c)
    _configure_feedback(c)
    _configure_formgrader(c)


def configure_exchange(c: Any) -> None:
    """Set what trainee and instructor share: the course's name, the exchange folder, which files travel."""
    runs = home()
    exchange = runs / "exchange"
    exchange.mkdir(exist_ok=True)
    course = c.CourseDirectory
    course.course_id = COURSE_ID
    course.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", *NEVER_RELEASED, ".ciberaula"]
    course.max_file_size = 34_000  # kilobytes: what grading takes (``admission``), and a little more
    c.Exchange.root = str(exchange)
    c.Exchange.cache = str(runs / "cache" / "nbgrader")
    # Times are kept in UTC: nbgrader misreads the numeric offsets of zones without a name, Ecuador's among them.
    c.Exchange.timezone = "UTC"
    c.NbGraderAPI.timezone = "UTC"


def gradebook_url(runs: Path | None = None) -> str:
    """Where the gradebook is: ``CIBERAULA_DB_URL``, or a file in ``runs`` (default: the home).

    Raises ``UserError`` where nothing names it and the home's gradebook is on a server. To name the file changes that.
    """
    named = os.environ.get(_ADDRESS)
    if named:
        from ciberaula.grading.patience import patient

        return patient(named)
    folder = runs or home()
    if (folder / SERVER_NOTE).exists():
        raise UserError(
            _(
                "El libro de calificaciones de {home} está en un servidor: indique su dirección en CIBERAULA_DB_URL, en esta "
                "terminal también, y repita la orden; para cambiar a propósito a un archivo, indique {file}."
            ).format(home=folder, file=file_url(folder))
        )
    return file_url(folder)


def file_url(folder: Path) -> str:
    """The address of the gradebook that is a file in ``folder``, whatever signs its path has."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(folder / GRADEBOOK_FILE)).render_as_string(hide_password=False)


def note_place(runs: Path | None = None) -> None:
    """Note in ``runs`` (default: the home) that its gradebook is on a server, or that it is so no longer.

    For whoever has just reached the one that ``CIBERAULA_DB_URL`` names. The note is there or not: it holds no address.
    """
    named = os.environ.get(_ADDRESS)
    if not named:
        return
    note = (runs or home()) / SERVER_NOTE
    if named.startswith("sqlite"):
        note.unlink(missing_ok=True)
    elif not note.exists():
        words = _("El libro de calificaciones de esta cohorte está en un servidor: CIBERAULA_DB_URL dice en cuál.")
        write_atomic(note, f"{words}\n".encode())


def course_config() -> Config:
    """The instructor's configuration, made afresh (``CIBERAULA_HOME`` and ``CIBERAULA_COURSE`` are read each time)."""
    config = Config()
    configure(config)
    return config


def _make_alembic_reachable() -> None:
    """nbgrader starts ``alembic`` by name for a new gradebook: find it though nobody activated the environment."""
    if shutil.which("alembic") is None:
        programs = str(Path(sys.executable).parent)
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])


def _step_folder(root: Path, folder: Path) -> str:
    """How nbgrader is told of a step's folder: relative to the course where it is inside, else absolute."""
    if folder.is_relative_to(root):
        return str(folder.relative_to(root))
    if _UNSAFE_IN_PATHS.search(str(folder)):
        raise UserError(
            _(
                "La ruta {folder} (CIBERAULA_HOME) tiene signos que nbgrader no admite, como paréntesis o corchetes: elija otra."
            ).format(folder=folder)
        )
    return str(folder)


def _configure_generation(c: Any) -> None:
    from nbgrader.converters import GenerateAssignment

    # By name: authoring stands above grading. Without it, formgrader's own button would release bare question cells.
    steps = GenerateAssignment.preprocessors.default_args[0]
    c.GenerateAssignment.preprocessors = [*steps, "ciberaula.authoring.release.ShowQuestions"]
    c.IncludeHeaderFooter.header = ""
    c.IncludeHeaderFooter.footer = ""
    c.ClearSolutions.code_stub = {"python": "# Escriba aquí su código"}
    c.ClearSolutions.text_stub = "Escriba aquí su respuesta"
    c.OverwriteCells.missing_cell_notification = (
        "Faltaba esta celda ({cell_id}) en la entrega; se repuso al calificar.\n\n"
    )


def _configure_autograding(c: Any) -> None:
    from nbconvert.preprocessors import ClearMetadataPreprocessor
    from nbgrader.preprocessors import (
        AssignLatePenalties,
        CheckCellMetadata,
        ClearOutput,
        DeduplicateIds,
        LimitOutput,
        OverwriteCells,
        OverwriteKernelspec,
    )

    from ciberaula.grading.admission import AdmittingExporter
    from ciberaula.grading.autograde import SaveGrades, TwoStageExecute
    from ciberaula.grading.policy import LatePenalty
    from ciberaula.grading.repair import RepairCells
    from ciberaula.grading.rubric import ShowRubric

    c.Autograde.exporter_class = AdmittingExporter
    c.Autograde.sanitize_preprocessors = [
        ClearOutput,
        RepairCells,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        TwoStageExecute,  # in the place of nbgrader's Execute
        ClearMetadataPreprocessor,
        LimitOutput,
        SaveGrades,  # nbgrader's SaveAutoGrades, which also knows «no se pudo calificar»
        AssignLatePenalties,
        ShowRubric,
        CheckCellMetadata,
    ]
    c.AssignLatePenalties.plugin_class = LatePenalty
    # Off unless an instructor turns it on; ours must survive it then.
    c.ClearMetadataPreprocessor.preserve_cell_metadata_mask = {"nbgrader", "ciberaula"}
    c.ClearMetadataPreprocessor.clear_notebook_metadata = False


def _configure_formgrader(c: Any) -> None:
    # nbconvert shows HTML in a trainee's text as HTML: a script in an answer would run with the instructor's rights.
    # And it looks for the addresses of an old notebook server, which a few thousand brackets keep busy for minutes.
    c.HTMLExporter.filters = {
        "markdown2html": "ciberaula.classroom.markup.to_html",
        "strip_files_prefix": "ciberaula.classroom.markup.as_it_is",
    }


def _configure_feedback(c: Any) -> None:
    from ciberaula.grading.feedback import FeedbackExporter, PrepareFeedback

    c.GenerateFeedback.preprocessors = [PrepareFeedback]
    c.GenerateFeedback.exporter_class = FeedbackExporter
    c.GenerateFeedback.post_convert_hook = "ciberaula.grading.feedback.keep_pages_only"

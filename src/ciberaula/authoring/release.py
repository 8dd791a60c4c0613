"""``solutions/`` to ``exercises/`` through nbgrader's own ``generate_assignment``."""

import logging
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from ciberaula.authoring.running import run
from ciberaula.errors import UserError
from ciberaula.grading.config import NEVER_RELEASED
from ciberaula.i18n import _
from ciberaula.paths import environment

CONFIG = "grading/nbgrader_config.py"
# How a traceback in nbgrader's log begins to tell a mistake that we named ourselves.
_OUR_ERROR = f"{UserError.__module__}.{UserError.__qualname__}: "


class ShowQuestions(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no types
    """Runs the cells that only show something, so that the release can be read without a kernel.

    Comes last in ``GenerateAssignment.preprocessors``: hidden tests and solutions are gone by then. Graded cells and those
    that a trainee fills in are never run. nbgrader's checksums leave outputs out.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:  # type: ignore[type-arg]
        """Store the outputs of the cells that show questions, scenarios, stories, cards and tools."""
        folder = Path(resources["metadata"]["path"]).resolve()
        name = f"{folder.name}/{resources['metadata']['name']}"
        run(nb, course=folder.parents[1], folder=folder, name=name, chosen=_only_shows)
        for cell in nb.cells:
            if cell.cell_type == "code":
                # An «In [3]» would tell a trainee that they ran what they did not.
                cell.execution_count = None
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = None
        return nb, resources


def _only_shows(cell: NotebookNode) -> bool:
    settings = cell.metadata.get("nbgrader", {})
    return not settings.get("grade") and not settings.get("solution") and not settings.get("task")


def settings(course: Path, runs: Path) -> Config:
    """The course's nbgrader configuration, with what a release needs whoever starts it.

    The configuration makes the folders of a run as it loads: here in ``runs``, so that building touches no real ones.
    """
    config = Config()
    if (course / CONFIG).is_file():
        with environment(CIBERAULA_COURSE=str(course), CIBERAULA_HOME=str(runs)):
            config = PyFileConfigLoader(Path(CONFIG).name, path=str((course / CONFIG).parent)).load_config()
    ignored = config.CourseDirectory.get("ignore", CourseDirectory.ignore.default_args[0])
    config.CourseDirectory.ignore = [*ignored, *(pattern for pattern in NEVER_RELEASED if pattern not in ignored)]
    steps = list(config.GenerateAssignment.get("preprocessors", GenerateAssignment.preprocessors.default_args[0]))
    if ShowQuestions not in steps and f"{ShowQuestions.__module__}.{ShowQuestions.__name__}" not in steps:
        steps.append(ShowQuestions)
    config.GenerateAssignment.preprocessors = steps
    return config


def generate(course: Path, staging: Path) -> None:
    """Release every assignment of ``staging/solutions`` into ``staging/exercises`` with the settings of ``course``.

    Raises ``UserError`` with what nbgrader complained of.
    """
    config = settings(course, staging / "var")
    config.CourseDirectory.root = str(staging)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "exercises"
    # nbgrader's own switch for a release without a gradebook (its --no-db): building never touches the course's.
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    complaints: list[str] = []
    for folder in sorted(path for path in (staging / "solutions").iterdir() if path.is_dir()):
        config.CourseDirectory.assignment_id = folder.name
        directory = CourseDirectory(config=config)
        try:
            GenerateAssignment(coursedir=directory, config=config, force=True, log=_logger(complaints)).start()
        except (NbGraderException, SystemExit, ValueError) as error:
            raise UserError(
                _("solutions/{folder}: nbgrader no pudo generar la tarea ({reason}); corrija la fuente .md.").format(
                    folder=folder.name, reason=_reason(complaints) or error
                )
            ) from error


def _reason(complaints: list[str]) -> str:
    """What the exception said that nbgrader logged as a traceback, in one line; otherwise its first complaint."""
    for complaint in complaints:
        if complaint.startswith("Traceback"):
            return complaint.strip().rpartition("\n")[2].removeprefix(_OUR_ERROR)[:400]
    return " ".join(complaints[0].split())[:400] if complaints else ""


def _logger(complaints: list[str]) -> logging.Logger:
    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(record.getMessage())

    logger = logging.Logger("ciberaula.release")
    logger.addHandler(Keep(level=logging.ERROR))
    return logger

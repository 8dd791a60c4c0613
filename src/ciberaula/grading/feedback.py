"""nbgrader's feedback through our template: what stands between a graded notebook and the trainee's page.

``PrepareFeedback`` turns a graded notebook into plain data for the template ``ciberaula-feedback`` and empties the
notebook, so that no source of a test, no traceback and no output can reach the page, not even by a mistake in the
template.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from ciberaula.grading import ledger
from ciberaula.grading.config import TEMPLATES, course_config
from ciberaula.grading.feedback_page import page_of, question_texts
from ciberaula.grading.repair import coursedir_of, submission_folders
from ciberaula.grading.standing import standings_of

TEMPLATE = "ciberaula-feedback"
NAMED_BY = "submission_secret.txt"  # nbgrader names a released page after what is in it
KEPT = ("timestamp.txt", NAMED_BY)  # nbgrader needs both to release a page


class PrepareFeedback(NbGraderPreprocessor):  # type: ignore[misc]
    """Make ``resources["ciberaula_page"]`` out of a graded notebook, and leave no cell of it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Build the page of the submission that ``resources["nbgrader"]`` names."""
        about = resources["nbgrader"]
        assignment, student = about["assignment"], about["student"]
        with ledger.reading(about["db_url"]) as connection:
            standing = standings_of(connection, assignment, [student])[student][about["notebook"]]
            kept = kept_of(ledger.attempts_of(connection, assignment, [student]).get(student, []))
        texts = question_texts(coursedir_of(self), assignment)
        resources["ciberaula_page"] = page_of(nb, standing, texts, assignment=assignment, student=student, kept=kept)
        nb.cells = []
        return nb, resources


class FeedbackExporter(TemplateExporter):  # type: ignore[misc]
    """The template, and nothing of nbconvert's pages around it: their scripts, styles and rewriting of the HTML.

    The methods are traitlets' defaults by name: a configuration may say otherwise.
    """

    export_from_notebook = None
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_extension_default(self) -> str:
        return ".html.j2"

    def _template_name_default(self) -> str:
        return TEMPLATE

    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]


def kept_of(attempts: Sequence[ledger.Attempt]) -> bool:
    """True when an attempt later than the one that counts was graded, and the earlier one goes on counting."""
    return any(one.counts for one in attempts) and not attempts[-1].counts and attempts[-1].state != "failed"


def keep_pages_only(*, assignment: str, student: str, notebooks: Iterable[str]) -> None:
    """Hook of nbgrader after a feedback page is made: drop the copies of the submission's files from its folder."""
    course = CourseDirectory(config=course_config())
    for folder in submission_folders(course, course.feedback_directory, student, assignment):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.suffix != ".html" and path.name not in KEPT:
                path.unlink()

"""The run of a cohort through nbgrader: release, collect, autograde, feedback, each with typed outcomes.

Thin on purpose: everything is nbgrader's own work (``NbGraderAPI``), asked one submission at a time, so that whatever
is wrong with one costs only that one.
"""

import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nbgrader.apps.api import NbGraderAPI

from ciberaula.errors import UserError
from ciberaula.grading import collecting, engine
from ciberaula.grading.checks import check_gradebook, check_room, place_of
from ciberaula.grading.config import COURSE_ID, course_config, note_place
from ciberaula.grading.intake import Desk
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.pages import FeedbackDesk, Shown
from ciberaula.grading.policy import policy_of
from ciberaula.grading.roster import read_roster
from ciberaula.grading.trusted import scoring_batch
from ciberaula.i18n import _
from ciberaula.paths import home

# What running a notebook leaves beside it; in solutions/ it would be released to everyone and overwrite their work.
_TRACES = ("respuestas.json", "registro.jsonl", "timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class Step:
    """Whether one of nbgrader's steps worked, and one Spanish line for the instructor where it did not.

    ``told``: what it did, where there is more to say than that.
    """

    done: bool
    reason: str | None = None
    told: str | None = None


class Cohort:
    """The course's nbgrader, configured as ``ciberaula.grading.config`` says."""

    def __init__(self) -> None:
        self.config = course_config()
        check_room(home())
        check_gradebook(str(self.config.CourseDirectory.db_url))
        note_place()
        self.api = NbGraderAPI(config=self.config)
        self.api.log.setLevel(logging.INFO)

    @property
    def db_url(self) -> str:
        """Where the gradebook is."""
        return str(self.api.coursedir.db_url)

    def folder(self, step: Literal["submitted", "autograded", "feedback"], student: str, assignment: str) -> Path:
        """The folder of one trainee's work at one step."""
        course = self.api.coursedir
        return Path(course.format_path(getattr(course, f"{step}_directory"), student, assignment)).resolve()

    def desk(self) -> Desk:
        """Where bundles are taken in: the roster's trainees and the assignments that were generated."""
        release = Path(self.api.coursedir.format_path(self.api.coursedir.release_directory, ".", ".")).resolve()
        assignments = {
            folder.name: frozenset(path.name for path in folder.glob("*.ipynb"))
            for folder in sorted(release.iterdir() if release.is_dir() else [])
            if any(folder.glob("*.ipynb"))
        }
        submitted = self.folder("submitted", ".", ".")
        return Desk(
            read_roster(),
            assignments,
            submitted,
            waiting_room=None if sys.platform == "win32" else Path(self.api.exchange_root) / COURSE_ID / "inbound",
            one_by_one={name for name in assignments if policy_of(name).one_by_one},
        )

    def require(self, assignment: str) -> None:
        """Raise ``UserError`` in one line unless ``assignment`` is one of those in ``solutions/``."""
        known = sorted(self.api.get_source_assignments())
        if assignment not in known:
            raise UserError(
                _("No existe la tarea {name}: use una de {known}.").format(
                    name=assignment, known=", ".join(known) or _("ninguna todavía")
                )
            )

    def generate(self, assignment: str) -> Step:
        """Derive ``exercises/<assignment>`` from ``solutions/`` and record its cells in the gradebook."""
        self.require(assignment)
        source = Path(self.api.coursedir.format_path(self.api.coursedir.source_directory, ".", assignment))
        for name in _TRACES:
            if (source / name).exists():
                raise UserError(
                    _("En solutions/{name} hay un {file} de prueba que llegaría a todas las personas: bórrelo.").format(
                        name=assignment, file=name
                    )
                )
        return self._step(self.api.generate_assignment(assignment))

    def release(self, assignment: str) -> Step:
        """Generate the assignment and put it in the exchange, in the place of an earlier release."""
        generated = self.generate(assignment)
        if not generated.done:
            return generated
        if assignment in self.api.get_released_assignments():
            self.api.unrelease(assignment)
        return self._step(self.api.release_assignment(assignment))

    def collect(self, assignment: str) -> Step:
        """Bring what was submitted through the exchange into ``submitted/``: of each trainee the latest, or the next one
        where the plan lets earlier attempts count."""
        self.require(assignment)
        self._know_everybody()
        if sys.platform == "win32":
            return self._step(None)
        try:
            collected = collecting.collect(self.config, assignment)
        except UserError as error:
            return Step(False, str(error))
        return Step(not collected.refused, collected.told(), f"{assignment}: {collected.counted()}.")

    def autograde(self, assignment: str, student: str | None = None, *, force: bool = False) -> Iterator[Graded]:
        """Grade one submission or all, and go on after any that fails. ``force`` grades again what is not new."""
        self.require(assignment)
        submitted = self.api.get_submitted_students(assignment)
        if student is not None and student not in submitted:
            raise not_handed_in(student, assignment)
        grader = engine.Engine(self.config)
        waiting = grader.pending(assignment, sorted(submitted) if student is None else [student], force=force)
        with scoring_batch():
            for one in waiting.todo:
                yield from grader.grade(engine.Order(assignment, (one,), force))
        for one in waiting.unchanged:
            yield Graded(one, "unchanged")

    def _know_everybody(self) -> None:
        """Put the ids of the roster in the gradebook, with the id for a name: names stay in the roster."""
        with self.api.gradebook as gradebook:
            for student in read_roster():
                gradebook.update_or_create_student(student, first_name=student, last_name=_("Participante"))

    def _step(self, result: dict[str, Any] | None) -> Step:
        if result is None:
            return Step(
                False, _("En Windows nbgrader no tiene intercambio: use «ciberaula bundle» y «ciberaula collect».")
            )
        return Step(True) if result["success"] else Step(False, _plain_reason(result, place_of(self.db_url)))

    def feedback(self, assignment: str, student: str | None = None, *, release: bool = True) -> list[Shown]:
        """Write the feedback pages of one trainee or of all that were graded, and put them where trainees fetch them."""
        self.require(assignment)
        desk = FeedbackDesk(assignment)
        graded = desk.graded()
        if student is not None and student not in graded:
            raise self._not_graded(student, assignment)
        students = graded if student is None else [student]
        if not students:
            raise UserError(
                _("No hay nada calificado de {name}: califique primero (ciberaula grade {name}).").format(
                    name=assignment
                )
            )
        return desk.show(students, release=release)

    def _not_graded(self, student: str, assignment: str) -> UserError:
        if not self.folder("submitted", student, assignment).is_dir():
            return not_handed_in(student, assignment)
        return UserError(
            _(
                "La entrega de {student} no está calificada: califique primero (ciberaula grade {name} --student {student})."
            ).format(student=student, name=assignment)
        )


def not_handed_in(student: str, assignment: str) -> UserError:
    """What to say of somebody who handed in nothing of an assignment, or of several named in one text."""
    return UserError(
        _("No hay entrega de {student} en {name}: recójala primero (ciberaula collect).").format(
            student=student, name=assignment
        )
    )


_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*(Error|Exception|Entry|Warning)\b")

# What nbgrader's log shows of a failure -> what to tell the instructor.
_KNOWN_FAILURES = (
    (
        ("NotJSONError", "not appear to be JSON", "JSONDecodeError"),
        _("el cuaderno está dañado (no es JSON); pida otra entrega"),
    ),
    (("UnicodeDecodeError",), _("el cuaderno no está en UTF-8; pida otra entrega")),
    (
        ("NotebookValidationError", "nbformat.validator"),
        _("el cuaderno no tiene el formato de Jupyter; pida otra entrega"),
    ),
    (("No notebooks were matched", "did you forget to run"), _("la entrega no trae el cuaderno de la tarea")),
    (
        ("There was an error accessing the nbgrader database",),
        _("no se pudo usar el libro de calificaciones ({place})"),
    ),
    (("already exists, add --force", "Destination already exists"), _("ya estaba publicada")),
    (("Course not found",), _("el intercambio está vacío: publique la tarea primero (ciberaula release)")),
    (("No space left",), _("no queda espacio en disco")),
)


def _plain_reason(result: dict[str, Any], place: str) -> str:
    told = f"{result.get('log', '')}\n{result.get('error', '')}"
    for marks, words in _KNOWN_FAILURES:
        if any(mark in told for mark in marks):
            return words.format(place=place)
    raised = [line for line in told.splitlines() if _EXCEPTION.match(line) and "NbGraderException" not in line]
    last = raised[0] if raised else _("sin detalle")
    return _("nbgrader se detuvo: {error} (el detalle está en logs/nbgrader.log)").format(error=last.strip()[:200])

"""``ciberaula grade``: grade what was handed in, on all cores or on several machines, and tell how it goes."""

import argparse
import contextlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ciberaula.errors import UserError
from ciberaula.grading.plainly import plainly
from ciberaula.i18n import _, ngettext

if TYPE_CHECKING:
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.grading_display import Display, Meter
    from ciberaula.grading.outcomes import Graded

# The handler imports what it needs: nbgrader takes a second to load, and most commands do without.


def add_commands(subparsers: Any) -> None:
    """Add ``grade``. It sets ``run``: a function of the parsed arguments that returns an exit code."""
    words = _("Califica lo entregado: de las tareas que se indiquen, o de todas.")
    command = subparsers.add_parser("grade", help=words, description=words)
    command.set_defaults(run=plainly(run))
    command.add_argument("assignments", nargs="*", metavar="assignment", help=_("La tarea; sin ninguna, todas."))
    command.add_argument("--student", action="append", help=_("Solo esta persona; puede repetirse."))
    command.add_argument("--force", action="store_true", help=_("Califica también lo que ya estaba calificado."))
    command.add_argument(
        "--scheduler", metavar="tcp://…:8786", help=_("Un planificador de Dask, para usar varias máquinas.")
    )
    command.add_argument("--workers", type=int, help=_("Cuántos procesos (por defecto, uno por procesador)."))
    command.add_argument("--json", action="store_true", help=_("Un objeto JSON por línea, para programas."))


@dataclass(frozen=True)
class _Part:
    """What there is to do for one assignment."""

    assignment: str
    todo: tuple[str, ...]
    unchanged: tuple[str, ...]


def run(options: argparse.Namespace) -> int:
    """Grade what is pending. 0: all of it has its marks; 1: something could not be graded, and it was told."""
    if options.workers is not None and options.workers < 1:
        raise UserError(_("--workers necesita un número desde 1."))
    from ciberaula.grading import cluster_start

    if (options.workers or 1) > 1 and not options.scheduler:
        cluster_start.begin()  # loads while this process does
    cluster_start.import_quickly()
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.grading_display import Meter, shown

    cohort = Cohort()
    parts = _parts(cohort, options)
    if not parts:
        print(_("Todavía no hay nada entregado: recójalo primero (ciberaula collect)."))
        return 0
    meter = Meter(sum(len(part.todo) + len(part.unchanged) for part in parts))
    with shown(meter, as_json=options.json, several=len(parts) > 1) as (display, draw):
        told = _Told(cohort, meter, display)
        for part in parts:
            told.unchanged(part)
        draw()
        try:
            waiting = parts
            while waiting:
                _grade(waiting, options, told, draw)
                waiting = _next_attempts(cohort, waiting, meter)
        except KeyboardInterrupt:
            with contextlib.suppress(KeyboardInterrupt):
                _tell_interrupted(meter)
            raise
        for part in parts:
            if part.todo:
                _tell_same_logs(cohort, part.assignment, display)
        meter.written = _written(cohort, parts)
        display.end()
    return 1 if meter.counts["failed"] or meter.counts["not_gradable"] else 0


def _parts(cohort: "Cohort", options: argparse.Namespace) -> list[_Part]:
    from ciberaula.grading.engine import pending

    named = list(dict.fromkeys(options.assignments))
    for assignment in named:
        cohort.require(assignment)
    handed_in = {name: _handed_in(cohort, name) for name in named or sorted(cohort.api.get_source_assignments())}
    chosen = _chosen(handed_in, options.student)
    parts = []
    for assignment, students in chosen.items():
        if students:
            found = pending(assignment, students, force=options.force)
            parts.append(_Part(assignment, found.todo, found.unchanged))
    return parts


def _handed_in(cohort: "Cohort", assignment: str) -> list[str]:
    return sorted(cohort.api.get_submitted_students(assignment))


def _chosen(handed_in: dict[str, list[str]], asked: Sequence[str] | None) -> dict[str, list[str]]:
    """The students to grade in each assignment. ``UserError`` where somebody asked for handed in nothing."""
    if not asked:
        return handed_in
    from ciberaula.grading.cohort import not_handed_in

    for student in asked:
        if not any(student in students for students in handed_in.values()):
            raise not_handed_in(student, ", ".join(handed_in))
    return {name: [one for one in students if one in asked] for name, students in handed_in.items()}


class _Told:
    """Counts and shows what became of submissions, and how late each was."""

    def __init__(self, cohort: "Cohort", meter: "Meter", display: "Display") -> None:
        self._cohort, self._meter, self._display = cohort, meter, display
        self._due: dict[str, dict[str, datetime | None]] = {}

    def unchanged(self, part: _Part) -> None:
        """Tell of those of ``part`` who have nothing new."""
        from ciberaula.grading.outcomes import Graded

        self.expect(part)
        for student in part.unchanged:
            self.outcome(part.assignment, Graded(student, "unchanged"))

    def expect(self, part: _Part) -> None:
        """Look up until when each of ``part`` had."""
        from sqlalchemy.orm import Session

        from ciberaula.grading import ledger
        from ciberaula.grading.policy import dues_of

        with ledger.reading(self._cohort.db_url) as connection:
            found = dues_of(Session(bind=connection), part.assignment, [*part.todo, *part.unchanged])
        self._due.setdefault(part.assignment, {}).update(found)

    def outcome(self, assignment: str, graded: "Graded") -> None:
        """Tell of one submission."""
        # The engine says it of what it graded; here, of what has nothing new or could not be opened.
        late = graded.seconds_late or self._seconds_late(assignment, graded.student)
        graded = replace(graded, seconds_late=late)
        self._meter.count_one(graded)
        self._display.outcome(assignment, graded)

    def _seconds_late(self, assignment: str, student: str) -> int:
        from ciberaula.grading.lateness import seconds_late
        from ciberaula.grading.submission_files import handed_in_at

        due = self._due.get(assignment, {}).get(student)
        if due is None:
            return 0
        try:
            return seconds_late(handed_in_at(self._cohort.folder("submitted", student, assignment)), due)
        except (OSError, UserError):
            return 0  # grading has told what is wrong with it


def _grade(parts: Sequence[_Part], options: argparse.Namespace, told: _Told, draw: Any) -> None:
    from ciberaula.grading import cluster

    todo = [part for part in parts if part.todo]
    count = sum(len(part.todo) for part in todo)
    if not count:
        return
    for part in todo:
        told.expect(part)
    names = [part.assignment for part in todo]
    with cluster.pool(names, count, scheduler=options.scheduler, workers=options.workers) as pool:
        waiting = [
            order
            for part in todo
            for order in cluster.orders(part.assignment, part.todo, pool.size, force=options.force)
        ]
        for order, outcomes in pool.grade(waiting):
            for graded in outcomes:
                told.outcome(order.assignment, graded)
            draw()


def _next_attempts(cohort: "Cohort", parts: Sequence[_Part], meter: "Meter") -> list[_Part]:
    """Bring in the next attempt of each trainee, where the plan lets an earlier one count, and say what there is to grade."""
    from ciberaula.grading.collecting import next_round
    from ciberaula.grading.engine import pending

    found = []
    for part in parts:
        brought = next_round(cohort.config, part.assignment).brought
        todo = pending(part.assignment, brought).todo if brought else ()
        if todo:
            meter.total += len(todo)
            found.append(_Part(part.assignment, todo, ()))
    return found


def _written(cohort: "Cohort", parts: Iterable[_Part]) -> dict[str, dict[str, int]]:
    """assignment -> student -> written answers that wait for a person, of all that this run was about."""
    from ciberaula.grading import ledger
    from ciberaula.grading.written import waiting_for_a_person

    with ledger.reading(cohort.db_url) as connection:
        return {
            part.assignment: waiting_for_a_person(connection, part.assignment, [*part.todo, *part.unchanged])
            for part in parts
        }


def _tell_interrupted(meter: "Meter") -> None:
    left = meter.total - meter.done
    words = ngettext(
        "Interrumpido: queda {count} entrega por calificar y nada quedó a medias. Repita la orden para seguir.",
        "Interrumpido: quedan {count} entregas por calificar y nada quedó a medias. Repita la orden para seguir.",
        left,
    )
    print(words.format(count=left), file=sys.stderr, flush=True)


def _tell_same_logs(cohort: "Cohort", assignment: str, display: "Display") -> None:
    from ciberaula.grading.same_logs import same_logs

    handed_in = _handed_in(cohort, assignment)
    for line in same_logs({one: cohort.folder("submitted", one, assignment) for one in handed_in}):
        display.note(assignment, line)

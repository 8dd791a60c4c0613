"""Commands of the instructor's desk about time, attempts and changes by hand."""

import argparse
import getpass
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ciberaula.errors import UserError
from ciberaula.grading.plainly import plainly
from ciberaula.i18n import _, ngettext

# Each handler imports what it needs: nbgrader takes a second to load, and most commands do without.


def add_commands(subparsers: Any) -> None:
    """Add ``deadline``, ``extension``, ``override``, ``overrides`` and ``attempts``."""
    zone = _("Zona horaria, por ejemplo America/Guayaquil; al mostrar, por defecto la de este equipo.")
    whose = _("Identificador de la persona.")
    command = _command(subparsers, "deadline", _deadline, _("Muestra, pone o quita la fecha límite de una tarea."))
    command.add_argument(
        "date", nargs="?", help=_("Fecha, por ejemplo 2026-03-02T23:59-05:00, o «none» para quitarla.")
    )
    command.add_argument("--zone", help=zone)

    command = _command(subparsers, "extension", _extension, _("Da a una persona más tiempo que la fecha límite."))
    command.add_argument("student", help=whose)
    command.add_argument("time", help=_("Minutos, o una cifra con h o d: 12h, 3d. Con 0 se retira la prórroga."))
    command.add_argument("--zone", help=zone)
    _add_signature(command, _("Motivo; queda guardado con la fecha."))

    command = _command(subparsers, "override", _override, _("Cambia a mano los puntos de una pregunta."))
    command.add_argument("student", help=whose)
    command.add_argument("item", help=_("Identificador de la pregunta, por ejemplo p04."))
    command.add_argument("points", help=_("Puntos, o «test» para que vuelva a valer la prueba."))
    _add_signature(
        command,
        _(
            "Motivo; queda guardado con la fecha, y la persona lo lee en su retroalimentación: escríbalo para ella y no "
            "nombre a nadie más."
        ),
    )

    _command(subparsers, "overrides", _overrides, _("Muestra los cambios hechos a mano en una tarea."))

    command = _command(subparsers, "attempts", _attempts, _("Muestra los intentos calificados y cuál cuenta."))
    command.add_argument("--student", help=_("Solo esta persona."))


def _command(
    subparsers: Any, name: str, run: Callable[[argparse.Namespace], int], words: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = subparsers.add_parser(name, help=words, description=words)
    command.set_defaults(run=plainly(run))
    command.add_argument("assignment", help=_("La tarea."))
    return command


def _add_signature(command: argparse.ArgumentParser, reason: str) -> None:
    command.add_argument("--reason", default="", help=reason)
    command.add_argument("--author", help=_("Quién lo decide (por defecto, su cuenta en este equipo)."))


def _say(line: str) -> None:
    print(line, flush=True)


def _db_url(assignment: str) -> str:
    from ciberaula.grading.cohort import Cohort

    cohort = Cohort()
    cohort.require(assignment)
    return cohort.db_url


def _known_student(student: str) -> None:
    from ciberaula.grading.roster import read_roster

    if student not in read_roster():
        raise UserError(
            _("No hay nadie con el id «{student}» en la lista de participantes: revise roster.csv.").format(
                student=student[:64]
            )
        )


def _deadline(options: argparse.Namespace) -> int:
    from ciberaula.grading.deadlines import deadline_of, read_moment, set_deadline

    db_url = _db_url(options.assignment)
    if options.date is None:
        _say_due(options, deadline_of(db_url, options.assignment))
        return 0
    moment = None if options.date.lower() == "none" else read_moment(options.date, options.zone)
    change = set_deadline(db_url, options.assignment, moment)
    _say_due(options, change.due)
    _say_change(options.assignment, change)
    return 0


def _extension(options: argparse.Namespace) -> int:
    from ciberaula.grading.deadlines import grant_extension, read_minutes, shown

    db_url = _db_url(options.assignment)
    _known_student(options.student)
    change = grant_extension(
        db_url,
        options.assignment,
        options.student,
        read_minutes(options.time),
        author=options.author or getpass.getuser(),
        reason=options.reason,
    )
    if change.due is None:
        _say(
            _("{student}: prórroga guardada; {name} no tiene fecha límite todavía.").format(
                student=options.student, name=options.assignment
            )
        )
    else:
        _say(
            _("{student}: puede entregar {name} hasta {due}.").format(
                student=options.student, name=options.assignment, due=shown(change.due, options.zone)
            )
        )
    _say_change(options.assignment, change)
    return 0


def _say_due(options: argparse.Namespace, due: datetime | None) -> None:
    from ciberaula.grading.deadlines import shown

    words = _("{name}: sin fecha límite.") if due is None else _("{name}: fecha límite {due}.")
    # A zone that came with the date itself is shown too.
    zone = options.zone or next((word for word in (options.date or "").split()[1:] if "/" in word), None)
    _say(words.format(name=options.assignment, due=shown(due, zone) if due else ""))


def _say_change(assignment: str, change: Any) -> None:
    if change.penalties:
        _say(
            ngettext(
                "Cambió {count} descuento por entrega tardía.",
                "Cambiaron {count} descuentos por entrega tardía.",
                change.penalties,
            ).format(count=change.penalties)
        )
    for student in change.could_count:
        _say(
            _("{student}: su última entrega ahora contaría; califíquela otra vez: {command}").format(
                student=student, command=f"ciberaula grade {assignment} --student {student} --force"
            )
        )


def _override(options: argparse.Namespace) -> int:
    from ciberaula.grading.overrides import override

    db_url = _db_url(options.assignment)
    made = override(
        db_url,
        options.assignment,
        options.student,
        options.item,
        _points(options.points),
        author=options.author or getpass.getuser(),
        reason=options.reason,
    )
    _say(_line(made))
    _say(
        _("{student} lo leerá, con el motivo, cuando publique de nuevo: {command}").format(
            student=made.student, command=f"ciberaula feedback {made.assignment} --student {made.student}"
        )
    )
    return 0


def _points(text: str) -> float | None:
    if text.strip().lower() == "test":
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise UserError(_("«{text}» no son puntos: escriba un número o «test».").format(text=text[:40])) from error


def _overrides(options: argparse.Namespace) -> int:
    from ciberaula.grading.overrides import overrides_of

    made = overrides_of(_db_url(options.assignment), options.assignment)
    for one in made:
        _say(_line(one))
    if not made:
        _say(_("{name}: sin cambios a mano.").format(name=options.assignment))
    return 0


def _line(made: Any) -> str:
    from ciberaula.grading.deadlines import shown
    from ciberaula.grading.words import number

    def points(value: float | None, none: str) -> str:
        return none if value is None else number(value)

    return _("{student} · {item}: {before} → {after} ({author}, {at}). Motivo: {reason}").format(
        student=made.student,
        item=made.item,
        before=points(made.before, _("sin puntos")),
        after=points(made.points, _("lo que diga la prueba")),
        author=made.author,
        at=shown(made.made_at, "UTC"),
        reason=made.reason,
    )


def _attempts(options: argparse.Namespace) -> int:
    from sqlalchemy.orm import Session

    from ciberaula.grading import ledger
    from ciberaula.grading.deadlines import shown
    from ciberaula.grading.lateness import after_deadline, seconds_late
    from ciberaula.grading.policy import dues_of
    from ciberaula.grading.words import number

    with ledger.reading(_db_url(options.assignment)) as connection:
        found = ledger.attempts_of(connection, options.assignment, [options.student] if options.student else None)
        dues = dues_of(Session(bind=connection), options.assignment, list(found))
    states = {"not_gradable": _("no se pudo calificar del todo"), "failed": _("no se calificó")}
    for student, attempts in sorted(found.items()):
        for one in attempts:
            late = seconds_late(one.submitted_at, dues[student])
            told = [
                shown(one.submitted_at, "UTC") if one.submitted_at else _("sin fecha"),
                after_deadline(late) if late else "",
                _("{points} puntos por prueba").format(points=number(one.points)) if one.points is not None else "",
                states.get(one.state, ""),
                _("cuenta") if one.counts else _("no cuenta"),
            ]
            words = ", ".join(word for word in told if word)
            _say(_("{student} · entrega n.º {number}: {words}").format(student=student, number=one.number, words=words))
    if not found:
        _say(_("{name}: todavía no hay intentos calificados.").format(name=options.assignment))
    return 0

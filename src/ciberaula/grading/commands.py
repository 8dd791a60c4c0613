"""Commands of the instructor's desk, and the trainee's ``bundle``: added to the one command line by ``ciberaula.cli``."""

import argparse
import getpass
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciberaula.errors import UserError
from ciberaula.grading.plainly import plainly
from ciberaula.i18n import _, ngettext

if TYPE_CHECKING:
    from ciberaula.grading.double_marking import Agreement

# Each handler imports what it needs: nbgrader takes a second to load, and most commands do without.


def add_commands(subparsers: Any) -> None:
    """Add the grading commands. Each sets ``run``: a function of the parsed arguments that returns an exit code."""
    command = _command(
        subparsers, "bundle", _bundle, _("Prepara un solo archivo con su tarea para entregarla sin red.")
    )
    command.add_argument(
        "folder", type=Path, nargs="?", default=Path(), help=_("Carpeta de la tarea (por defecto, esta).")
    )
    command.add_argument("--id", default=None, help=_("Su identificador de participante."))
    command.add_argument("--output", type=Path, default=None, help=_("Dónde guardar el archivo."))

    command = _command(
        subparsers, "collect", _collect, _("Recibe paquetes de entrega (o lo entregado por el intercambio).")
    )
    command.add_argument("files", type=Path, nargs="*", help=_("Paquetes .zip recibidos."))
    command.add_argument("--assignment", help=_("Recoge del intercambio lo entregado de esta tarea."))

    command = _command(subparsers, "release", _release, _("Genera y publica una tarea."))
    _add_assignment(command)

    command = _command(subparsers, "feedback", _feedback, _("Escribe las páginas de retroalimentación y las publica."))
    _add_assignment(command)
    command.add_argument("--student", help=_("Solo esta persona."))
    command.add_argument("--no-release", action="store_true", help=_("No publica; deja las páginas en feedback/."))

    command = _command(subparsers, "grade-rubric", _grade_rubric, _("Califica una respuesta escrita con la rúbrica."))
    _add_assignment(command)
    command.add_argument("student", help=_("Identificador de quien escribió."))
    command.add_argument("levels", nargs="+", metavar="criterio=puntos", help=_("El nivel elegido en cada criterio."))
    command.add_argument(
        "--comment", action="append", default=[], help=_("Identificador de un comentario de la rúbrica.")
    )
    command.add_argument("--author", default=None, help=_("Quién califica (por defecto, su cuenta en este equipo)."))

    command = _command(
        subparsers,
        "double-marking",
        _double_marking,
        _("Sortea qué respuestas escritas lee una segunda persona, guarda su juicio y mide el acuerdo."),
    )
    _add_assignment(command)
    command.add_argument("--student", help=_("De quién es la respuesta que se juzga."))
    command.add_argument("--levels", nargs="+", metavar="criterio=puntos", help=_("El nivel elegido en cada criterio."))
    command.add_argument("--author", help=_("Quién hace la segunda lectura."))


def _command(
    subparsers: Any, name: str, run: Callable[[argparse.Namespace], int], words: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = subparsers.add_parser(name, help=words, description=words)
    command.set_defaults(run=plainly(run))
    return command


def _add_assignment(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment", help=_("La tarea."))


def _say(line: str) -> None:
    print(line, flush=True)


def _bundle(options: argparse.Namespace) -> int:
    from ciberaula.classroom.participant import LOCAL_STUDENT
    from ciberaula.grading.bundle import HOW_TO_SAY_WHO, write_bundle

    # A hub's accounts are the institution's; a classroom on an own machine calls everybody LOCAL_STUDENT.
    given = (os.environ.get("CIBERAULA_STUDENT"), os.environ.get("JUPYTERHUB_USER"))
    student = options.id or next((name for name in given if name and name != LOCAL_STUDENT), None)
    if not student:
        raise UserError(_("Falta saber de quién es la tarea: {how}.").format(how=HOW_TO_SAY_WHO))
    path = write_bundle(options.folder, student=student, target=options.output)
    _say(_("Listo: {path}. Envíe ese archivo a quien acompaña el curso.").format(path=path))
    return 0


def _collect(options: argparse.Namespace) -> int:
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.intake import collect

    if not options.files and not options.assignment:
        raise UserError(_("Indique los paquetes .zip recibidos, o --assignment para recoger del intercambio."))
    cohort = Cohort()
    refused = 0
    if options.assignment:
        step = cohort.collect(options.assignment)
        if step.told:
            _say(step.told)
        if step.reason:
            _say(step.reason)
        refused += not step.done
    if options.files:
        for intake in collect(options.files, cohort.desk()):
            _say(intake.message)
            refused += intake.state == "refused"
    return 1 if refused else 0


def _release(options: argparse.Namespace) -> int:
    from ciberaula.grading.cohort import Cohort

    step = Cohort().release(options.assignment)
    _say(_("{name}: publicada.").format(name=options.assignment) if step.done else str(step.reason))
    return 0 if step.done else 1


def _feedback(options: argparse.Namespace) -> int:
    from ciberaula.grading.cohort import Cohort

    shown = Cohort().feedback(options.assignment, options.student, release=not options.no_release)
    for one in shown:
        if one.reason:
            _say(f"{one.student}: {one.reason}")
    done = sum(one.state != "failed" for one in shown)
    words = ngettext(
        "{name}: retroalimentación lista de {n} persona.", "{name}: retroalimentación lista de {n} personas.", done
    )
    _say(words.format(name=options.assignment, n=done))
    return 0 if done == len(shown) else 1


def _grade_rubric(options: argparse.Namespace) -> int:
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.rubric import grade_rubric
    from ciberaula.grading.words import number

    cohort = Cohort()
    cohort.require(options.assignment)
    points = grade_rubric(
        db_url=cohort.db_url,
        assignment=options.assignment,
        student=options.student,
        levels=dict(map(_level, options.levels)),
        comment_ids=options.comment,
        author=options.author or getpass.getuser(),
    )
    _say(_("{student}: {points} puntos.").format(student=options.student, points=number(points)))
    return 0


def _double_marking(options: argparse.Namespace) -> int:
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.double_marking import DoubleReading

    cohort = Cohort()
    cohort.require(options.assignment)
    reading = DoubleReading(options.assignment, cohort.db_url)
    given = (options.student, options.levels, options.author)
    if any(given):
        if not all(given):
            raise UserError(_("Para guardar una segunda lectura dé --student, --levels y --author."))
        reading.record(options.student, dict(map(_level, options.levels)), options.author)
        _say(_("{student}: segunda lectura guardada.").format(student=options.student))
    done = reading.seconds()
    # No score and no level: whoever reads second must not know what the first reader gave.
    for student in sorted({*reading.drawn(), *done}):
        if student in done:
            _say(_("{student}: leída por {author}").format(student=student, author=done[student].author))
        else:
            folder = cohort.folder("submitted", student, options.assignment)
            _say(_("{student}: pendiente ({folder})").format(student=student, folder=folder))
    agreement = [one for one in reading.agreement() if one.answers]
    for one in agreement:
        _say(_agreement_line(one, reading.asked.kappa))
    if caution := _caution(agreement):
        _say(caution)
    return 0


def _agreement_line(one: "Agreement", asked: float) -> str:
    from ciberaula.grading.double_marking import FEWEST_ANSWERS
    from ciberaula.grading.words import number

    if one.answers < FEWEST_ANSWERS:
        return ngettext(
            "{criterion}: mismo nivel en {same} de {count} respuesta; la kappa se muestra desde {fewest}",
            "{criterion}: mismo nivel en {same} de {count} respuestas; la kappa se muestra desde {fewest}",
            one.answers,
        ).format(criterion=one.criterion, same=one.same, count=one.answers, fewest=FEWEST_ANSWERS)
    kappa = _("sin valor: ambas personas dieron siempre el mismo nivel") if one.kappa is None else number(one.kappa)
    line = _("{criterion}: kappa {kappa}, mismo nivel en {same} de {count} respuestas").format(
        criterion=one.criterion, kappa=kappa, same=one.same, count=one.answers
    )
    low = _(". Por debajo de {asked}: comparen sus lecturas y precisen los niveles")
    return line + ("" if one.enough else low.format(asked=number(asked)))


def _caution(agreement: "Sequence[Agreement]") -> str:
    """How little a kappa of few answers says; empty where none is told, or where there are many."""
    from ciberaula.grading.double_marking import FEW_ANSWERS, FEWEST_ANSWERS

    answers = min((one.answers for one in agreement if one.answers >= FEWEST_ANSWERS), default=FEW_ANSWERS)
    if answers >= FEW_ANSWERS:
        return ""
    return _(
        "Con {count} respuestas la kappa solo orienta: una lectura distinta puede cambiarla mucho. Sirve para conversar "
        "sobre los niveles, no para decir quién lee bien."
    ).format(count=answers)


def _level(text: str) -> tuple[str, float]:
    criterion, sign, points = text.partition("=")
    try:
        if not sign:
            raise ValueError
        return criterion.strip(), float(points.replace(",", "."))
    except ValueError as error:
        raise UserError(
            _("«{text}» no se entiende: escriba criterio=puntos, por ejemplo derechos=2.").format(text=text)
        ) from error

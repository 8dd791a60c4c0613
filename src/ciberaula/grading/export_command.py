"""``ciberaula export``: the marks of a cohort for Moodle, Canvas, or people."""

import argparse
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.grading.plainly import plainly
from ciberaula.i18n import _

_FORMATS = ("moodle", "canvas", "xlsx")


def add_commands(subparsers: Any) -> None:
    """Add ``export``."""
    words = _("Escribe las notas en un archivo para Moodle, Canvas o una hoja de cálculo.")
    command = subparsers.add_parser("export", help=words, description=words)
    command.add_argument("assignment", nargs="*", help=_("Tareas que se exportan."))
    command.add_argument("--all", action="store_true", help=_("Todas las tareas."))
    command.add_argument("--format", choices=_FORMATS, default="xlsx", help=_("Para qué programa (por defecto, xlsx)."))
    command.add_argument("--student", action="append", default=[], help=_("Solo esta persona (se puede repetir)."))
    command.add_argument("--partial", action="store_true", help=_("También notas con algo que espera a una persona."))
    command.add_argument("--output", default="", help=_("Dónde guardar el archivo (por defecto, en exports/)."))
    command.set_defaults(run=plainly(_export))


def _export(options: argparse.Namespace) -> int:
    if bool(options.assignment) == options.all:
        raise UserError(_("Indique qué tareas exportar, o --all para todas."))
    from nbgrader.api import Gradebook

    from ciberaula.grading.checks import check_gradebook
    from ciberaula.grading.config import COURSE_ID, course_config
    from ciberaula.grading.exports.plugins import FORMATS

    db_url = str(course_config().CourseDirectory.db_url)
    check_gradebook(db_url, must_exist=True)
    exporter = FORMATS[options.format](
        to=str(Path(options.output)) if options.output else "",
        assignment=options.assignment,
        student=options.student,
        partial=options.partial,
    )
    with Gradebook(db_url, COURSE_ID) as gradebook:
        exporter.write(gradebook)
    for line in exporter.told:
        print(line, flush=True)
    return 0

"""Commands of authors: build the notebooks, check the content, print the plan."""

import argparse
from pathlib import Path
from typing import Any

from ciberaula.curriculum import Curriculum, load
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root


def add_commands(subparsers: Any) -> None:
    """Add ``notebooks`` and ``plan`` to the ``ciberaula`` command."""
    notebooks = subparsers.add_parser("notebooks", help=_("construye los cuadernos y las tareas desde sus fuentes"))
    notebooks.add_argument("--check", action="store_true", help=_("solo dice cuáles no están al día"))
    notebooks.set_defaults(run=run_build)
    plan = subparsers.add_parser("plan", help=_("muestra el plan del curso"))
    plan.add_argument("--check", action="store_true", help=_("comprueba el plan y el contenido de los cuadernos"))
    plan.set_defaults(run=run_plan)


def run_build(options: argparse.Namespace) -> int:
    """Build, or with ``--check`` tell what is stale; 1 when something is.

    Either way raises ``UserError`` with every mistake in plan and content, so that one command tells all.
    """
    course = course_root()
    try:
        failed = _tell_stale(course) if options.check else _build(course)
    except UserError as error:
        # What the checks know says where the mistake is; the build may only have stumbled over it.
        raise UserError("\n".join(dict.fromkeys([*_mistakes(course), *str(error).splitlines()]))) from error
    mistakes = _mistakes(course)
    if mistakes:
        raise UserError("\n".join(mistakes))
    return failed


def _tell_stale(course: Path) -> int:
    # jupytext, nbclient and nbgrader take a second to import: only for those who build.
    from ciberaula.authoring.build import compare, derive

    stale = compare(course, derive(course))
    for difference in stale:
        print(difference)
    if not stale:
        print(_("Todo lo derivado corresponde a sus fuentes."))
    return 1 if stale else 0


def _build(course: Path) -> int:
    from ciberaula.authoring.build import build

    done = build(course)
    for difference in done:
        print(
            (_("quitado: {path}") if difference.why == "extra" else _("escrito: {path}")).format(path=difference.path)
        )
    if not done:
        print(_("Nada que cambiar: todo estaba al día."))
    return 0


def run_plan(options: argparse.Namespace) -> int:
    """Print the plan as a table, or with ``--check`` every mistake in plan and content; 1 when there is one."""
    if options.check:
        return run_check(options)
    print("\n".join(plan_lines(load())))
    return 0


def run_check(_options: argparse.Namespace) -> int:
    """Print every mistake in plan and content; raises ``UserError`` with them when there is one."""
    mistakes = _mistakes(course_root())
    if mistakes:
        raise UserError("\n".join(mistakes))
    print(_("El plan y los cuadernos concuerdan."))
    return 0


def _mistakes(course: Path) -> list[str]:
    from ciberaula.authoring.checks import mistakes_in

    return mistakes_in(course)


def plan_lines(plan: Curriculum) -> list[str]:
    """The plan as lines of text, a module each, between a header and the total."""
    rows = [(_("módulo"), _("horas"), _("estado"), _("preguntas"), _("puntos"))]
    for module in plan.modules:
        items = module.assignment.items
        state = _("escrito") if module.written else _("en preparación")
        counts = (str(len(items)), f"{module.assignment.points:g}") if items else ("–", "–")
        rows.append((module.id, str(module.hours), state, *counts))
    rows.append((_("total"), str(plan.hours), "", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]

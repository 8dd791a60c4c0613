"""Subcommands for the instructor about one assignment: ``items`` and ``similar``."""

import argparse
from pathlib import Path
from textwrap import indent, wrap
from typing import Any

from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext
from ciberaula.paths import course_root, home

_WIDTH = 88


def add_commands(subparsers: Any) -> None:
    """Add ``items`` and ``similar`` to the ``ciberaula`` parser."""
    words = _("mostrar cómo funcionó cada pregunta de una tarea: dificultad, si distingue, errores frecuentes, alfa")
    items = subparsers.add_parser("items", help=words, description=words)
    items.add_argument("assignment", help=_("tarea, por ejemplo 05-proteccion-de-datos"))
    items.add_argument("--csv", type=Path, help=_("archivo .csv que se escribe, además de lo que se muestra"))
    items.add_argument(
        "--institution", action="store_true", help=_("el archivo no dice nada de menos de cinco personas")
    )
    items.set_defaults(run=_items)

    words = _("buscar respuestas escritas que se parecen: una pista para leerlas, nunca una prueba")
    similar = subparsers.add_parser("similar", help=words, description=words)
    similar.add_argument("assignment", help=_("tarea, por ejemplo 05-proteccion-de-datos"))
    similar.add_argument(
        "--least", type=float, metavar="0-1", help=_("desde qué parecido se muestran (por defecto, 0,4)")
    )
    similar.add_argument("--show", type=int, metavar="N", help=_("muestra completos los textos del grupo número N"))
    similar.set_defaults(run=_similar)


def _items(options: argparse.Namespace) -> int:
    from ciberaula.curriculum import load
    from ciberaula.progress import item_table, item_words
    from ciberaula.progress.items import analyse, common_slips
    from ciberaula.progress.similarity import written_module
    from ciberaula.progress.snapshot import build
    from ciberaula.spreadsheet import write_csv

    if options.institution and not options.csv:
        raise UserError(_("--institution es para el archivo: indique también --csv ARCHIVO."))
    root = course_root()
    module = written_module(root, options.assignment)
    # Fresh from the gradebook, and of this module alone: the dashboards' data may be older.
    snapshot = build(home(), load(root).model_copy(update={"modules": (module,)}), root)
    plan = snapshot.meta.modules[0]
    found = analyse(plan, snapshot.items)
    if not found.people:
        raise UserError(
            _("No hay nada calificado de «{name}»: recoja las entregas y califíquelas primero.").format(
                name=options.assignment
            )
        )
    if snapshot.simulated:
        print(_("Cohorte simulada: incluye personas inventadas."))
    slips = common_slips(snapshot.slips, module.id, item_table.SLIPS_SHOWN)
    if not options.institution:
        for number, one in enumerate(found.items, start=1):
            _print_item(number, one, slips.get(one.item, []))
    of_all = found.reliability
    for line in (item_words.caution(found), item_words.consistency(of_all), item_words.basis(of_all)):
        _say(line)
    if options.csv:
        # All of them: which are left for an institution is decided there.
        slips = common_slips(snapshot.slips, module.id, len(snapshot.slips))
        rows = item_table.rows(found, slips, snapshot.meta.competences, for_institution=options.institution)
        write_csv(options.csv, item_table.columns(), rows)
        print(_("Listo: {path}.").format(path=options.csv))
    return 0


def _print_item(number: int, one: Any, slips: list[tuple[str, int]]) -> None:
    from ciberaula.progress import item_words
    from ciberaula.progress.items import ENOUGH

    told = [_("{number}. {item}").format(number=number, item=one.item)]
    told.append(ngettext("{n} respuesta", "{n} respuestas", one.n).format(n=one.n))
    if one.difficulty is not None:
        told.append(_("{share} % de los puntos").format(share=round(100 * one.difficulty)))
    if one.blank:
        told.append(_("{count} en blanco").format(count=one.blank))
    if one.waiting:
        told.append(_("{count} por revisar").format(count=one.waiting))
    if one.discrimination is not None and one.n >= ENOUGH:
        told.append(_("distingue {r}").format(r=item_words.decimal(one.discrimination)))
    print(" · ".join(told))
    _say(item_words.reading(one), "   ")
    for answer, count in slips:
        _say(_("{count} personas: {answer}").format(count=count, answer=answer), "   - ")


def _say(text: str, before: str = "") -> None:
    """Print ``text`` in lines that fit a terminal; nothing for no text."""
    for line in wrap(text, _WIDTH, initial_indent=before, subsequent_indent=" " * len(before)):
        print(line)


def _similar(options: argparse.Namespace) -> int:
    from ciberaula.progress.item_words import alike
    from ciberaula.progress.similarity import ALIKE, find_alike, source_of, written_module

    least = ALIKE if options.least is None else options.least
    if not 0 < least <= 1:
        raise UserError(_("--least va de 0 a 1, con punto: por ejemplo 0.4."))
    root = course_root()
    module = written_module(root, options.assignment)
    found = find_alike(home(), module, source_of(root, module), least=least)
    invented = _invented()
    if options.show is not None:
        return _show(found, options.show, invented)
    if not found:
        print(_("No hay respuestas escritas que se parezcan tanto."))
        return 0
    for number, group in enumerate(found, start=1):
        who = ", ".join(_who(text.student, invented) for text in group.texts)
        print(f"{number}. {group.item} · {alike(group.lowest, group.likeness)} · {who}")
    _say(
        _(
            "El porcentaje dice cuánto del texto más corto está también en el otro; en un grupo, de los dos textos menos "
            "parecidos a los dos más parecidos. Es una pista para leerlos, nunca una prueba: puede ser una cita, un trabajo en "
            "equipo o una casualidad. "
            "Para leerlos: ciberaula similar {assignment} --show 1"
        ).format(assignment=options.assignment)
    )
    return 0


def _show(found: list[Any], number: int, invented: frozenset[str]) -> int:
    from ciberaula.spreadsheet import plain_text

    if not 1 <= number <= len(found):
        raise UserError(
            _("No hay un grupo {number}: hay {count}. Vea la lista sin --show.").format(number=number, count=len(found))
        )
    for text in found[number - 1].texts:
        print(f"── {_who(text.student, invented)} · {text.item} ──")
        for paragraph in text.words.splitlines():
            # A terminal would obey control characters in what a stranger wrote.
            print(indent("\n".join(wrap(plain_text(paragraph), _WIDTH)), "  "))
    return 0


def _who(student: str, invented: frozenset[str]) -> str:
    """The id, saying so where the person is invented. Names stay in the roster."""
    return _("{id} (simulada)").format(id=student) if student in invented else student


def _invented() -> frozenset[str]:
    from ciberaula.grading.roster import read_roster

    path = home() / "roster.csv"
    return frozenset(one.id for one in read_roster(path).values() if one.simulated) if path.exists() else frozenset()

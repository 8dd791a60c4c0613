"""Subcommands: ``progress``, ``my-data``, ``erase``."""

import argparse
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _, ngettext
from ciberaula.paths import home


def add_commands(subparsers: Any) -> None:
    """Add this package's commands to the ``ciberaula`` parser."""
    progress = subparsers.add_parser("progress", help=_("rehacer los datos de avance que muestran los tableros"))
    progress.set_defaults(run=_progress)
    mine = subparsers.add_parser("my-data", help=_("entregar a una persona todo lo que se guarda sobre ella"))
    mine.add_argument("id", help=_("id de la persona en la lista de participantes"))
    mine.add_argument("--out", type=Path, required=True, help=_("archivo .zip que se escribe"))
    _add_pseudonym(mine)
    mine.set_defaults(run=_my_data)
    erase = subparsers.add_parser("erase", help=_("borrar todo lo que se guarda sobre una persona"))
    erase.add_argument("id", help=_("id de la persona en la lista de participantes"))
    erase.add_argument("--yes", action="store_true", help=_("confirmar el borrado, que no se puede deshacer"))
    _add_pseudonym(erase)
    erase.set_defaults(run=_erase)


def _add_pseudonym(command: argparse.ArgumentParser) -> None:
    words = _("su seudónimo, si abrió la mesa de casos y no entregó nada (se puede repetir)")
    command.add_argument("--pseudonym", action="append", default=[], help=words)


def _progress(_options: argparse.Namespace) -> int:
    from ciberaula.progress.snapshot import refresh
    from ciberaula.progress.waiting import still_without_marks

    snapshot = refresh(home())
    count = len(snapshot.learners)
    print(
        ngettext("Avance al día: {count} participante.", "Avance al día: {count} participantes.", count).format(
            count=count
        ),
        still_without_marks(snapshot.reviews),
    )
    if snapshot.meta.bad_lines:
        print(
            ngettext(
                "Se pasó por alto {count} línea dañada de los registros de aprendizaje.",
                "Se pasaron por alto {count} líneas dañadas de los registros de aprendizaje.",
                snapshot.meta.bad_lines,
            ).format(count=snapshot.meta.bad_lines)
        )
    return 0


def _my_data(options: argparse.Namespace) -> int:
    from ciberaula.progress.rights import held

    data = held(home(), options.id, options.pseudonym)
    try:
        write_atomic(options.out, data)
    except OSError as error:
        raise UserError(
            _("No se puede escribir {path} ({reason}): elija otra carpeta.").format(
                path=options.out, reason=cause(error)
            )
        ) from error
    options.out.chmod(0o600)
    print(_("Listo: {path}. Entréguelo solo a esa persona y bórrelo después.").format(path=options.out))
    return 0


def _erase(options: argparse.Namespace) -> int:
    if not options.yes:
        raise UserError(
            _("Esto borra todo lo de «{id}» y no se puede deshacer: si está seguro, repita la orden con --yes.").format(
                id=options.id
            )
        )
    from ciberaula.progress.rights import erase

    erased = erase(home(), options.id, options.pseudonym)
    for line in erased.removed:
        print(_("Borrado: {what}").format(what=line))
    for command in erased.to_do:
        print(
            _(
                "Falta: otro programa tiene abierto el libro de calificaciones, o esta cuenta no lo administra, y la base guarda "
                "todavía restos de lo borrado. Para quitarlos, ejecute {command}"
            ).format(command=command)
        )
    for line in erased.copies:
        print(_("Falta: {what}").format(what=line))
    print(
        _(
            "Fuera del alcance de esta orden, y por revisar: copias de seguridad, archivos que guardó o envió usted, Moodle o "
            "Canvas. Quite también su fila de la lista que usted guarda: con «roster import» volvería a entrar."
        )
    )
    return 0

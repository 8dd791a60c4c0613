"""``ciberaula roster``: a list of participants checked, and brought in, before anybody hands anything in."""

import argparse
from pathlib import Path
from typing import Any

from ciberaula.grading.plainly import plainly
from ciberaula.i18n import _, ngettext


def add_commands(subparsers: Any) -> None:
    """Add ``roster check`` and ``roster import``."""
    words = _("Revisa una lista de participantes, o la toma como la del curso.")
    command = subparsers.add_parser("roster", help=words, description=words)
    actions = command.add_subparsers(title=_("qué hacer"), metavar=_("qué hacer"), required=True)
    for name, run, about in (
        ("check", _check, _("Dice qué cambiaría, sin cambiar nada.")),
        ("import", _import, _("La toma como lista del curso; quien ya no está se conserva y se avisa.")),
    ):
        action = actions.add_parser(name, help=about, description=about)
        action.add_argument("file", type=Path, help=_("Lista en CSV UTF-8."))
        action.set_defaults(run=plainly(run))


def _check(options: argparse.Namespace) -> int:
    before, after = _both(options.file)
    _tell(before, after, options.file)
    print(_("{file}: sirve. Nada ha cambiado; para tomarla: ciberaula roster import {file}.").format(file=options.file))
    return 0


def _import(options: argparse.Namespace) -> int:
    from ciberaula.grading.erased import forget
    from ciberaula.grading.roster import compare, merged, roster_path, write_roster

    before, after = _both(options.file)
    changes = compare(before, after)
    if changes:
        write_roster(merged(before, after))
    _tell(before, after, options.file)
    forget(changes.new)
    print(
        _("Lista del curso guardada en {path}.").format(path=roster_path())
        if changes
        else _("La lista del curso ya estaba al día.")
    )
    return 0


def _both(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The course's list (none at the beginning) and the one at ``file``."""
    from ciberaula.grading.roster import read_roster, roster_path

    after = read_roster(file)
    return (read_roster() if roster_path().exists() else {}), after


def _tell(before: dict[str, Any], after: dict[str, Any], file: Path) -> None:
    from ciberaula.grading.erased import erased_among
    from ciberaula.grading.roster import compare
    from ciberaula.grading.words import NAMED, some

    changes = compare(before, after)
    count = len(after)
    print(ngettext("{count} persona en la lista.", "{count} personas en la lista.", count).format(count=count))
    if changes.new:
        new = len(changes.new)
        print(ngettext("{count} nueva: {ids}.", "{count} nuevas: {ids}.", new).format(count=new, ids=some(changes.new)))
    changed = list(changes.changed.items())
    for one, columns in changed[:NAMED]:
        print(_("Cambia: {id} ({columns}).").format(id=one, columns=", ".join(columns)))
    if more := len(changed[NAMED:]):
        print(ngettext("Y {count} cambio más.", "Y {count} cambios más.", more).format(count=more))
    if changes.gone:
        print(
            ngettext(
                "Ya no está: {ids}. Se conserva con su trabajo; para borrarla: ciberaula erase {first} --yes.",
                "Ya no están: {ids}. Se conservan con su trabajo; para borrar a una: ciberaula erase {first} --yes.",
                len(changes.gone),
            ).format(ids=some(changes.gone), first=changes.gone[0])
        )
    back = erased_among(changes.new)
    if back:
        print(
            ngettext(
                "Atención: los datos de {ids} se borraron, y con esta lista vuelve a entrar. Si no es lo que quiere, quite su "
                "fila de {file}.",
                "Atención: los datos de {ids} se borraron, y con esta lista vuelven a entrar. Si no es lo que quiere, quite sus "
                "filas de {file}.",
                len(back),
            ).format(ids=some(back, len(back)), file=file)
        )

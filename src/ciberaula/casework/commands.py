"""Subcommand ``mesa``: the database of a cohort's shared desk, for whoever runs the exercise."""

import argparse
from typing import TYPE_CHECKING, Any

from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

if TYPE_CHECKING:
    from ciberaula.casework.store.sql import SqlStore


def add_commands(subparsers: Any) -> None:
    """Add ``mesa preparar``, ``mesa verificar`` and ``mesa vaciar`` to the ``ciberaula`` parser."""
    words = _("preparar, verificar o vaciar la mesa de casos que comparte una cohorte")
    desk = subparsers.add_parser("mesa", help=words, description=words)
    desk.set_defaults(run=lambda _options: _help(desk))
    steps = desk.add_subparsers(title=_("órdenes"), metavar=_("orden"), parser_class=type(desk))
    for name, run, told in (
        ("preparar", _prepare, _("crear las tablas en una base vacía, o ponerlas al día")),
        ("verificar", _verify, _("comprobar la bitácora asiento por asiento y contar lo que hay")),
        ("vaciar", _empty, _("borrarlo todo, para una cohorte nueva")),
    ):
        step = steps.add_parser(name, help=told, description=told)
        step.add_argument(
            "url", nargs="?", help=_("dirección de la base (por defecto, la de CIBERAULA_CASES_URL o mesa.sqlite)")
        )
        step.set_defaults(run=run)
        if name == "vaciar":
            step.add_argument("--yes", action="store_true", help=_("confirmar el borrado, que no se puede deshacer"))


def _help(desk: argparse.ArgumentParser) -> int:
    desk.print_help()
    return 0


def _prepare(options: argparse.Namespace) -> int:
    store = _store(options)
    print(_("La base {place} está lista.").format(place=store.place))
    store.close()
    return 0


def _verify(options: argparse.Namespace) -> int:
    from ciberaula.casework.cohort import Cohort
    from ciberaula.casework.store.figures import figures

    store = _store(options)
    with store.begin() as unit:
        found = figures(unit)
    check = Cohort(store).verify()
    store.close()
    people = ngettext("{n} participante", "{n} participantes", found.participants).format(n=found.participants)
    cases = ngettext("{n} caso", "{n} casos", found.cases).format(n=found.cases)
    sent = ngettext("{n} envío entre participantes", "{n} envíos entre participantes", found.sent).format(n=found.sent)
    print(f"{store.place}: {people}, {cases}, {sent}.")
    print(
        _("Bitácora: {changes} cambios, {looks} consultas, {denied} intentos rechazados.").format(
            changes=found.changes, looks=found.looks, denied=found.denied
        )
    )
    if not check.ok:
        raise UserError(check.line)
    print(check.line)
    return 0


def _empty(options: argparse.Namespace) -> int:
    from ciberaula.casework.store.emptying import empty
    from ciberaula.casework.store.figures import figures

    store = _store(options)
    with store.begin() as unit:
        cases = figures(unit).cases
    if not options.yes:
        store.close()
        raise UserError(
            ngettext(
                "Esto borra {n} caso y toda la bitácora de {place}, y no se puede deshacer: si está seguro, repita la "
                "orden con --yes.",
                "Esto borra {n} casos y toda la bitácora de {place}, y no se puede deshacer: si está seguro, repita la "
                "orden con --yes.",
                cases,
            ).format(n=cases, place=store.place)
        )
    empty(store)
    store.close()
    print(_("La base {place} quedó vacía y lista para otra cohorte.").format(place=store.place))
    return 0


def _store(options: argparse.Namespace) -> "SqlStore":
    from ciberaula.casework.store import open_store

    return open_store(options.url)

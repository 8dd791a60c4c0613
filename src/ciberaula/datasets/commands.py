"""Subcommand ``datasets``: list, build and check the simulated data sets."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ciberaula import paths
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

if TYPE_CHECKING:
    from ciberaula.datasets.build import Progress
    from ciberaula.datasets.spec import DataSet, Recipe

_FORMS = ("csv", "parquet")


def add_commands(subparsers: Any) -> None:
    """Add ``datasets list`` and ``datasets build`` to the ``ciberaula`` parser."""
    words = _("ver y generar los conjuntos de datos simulados")
    told = _("Los conjuntos de datos del curso. Son simulados: no hay en ellos nadie real.")
    sets = subparsers.add_parser("datasets", help=words, description=told)
    sets.set_defaults(run=lambda _options: _help(sets))
    steps = sets.add_subparsers(title=_("órdenes"), metavar=_("orden"), parser_class=type(sets))
    words = _("mostrar los conjuntos que hay, con su tamaño y su semilla")
    told = _("Muestra los conjuntos que hay, con su tamaño y su semilla, y cuáles tienen claves para quien enseña.")
    steps.add_parser("list", help=words, description=told).set_defaults(run=_list)
    words = _("generar un conjunto, o todos")
    told = _(
        "Genera un conjunto de datos simulado, o todos. La misma semilla da los mismos bytes en cualquier equipo. Si se "
        "interrumpe, repita la misma orden: sigue donde quedó."
    )
    step = steps.add_parser("build", help=words, description=told)
    step.add_argument("name", nargs="?", metavar="CONJUNTO", help=_("nombre del conjunto (por defecto, todos)"))
    told = _("cuántos casos, personas o textos, según el conjunto (por defecto, los publicados)")
    step.add_argument("--rows", type=int, metavar="N", help=told)
    told = _("número entero que decide el sorteo; la ficha lo muestra (por defecto, el publicado)")
    step.add_argument("--seed", type=int, metavar="S", help=told)
    told = _("otro número, que guarda quien enseña: decide lo que hay que encontrar (por defecto, el de --seed)")
    step.add_argument("--hidden", type=int, metavar="S", help=told)
    told = _("carpeta donde se escribe; cada conjunto tiene ahí la suya")
    step.add_argument("--out", type=Path, metavar=_("CARPETA"), help=told)
    told = _("carpeta para las claves de quien enseña; sin ella, no se guardan")
    step.add_argument("--keys", type=Path, metavar=_("CARPETA"), help=told)
    told = _("formato de las tablas: csv (por defecto) o parquet")
    step.add_argument("--format", choices=_FORMS, default="csv", help=told)
    told = _(
        "escribir también un archivo SQLite, con csv y en los conjuntos que lo tienen (por defecto, sí; tarda más)"
    )
    step.add_argument("--sqlite", action=argparse.BooleanOptionalAction, default=True, help=told)
    told = _("rehacer los conjuntos del curso en datasets/, con sus claves en grading/datasets/")
    step.add_argument("--published", action="store_true", help=told)
    step.set_defaults(run=_build)


def _help(sets: argparse.ArgumentParser) -> int:
    sets.print_help()
    return 0


def _list(_options: argparse.Namespace) -> int:
    from ciberaula.datasets.published import NAMES, dataset

    for name in NAMES:
        found = dataset(name)
        told = (
            _("{name}: {title}. {rows} {unit}, semilla {seed}; con claves.")
            if found.keys
            else _("{name}: {title}. {rows} {unit}, semilla {seed}.")
        )
        print(told.format(name=name, title=found.title, rows=found.rows, unit=found.unit, seed=found.seed))
    return 0


def _build(options: argparse.Namespace) -> int:
    from ciberaula.datasets.published import NAMES, dataset, recipe

    if options.rows is not None and options.rows <= 0:
        raise UserError(_("--rows debe ser un número entero mayor que cero; pidió {rows}.").format(rows=options.rows))
    if options.published:
        return _build_published(options)
    if options.out is None:
        raise UserError(_("Falta --out CARPETA: indique dónde se escriben los datos."))
    for name in [options.name] if options.name is not None else NAMES:
        wanted = dataset(name)
        wished = recipe(wanted, rows=options.rows, seed=options.seed, hidden=options.hidden)
        keys = options.keys / name if options.keys is not None and wanted.keys else None
        _make(wanted, wished, options.out, keys, options.format, sqlite=options.sqlite)
        if keys is not None and wished.hidden == wished.seed:
            print(
                _(
                    "Quien lea la semilla {seed} en la ficha podría rehacer las claves de «{name}»: para un grupo, agregue "
                    "--hidden con un número al azar de 20 cifras o más (uno corto se adivina probando) y guárdelo."
                ).format(seed=wished.seed, name=name)
            )
    return 0


def _build_published(options: argparse.Namespace) -> int:
    """The sets of the course, where they belong. Their seeds are fixed: other ones would be other sets."""
    from ciberaula.datasets.published import NAMES, SIDE, dataset, published_recipe

    if any(value is not None for value in (options.rows, options.seed, options.hidden, options.out, options.keys)):
        raise UserError(
            _("--published rehace los conjuntos tal como son: quite --rows, --seed, --hidden, --out y --keys.")
        )
    root = paths.course_root()
    for name in [options.name] if options.name is not None else NAMES:
        wanted = dataset(name)
        keys = root / SIDE / name if wanted.keys else None
        _make(wanted, published_recipe(wanted), root / "datasets", keys, "csv")
    return 0


def _make(wanted: "DataSet", wished: "Recipe", out: Path, keys: Path | None, form: Any, *, sqlite: bool = True) -> None:
    from ciberaula.datasets.build import build

    try:
        with _bar(wanted.name) as progress:
            built = build(wanted, wished, out, keys=keys, form=form, sqlite=sqlite, progress=progress)
    except KeyboardInterrupt:
        print(_("Interrumpido. Lo hecho se conserva: repita la misma orden y seguirá donde quedó."), file=sys.stderr)
        raise
    rows = sum(built.rows.values())
    told = ngettext("{n} fila", "{n} filas", rows).format(n=rows)
    tables = ngettext("{n} tabla", "{n} tablas", len(built.rows)).format(n=len(built.rows))
    print(_("{folder}: {rows} en {tables}.").format(folder=built.folder, rows=told, tables=tables))
    if wanted.keys and keys is None:
        print(
            _("Las claves de «{name}» no se guardaron: indique --keys CARPETA si las necesita.").format(
                name=wanted.name
            )
        )


@contextmanager
def _bar(name: str) -> Iterator["Progress"]:
    """A progress bar on a terminal; nothing where the output goes to a file."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(name)
        yield lambda done, total: bar.update(task, completed=done, total=total)

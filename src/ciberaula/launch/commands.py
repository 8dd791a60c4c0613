"""Subcommands of the launcher. Standard library only until one is chosen: ``setup`` runs before anything is installed."""

import argparse
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.launch import environment


def add_commands(subparsers: Any) -> None:
    """Add ``setup``, ``start``, ``workspace``, ``test``, ``soak``, ``benchmark`` and ``catalogue``."""
    setup = subparsers.add_parser("setup", help=_("preparar el entorno .venv con los paquetes fijados"))
    setup.add_argument("--lock", choices=environment.LOCKS, default="classroom", help=_("qué paquetes"))
    setup.set_defaults(run=_setup)

    start = subparsers.add_parser("start", help=_("abrir el aula en este equipo"))
    start.add_argument("--role", choices=("trainee", "instructor", "institution"), default="trainee", help=_("perfil"))
    start.add_argument("--port", type=int, default=8888, help=_("puerto"))
    start.add_argument("--browser", action="store_true", help=_("abrir también el navegador"))
    start.set_defaults(run=_start)

    folder = subparsers.add_parser(
        "workspace", help=_("preparar una carpeta de participante sin abrir el aula (Binder)")
    )
    folder.add_argument("folder", type=Path, help=_("carpeta que se crea o se actualiza"))
    way = folder.add_mutually_exclusive_group()
    way.add_argument("--hub", action="store_true", help=_("configurar también el servidor que abrirá un hub"))
    way.add_argument("--refresh", action="store_true", help=_("solo poner al día la página de inicio"))
    folder.set_defaults(run=_workspace)

    test = subparsers.add_parser("test", help=_("ejecutar todas las comprobaciones"))
    test.add_argument("pytest", nargs="*", help=_("argumentos para pytest"))
    test.set_defaults(run=_test)

    soak = subparsers.add_parser("soak", help=_("ejecutar las pruebas largas"))
    soak.add_argument("pytest", nargs="*", help=_("argumentos para pytest"))
    soak.set_defaults(run=_soak)

    benchmark = subparsers.add_parser("benchmark", help=_("medir lo que tardan la calificación y las páginas"))
    benchmark.add_argument("--submissions", type=int, default=60, help=_("cuántas entregas se califican"))
    benchmark.set_defaults(run=_benchmark)

    catalogue = subparsers.add_parser("catalogue", help=_("extraer los textos del programa a su catálogo"))
    catalogue.add_argument("--check", action="store_true", help=_("solo decir si está al día"))
    catalogue.set_defaults(run=_catalogue)


def _setup(options: argparse.Namespace) -> int:
    root = environment.checkout()
    if root is None:
        raise UserError(_("Esta instalación ya trae sus paquetes: setup solo hace falta en la carpeta del proyecto."))
    environment.ensure(root, options.lock)
    print(_("El entorno está listo en {folder}.").format(folder=root / ".venv"))
    return 0


def _start(options: argparse.Namespace) -> int:
    from ciberaula.launch.start import start

    start(options.role, options.port, browser=options.browser, say=lambda line: print(line, flush=True))
    return 0


def _workspace(options: argparse.Namespace) -> int:
    from ciberaula.launch import away

    if options.refresh:
        away.refresh_folder(options.folder)
        return 0
    away.prepare_folder(options.folder, say=print)
    if options.hub:
        away.configure_hub_server(options.folder)
    return 0


def _test(options: argparse.Namespace) -> int:
    from ciberaula.launch.development import run_checks

    return run_checks(options.pytest)


def _soak(options: argparse.Namespace) -> int:
    from ciberaula.launch.development import run_soak

    return run_soak(options.pytest)


def _benchmark(options: argparse.Namespace) -> int:
    from ciberaula.launch.development import run_benchmark

    return run_benchmark(options.submissions)


def _catalogue(options: argparse.Namespace) -> int:
    from ciberaula.launch.development import update_catalogue

    return update_catalogue(check=options.check)

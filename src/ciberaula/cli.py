"""The ``ciberaula`` command. Each package adds its own subcommands; nothing heavy is imported before one is chosen."""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from ciberaula.errors import UserError
from ciberaula.i18n import _

# Who adds subcommands, and what an install without it would lack. A trainee's install has no grading extra.
_PROVIDERS = (
    "ciberaula.launch.commands",
    "ciberaula.authoring.commands",
    "ciberaula.grading.commands",
    "ciberaula.grading.export_command",
    "ciberaula.grading.roster_command",
    "ciberaula.grading.grade_command",
    "ciberaula.grading.policy_commands",
    "ciberaula.grading.serve_command",
    "ciberaula.progress.commands",
    "ciberaula.progress.analysis_commands",
    "ciberaula.casework.commands",
    "ciberaula.datasets.commands",
)
# The commands that need more than the classroom's packages.
_LOCK_OF = {"test": "dev", "soak": "dev", "benchmark": "dev"}
_COMMAND = _("orden")


class _Help(argparse.HelpFormatter):
    """argparse's help, which begins in Spanish."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, _("uso: ") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    """argparse in Spanish, with its complaint in one line and without the usage text."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, formatter_class=_Help)
        # argparse offers no other way to name its two groups.
        self._positionals.title = _("datos")
        self._optionals.title = _("opciones")
        self.add_argument("-h", "--help", action="help", help=_("muestra esta ayuda y termina"))

    def error(self, message: str) -> NoReturn:
        raise UserError(
            _("{message}. Vea las órdenes con: {program} --help").format(message=_spanish(message), program=self.prog)
        )


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 told in one line why not, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return _run(arguments)
    except UserError as error:
        print(f"ciberaula: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) left; Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(arguments: list[str]) -> int:
    command = next((word for word in arguments if not word.startswith("-")), None)
    handed_over = _hand_over(command, arguments)
    if handed_over is not None:
        return handed_over
    parser, missing = _parser(command)
    try:
        options = parser.parse_args(arguments)
    except UserError:
        if missing:
            raise UserError(missing) from None
        raise
    if not hasattr(options, "run"):
        parser.print_help()
        return 0
    try:
        return int(options.run(options) or 0)
    except ModuleNotFoundError as error:
        raise UserError(_missing(error)) from error


def _parser(command: str | None) -> tuple[argparse.ArgumentParser, str]:
    """A parser that knows ``command`` (all commands where nobody has it), and why it may be unknown here (or "")."""
    parser = _Parser(prog="ciberaula", description=_("Aula de Ciberintervención: abrir, calificar y seguir el curso."))
    subparsers = parser.add_subparsers(title=_("órdenes"), metavar=_COMMAND, parser_class=_Parser)
    missing = ""
    for name in _PROVIDERS:
        try:
            importlib.import_module(name).add_commands(subparsers)
        except ModuleNotFoundError as error:
            missing = _missing(error)
        if command in subparsers.choices:
            return parser, ""
    return parser, missing if command else ""


def _missing(error: ModuleNotFoundError) -> str:
    """What to say of a package that this installation lacks. A missing module of our own is a mistake of ours: raised on."""
    if (error.name or "ciberaula").partition(".")[0] == "ciberaula":
        raise error
    return _(
        "esta orden necesita el paquete {package}, que esta instalación no trae: ejecute make setup, o "
        "pip install 'ciberaula[grading,institution]'."
    ).format(package=error.name)


def _hand_over(command: str | None, arguments: list[str]) -> int | None:
    """From a checkout, with another Python than its environment's: set that up and run the command there.

    None means: run it here.
    """
    from ciberaula.launch import environment

    root = environment.checkout()
    if root is None or Path(sys.prefix).resolve() == (root / ".venv").resolve():
        return None
    if command in (None, "setup"):
        return None
    python = environment.ensure(root, _LOCK_OF.get(str(command), "classroom"))
    os.environ.pop("PYTHONPATH", None)
    line = [str(python), "-m", "ciberaula", *arguments]
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(line[0], line)  # noqa: S606 - our own interpreter; the terminal's Ctrl-C then reaches one process
    return subprocess.call(line)


_ARGPARSE = (
    (f"argument {_COMMAND}: invalid choice", _("orden desconocida")),
    ("the following arguments are required", _("faltan datos")),
    ("unrecognized arguments", _("no se entiende")),
    ("invalid choice", _("opción desconocida")),
    ("invalid int value", _("no es un número entero")),
    ("expected one argument", _("falta el valor")),
    ("argument", _("en")),
    ("choose from", _("use una de")),
)


def _spanish(message: str) -> str:
    """argparse's complaint in Spanish; its own catalogue has none."""
    for english, spanish in _ARGPARSE:
        message = message.replace(english, spanish)
    return message

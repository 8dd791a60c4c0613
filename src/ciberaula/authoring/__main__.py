"""``python -m ciberaula.authoring build [--check] | check``."""

import argparse
import sys

from ciberaula.authoring.commands import run_build, run_check
from ciberaula.errors import UserError
from ciberaula.i18n import _


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two commands; a mistake is told in a line each, with exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m ciberaula.authoring")
    commands = parser.add_subparsers(required=True, metavar="build|check")
    build = commands.add_parser("build", help=_("construye los cuadernos y las tareas desde sus fuentes"))
    build.add_argument("--check", action="store_true", help=_("solo dice cuáles no están al día"))
    build.set_defaults(run=run_build)
    commands.add_parser("check", help=_("comprueba el plan y el contenido")).set_defaults(run=run_check)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

"""``python -m ciberaula.datasets casos-k --out DIR``: make a simulated data set again, byte for byte."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ciberaula.datasets import casos_k
from ciberaula.errors import UserError
from ciberaula.i18n import _

GENERATORS: dict[str, Callable[[Path, int, int], list[Path]]] = {casos_k.NAME: casos_k.build}
_DEFAULTS = {casos_k.NAME: (casos_k.SEED, casos_k.ROWS)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m ciberaula.datasets", description=_("Genera datos simulados."))
    parser.add_argument("name", choices=sorted(GENERATORS), help=_("conjunto de datos"))
    parser.add_argument("--out", type=Path, required=True, help=_("carpeta donde se escribe"))
    parser.add_argument("--seed", type=int, help=_("semilla del sorteo"))
    parser.add_argument("--rows", type=int, help=_("número de filas"))
    options = parser.parse_args(arguments)
    seed, rows = _DEFAULTS[options.name]
    try:
        written = GENERATORS[options.name](
            options.out,
            seed if options.seed is None else options.seed,
            rows if options.rows is None else options.rows,
        )
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    for path in written:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""``python -m ciberaula``: the command, also from a checkout where nothing is installed yet."""

import sys

# Said before anything else is imported: what follows does not even parse on an older Python.
if not (3, 11) <= sys.version_info < (3, 14):
    sys.exit(
        "El aula necesita Python 3.11, 3.12 o 3.13 y este es {}.{}: instale uno de ellos e indíquelo, por ejemplo "
        "make start PYTHON=python3.11".format(*sys.version_info[:2])
    )

from ciberaula.cli import main

if __name__ == "__main__":
    sys.exit(main())

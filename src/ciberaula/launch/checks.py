"""What can be said about a machine before the classroom opens: missing pieces stop it, a weak machine is told so."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.i18n import _

# Room for the server, two kernels with pandas and a browser's page.
NEEDED_MEMORY = 700 * 2**20
NEEDED_DISK = 300 * 2**20
REQUIRED = ("jupyterlab", "nbgrader", "voila", "anywidget", "pandas")


def require_packages() -> None:
    """Raise ``UserError`` naming the first package without which the classroom cannot open."""
    for name in REQUIRED:
        if find_spec(name) is None:
            raise UserError(
                _("Falta el paquete {name}: ejecute make setup (o python -m ciberaula setup) y repita.").format(
                    name=name
                )
            )


def weaknesses(home: Path) -> list[str]:
    """Spanish lines about what is scarce; empty on a machine that has enough."""
    lines = []
    memory = available_memory()
    if memory is not None and memory < NEEDED_MEMORY:
        lines.append(
            _(
                "Queda poca memoria ({free} MB libres): cierre otros programas y trabaje con un solo cuaderno abierto."
            ).format(free=memory // 2**20)
        )
    free = shutil.disk_usage(home).free
    if free < NEEDED_DISK:
        lines.append(
            _("Queda poco espacio en el disco ({free} MB): libere algo para no perder lo que escriba.").format(
                free=free // 2**20
            )
        )
    return lines


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that programs can still take, or None where the system does not say."""
    try:
        for line in meminfo.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return None
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None

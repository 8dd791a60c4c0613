"""The virtual environment, from hashed locks. Standard library only: this runs before anything is installed.

A stamp in the environment says which lock it holds, so that a second run only compares two digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _

# From the smallest to the largest: each holds the ones before it.
LOCKS = ("trainee", "classroom", "dev")


@dataclass(frozen=True)
class Stamp:
    """What an environment holds: which lock, the digests of that lock and of our own installed files, and where."""

    lock: str
    requirements: str
    package: str
    checkout: str


def checkout() -> Path | None:
    """The source checkout this package runs from, or None where it was installed as an ordinary package."""
    folder = Path(__file__).resolve().parents[3]
    return folder if (folder / "pyproject.toml").is_file() and (folder / "requirements-uv.lock").is_file() else None


def python_of(venv: Path) -> Path:
    """The interpreter inside ``venv``, whether it exists or not."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def ensure(root: Path, lock: str) -> Path:
    """Make ``root/.venv`` hold ``lock`` and this package; return its Python.

    Nothing is done where the stamp says so already. An environment that holds a larger lock keeps it. Raises
    ``UserError`` (no venv module, registry out of reach, full disk) with the log's path.
    """
    venv = root / ".venv"
    found = _read_stamp(venv)
    if found is not None and found.checkout == str(root) and LOCKS.index(found.lock) > LOCKS.index(lock):
        lock = found.lock
    wanted = _wanted_stamp(root, lock)
    if found == wanted and python_of(venv).exists():
        return python_of(venv)
    _install(root, venv, wanted, found)
    write_atomic(venv / "ciberaula.json", json.dumps(asdict(wanted), indent=1).encode())
    return python_of(venv)


def _wanted_stamp(root: Path, lock: str) -> Stamp:
    package = [root / "pyproject.toml", *sorted(p for p in (root / "src/ciberaula/share").rglob("*") if p.is_file())]
    return Stamp(
        lock=lock,
        requirements=_digest([root / "requirements-uv.lock", root / f"requirements-{lock}.lock"]),
        package=_digest(package),
        checkout=str(root),
    )


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def _read_stamp(venv: Path) -> Stamp | None:
    try:
        stamp = Stamp(**json.loads((venv / "ciberaula.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if stamp.lock in LOCKS else None


def _install(root: Path, venv: Path, wanted: Stamp, found: Stamp | None) -> None:
    moved = found is not None and found.checkout != wanted.checkout
    if moved or not python_of(venv).exists():
        _create(venv)
    python = str(python_of(venv))
    log = venv / "setup.log"
    log.write_text("", encoding="utf-8")
    if moved or found is None or found.requirements != wanted.requirements:
        print(_("Preparando el entorno (la primera vez descarga los paquetes; tarda uno o dos minutos)…"), flush=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*pip, "--require-hashes", "--retries", "2", "-r", "requirements-uv.lock"], root, log)
        _run([*_uv(venv), "--require-hashes", "-r", f"requirements-{wanted.lock}.lock"], root, log)
    # The build tools came hashed with uv, so the editable install downloads nothing of its own.
    _run([*_uv(venv), "--no-deps", "--no-build-isolation", "--reinstall", "-e", "."], root, log)


def _uv(venv: Path) -> list[str]:
    python = str(python_of(venv))
    return [python, "-m", "uv", "pip", "install", "--python", python]


def _create(venv: Path) -> None:
    missing = [name for name in ("venv", "ensurepip") if find_spec(name) is None]
    if missing:
        raise UserError(
            _(
                "Falta el módulo {module} de Python {version}: instálelo (en Debian o Ubuntu: apt install "
                "python3-venv) y repita la orden."
            ).format(module=missing[0], version="{}.{}".format(*sys.version_info[:2]))
        )
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout).strip().splitlines()
        raise UserError(
            _("No se pudo crear el entorno {venv} ({reason}): revise el espacio en disco y los permisos.").format(
                venv=venv, reason=reason[-1] if reason else error.returncode
            )
        ) from error


# What the installers write when the cause is not ours, and what a person can do about it.
_CAUSES = (
    (
        r"No space left|ENOSPC",
        _("no queda espacio en el disco: libere al menos 2 GB y repita la orden"),
    ),
    (
        r"HASHES|[Hh]ash mismatch",
        _("un paquete descargado no coincide con su huella: no se instaló; revise el espejo de paquetes"),
    ),
    (
        r"[Cc]onnect|timed? ?out|dns error|name resolution|[Ff]ailed to fetch|No matching distribution|unreachable",
        _("no se alcanza el registro de paquetes: revise la conexión a Internet o el espejo y repita la orden"),
    ),
    (r"[Pp]ermission denied", _("falta permiso para escribir en la carpeta del curso")),
)


def _run(command: list[str], root: Path, log: Path) -> None:
    """Run an installer in ``root`` with its output in ``log``; one clear line where it fails."""
    # A PYTHONPATH of ours would let the sources shadow the installed package while it is being installed.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, errors="replace")
    with log.open("a", encoding="utf-8") as stream:
        stream.write("$ {}\n{}{}\n".format(" ".join(command), done.stdout, done.stderr))
    if done.returncode:
        output = done.stdout + done.stderr
        cause = next((text for pattern, text in _CAUSES if re.search(pattern, output)), _("vea el detalle"))
        raise UserError(_("No se pudo instalar el entorno: {cause} (detalle en {log}).").format(cause=cause, log=log))

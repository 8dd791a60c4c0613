"""What a developer runs: every check in order of its cost, the measurements, and the catalogue of program texts."""

import ctypes
import datetime
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _
from ciberaula.launch import environment

# Debian's packages, and a program or library of each that shows it is there. Chromium opens the pages in the tests;
# bubblewrap and libseccomp isolate the trainees' code; PostgreSQL keeps the case desk of a cohort.
SYSTEM_PACKAGES = {
    "chromium": "chromium",
    "bubblewrap": "bwrap",
    "libseccomp2": "libseccomp.so.2",
    "postgresql": "postgres",
}
# Debian keeps several versions of PostgreSQL beside each other, and therefore none on the search path.
SERVER_PROGRAMS = Path("/usr/lib/postgresql")
# The header must hold a date; the day of the extraction would make the file differ every time.
_NO_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
POT = Path("src/ciberaula/locale/ciberaula.pot")


def run_checks(pytest_arguments: Sequence[str]) -> int:
    """Run all checks of the checkout, the cheap ones first; returns the exit code of the first that fails, or 0.

    Raises ``UserError`` where a system package is missing and cannot be installed.
    """
    root = _checkout()
    install_system_packages()
    beside = Path(sys.executable).parent
    commands = [
        [str(beside / "ruff"), "check", "--quiet", "."],
        [str(beside / "ruff"), "format", "--quiet", "--check", "."],
        [str(beside / "lint-imports"), "--no-cache"],
        [sys.executable, "-m", "mypy"],
        [sys.executable, "-m", "ciberaula", "notebooks", "--check"],
        # A file at a time on each core: the fixtures of a file (a server, a cohort) are built once.
        [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *pytest_arguments],
    ]
    for command in commands:
        print("·", Path(command[0]).name, *command[1:], flush=True)
        code = subprocess.call(command, cwd=root)
        if code:
            return code
    return 0


def run_benchmark(submissions: int) -> int:
    """Measure what grading so many ``submissions`` and opening the pages cost; the exit code of the first that fails, or 0.

    Raises ``UserError`` as ``run_checks`` does, and outside a checkout.
    """
    root = _checkout()
    install_system_packages()
    parts = (["grading", "--submissions", str(submissions)], ["classroom"])
    # Found from the checkout's top, which is no installed package.
    codes = (
        subprocess.call([sys.executable, "-m", f"tests.benchmarks.{part[0]}", *part[1:]], cwd=root) for part in parts
    )
    return next((code for code in codes if code), 0)


def run_soak(pytest_arguments: Sequence[str]) -> int:
    """Run the long tests, each a run of its own; returns pytest's exit code. Raises ``UserError`` as ``run_checks`` does."""
    root = _checkout()
    install_system_packages()
    files = sorted(str(path) for path in (root / "tests" / "soak").glob("soak_*.py"))
    return subprocess.call([sys.executable, "-m", "pytest", "-s", *files, *pytest_arguments], cwd=root)


def install_system_packages() -> None:
    """Install what is missing of ``SYSTEM_PACKAGES`` where this machine permits it, else raise ``UserError``."""
    missing = _missing(SYSTEM_PACKAGES)
    if not missing:
        return
    apt, prefix = shutil.which("apt-get"), _administrator()
    if apt is None or prefix is None:
        raise UserError(
            _(
                "Faltan programas del sistema para las pruebas: instale {packages} (en Debian: apt install {all})."
            ).format(packages=_(" y ").join(missing), all=" ".join(missing))
        )
    print(_("Instalando {packages}…").format(packages=_(" y ").join(missing)), flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        done = subprocess.run([*prefix, apt, *arguments], env=env, capture_output=True, text=True)
    still = _missing(missing)
    if still:
        reason = (done.stderr.strip() or done.stdout.strip() or "apt-get").splitlines()[-1]
        raise UserError(
            _("No se pudo instalar {packages} ({reason}): instálelo y repita la orden.").format(
                packages=_(" y ").join(still), reason=reason
            )
        )


def _missing(packages: Iterable[str]) -> list[str]:
    return [package for package in packages if not _is_there(SYSTEM_PACKAGES[package])]


def _is_there(program: str) -> bool:
    if ".so." in program:
        try:
            ctypes.CDLL(program)
        except OSError:
            return False
        return True
    return shutil.which(program) is not None or server_program(program) is not None


def server_program(name: str) -> Path | None:
    """PostgreSQL's program ``name`` of the newest version installed: on the search path, or where Debian keeps it."""
    found = [
        path for path in SERVER_PROGRAMS.glob(f"*/bin/{name}") if path.parts[-3].isdigit() and os.access(path, os.X_OK)
    ]
    if found:
        return max(found, key=lambda path: int(path.parts[-3]))
    on_path = shutil.which(name)
    return None if on_path is None else Path(on_path)


def _administrator() -> list[str] | None:
    """What to put before a command so that it runs as administrator without asking anything, or None."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def update_catalogue(*, check: bool) -> int:
    """Extract every program text to ``POT``; with ``check``, only say whether it is in step. Returns an exit code."""
    root = _checkout()
    target = root / POT
    text = catalogue(root)
    if target.is_file() and target.read_bytes() == text:
        return 0
    if check:
        raise UserError(_("{path} no corresponde al código: ejecute make catalogue.").format(path=POT))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, text)
    print(_("Catálogo al día: {path}").format(path=POT))
    return 0


def catalogue(root: Path) -> bytes:
    """The catalogue template: every text once, in order, with the files that use it and no date, so that it is stable."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import write_po

    template = Catalog(project="ciberaula", charset="utf-8", creation_date=_NO_DATE, header_comment="")
    found = extract_from_dir(root / "src/ciberaula", [("**.py", "python")], strip_comment_tags=True)
    for name, _line, message, comments, context in found:
        template.add(message, None, [(f"src/ciberaula/{name}", 1)], auto_comments=comments, context=context)
    out = io.BytesIO()
    write_po(out, template, width=120, sort_output=True, include_lineno=False)
    return out.getvalue()


def _checkout() -> Path:
    root = environment.checkout()
    if root is None:
        raise UserError(_("Esta orden solo funciona en la carpeta del proyecto, no en una instalación."))
    return root

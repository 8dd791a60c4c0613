"""The trainee's workspace: copies of what is taught, kept up to date without ever touching the trainee's own work.

A manifest in the workspace remembers what each copy was. A notebook counts as the trainee's only when the text of a
cell differs from the copy: running it changes outputs, not sources.
"""

import datetime
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _

MANIFEST = ".ciberaula/aula.json"
# What a lesson needs beside its notebook. Its Markdown source stays with the authors, and what a run writes
# (respuestas.json, registro.jsonl) is nobody's to hand on.
_TAUGHT = {".ipynb", ".yml", ".png", ".svg", ".csv", ".pdf", ".docx"}
_PLANS = ("curriculum.yml", "coverage.yml")


@dataclass(frozen=True)
class Copied:
    """One file as it was handed out: SHA-256 of its bytes and of what the trainee could have written in it."""

    digest: str
    work: str


def contents(course: Path) -> dict[str, Path]:
    """What belongs in a workspace: name in it (POSIX, relative) -> file of the course."""
    modules, datasets = course / "modules", course / "datasets"
    files = {f"modules/{name}": modules / name for name in _PLANS}
    for file in sorted(modules.glob("[0-9][0-9]-*/**/*")):
        if file.suffix in _TAUGHT and _handed_out(file, modules):
            files[f"modules/{file.relative_to(modules).as_posix()}"] = file
    for file in sorted(datasets.glob("**/*")):
        if file.is_file() and file.suffix != ".py" and _handed_out(file, datasets):
            files[f"datasets/{file.relative_to(datasets).as_posix()}"] = file
    files["guia.md"] = modules / "GUIA.md"
    for name in ("inicio.ipynb", "entregar.ipynb"):
        files[name] = modules / name
    files["mi-avance.ipynb"] = course / "grading" / "dashboards" / "mi-avance.ipynb"
    return {name: file for name, file in files.items() if file.is_file()}


def with_assignments(course: Path) -> dict[str, Path]:
    """The same, and the released assignments beside them: for places without an exchange to fetch them from."""
    files = contents(course)
    exercises = course / "exercises"
    for file in sorted(exercises.glob("*/**/*")):
        if file.is_file() and _handed_out(file, exercises):
            files[file.relative_to(exercises).as_posix()] = file
    return files


def _handed_out(file: Path, top: Path) -> bool:
    parts = file.relative_to(top).parts
    return file.is_file() and not any(part.startswith((".", "__")) or part == "mis-documentos" for part in parts)


@dataclass(frozen=True)
class Update:
    """What an update did: Spanish lines for the trainee, and the files it wrote."""

    notes: list[str]
    written: list[Path]


def update(workspace: Path, files: dict[str, Path], today: datetime.date | None = None) -> Update:
    """Bring ``workspace`` in step with ``files`` (name in it -> file of the course).

    The trainee's work is never lost: a file changed by both sides is renamed ``<name>.anterior-<date>`` first. Raises
    ``UserError`` where the disk is full or read-only.
    """
    day = (today or datetime.date.today()).isoformat()
    known = _read_manifest(workspace)
    done = Update([], [])
    copies: dict[str, Copied] = {}
    try:
        for name, source in files.items():
            data = source.read_bytes()
            copies[name] = Copied(hashlib.sha256(data).hexdigest(), _work(name, data))
            _update_one(workspace / name, data, copies[name], known.get(name), day, done)
        for name in known.keys() - files.keys():
            _retire(workspace / name, known[name])
        _write_manifest(workspace, copies)
    except OSError as error:
        raise UserError(
            _("No se pudo preparar su carpeta {folder} ({reason}): libere espacio o revise los permisos.").format(
                folder=workspace, reason=cause(error)
            )
        ) from error
    return done


def _update_one(target: Path, data: bytes, new: Copied, old: Copied | None, day: str, done: Update) -> None:
    present = target.read_bytes() if target.exists() else None
    if present is not None:
        if present == data or (old is not None and old.digest == new.digest):
            return
        work = _work(target.name, present)
        if old is not None and work != old.work and new.work == old.work:
            return  # The trainee changed it, the course did not (only its outputs).
        if work not in (new.work, old.work if old else None):
            kept = _free_name(target, day)
            target.rename(kept)
            done.notes.append(
                _("{name} cambió en el curso; lo que usted había escrito está en {kept}.").format(
                    name=target.name, kept=kept.name
                )
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, data)
    done.written.append(target)


def _retire(target: Path, old: Copied) -> None:
    """Take away what the course no longer has, unless the trainee wrote in it."""
    if target.is_file() and _work(target.name, target.read_bytes()) == old.work:
        target.unlink()


def _free_name(target: Path, day: str) -> Path:
    kept = target.with_name(f"{target.stem}.anterior-{day}{target.suffix}")
    count = 2
    while kept.exists():
        kept = target.with_name(f"{target.stem}.anterior-{day}-{count}{target.suffix}")
        count += 1
    return kept


def _work(name: str, data: bytes) -> str:
    """Digest of what a person writes in a file: of a notebook the kind and text of its cells, else every byte."""
    if name.endswith(".ipynb"):
        try:
            cells = json.loads(data)["cells"]
            data = json.dumps([[cell["cell_type"], "".join(cell["source"])] for cell in cells]).encode()
        except (ValueError, KeyError, TypeError):
            pass  # A damaged notebook is compared as it stands, and so counts as changed.
    return hashlib.sha256(data).hexdigest()


def _read_manifest(workspace: Path) -> dict[str, Copied]:
    try:
        entries = json.loads((workspace / MANIFEST).read_bytes())["files"]
        return {name: Copied(**entry) for name, entry in entries.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # Without a manifest every difference counts as the trainee's, which loses nothing.


def _write_manifest(workspace: Path, copies: dict[str, Copied]) -> None:
    manifest = workspace / MANIFEST
    manifest.parent.mkdir(parents=True, exist_ok=True)
    entries = {name: asdict(copy) for name, copy in sorted(copies.items())}
    data = json.dumps({"schema": 1, "files": entries}, indent=1).encode()
    if not manifest.exists() or manifest.read_bytes() != data:
        write_atomic(manifest, data)

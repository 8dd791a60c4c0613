"""One file to hand in where there is no exchange: the assignment's folder as a zip, with a manifest.

The trainee's side (``write_bundle``). ``ciberaula.grading.intake`` is the instructor's.
"""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ciberaula.classroom.participant import LOCAL_STUDENT
from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.grading.roster import STUDENT_ID
from ciberaula.grading.work import assignment_notebooks, damage, refuse_solutions
from ciberaula.i18n import _

MANIFEST = "manifiesto.json"
EXTRA_FILES = ("respuestas.json", "registro.jsonl")
MAX_FILES = 20
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_TOTAL_BYTES = 40 * 1024 * 1024
# The earliest time a zip can hold: the same content gives the same bytes, whatever the files' own times.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
HOW_TO_SAY_WHO = _("escriba el identificador que le dio su institución (en una terminal: --id SU-IDENTIFICADOR)")


class FileEntry(BaseModel):
    """What the manifest says of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """The manifest of a bundle: whose work on what, when (as the trainee's clock says), and the digest of each file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    assignment: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z-]{0,99}$")]
    student: Annotated[str, Field(pattern=STUDENT_ID.pattern)]
    created_at: AwareDatetime
    files: Annotated[dict[str, FileEntry], Field(min_length=1, max_length=MAX_FILES)]


def write_bundle(folder: Path, *, student: str, target: Path | None = None, now: datetime | None = None) -> Path:
    """Pack the assignment in ``folder`` (named as the assignment) and return the path of the zip.

    It holds the notebooks, the answer sheet and the learning record, nothing else. Without ``target`` it is
    ``<assignment>-<student>.zip`` beside the folder. Raises ``UserError`` where the folder is no assignment's, a file is
    damaged or there is too much; and for ``LOCAL_STUDENT``, the id that every classroom on an own machine gives: under it,
    one trainee's work would take the place of another's.
    """
    folder = folder.resolve()
    if not STUDENT_ID.match(student):
        raise UserError(
            _(
                "El identificador «{student}» no sirve: use el que le dio su institución (letras, cifras, punto o guion)."
            ).format(student=student)
        )
    if student == LOCAL_STUDENT:
        raise UserError(
            _("«{student}» es el nombre de cualquiera en su propio equipo: {how}.").format(
                student=student, how=HOW_TO_SAY_WHO
            )
        )
    contents = {path.name: _content(path) for path in _files(folder)}
    for name, data in contents.items():
        refuse_solutions(name, data)
        reason = damage(name, data)
        if reason:
            raise UserError(
                _(
                    "«{name}» no se puede leer ({reason}): ábralo y guárdelo en el aula, y vuelva a preparar el archivo."
                ).format(name=name, reason=reason)
            )
    if sum(map(len, contents.values())) > MAX_TOTAL_BYTES:
        raise UserError(
            _(
                "La tarea pesa más de {mb} MB: borre las salidas del cuaderno (Editar, Limpiar todas las salidas)."
            ).format(mb=MAX_TOTAL_BYTES // 2**20)
        )
    manifest = {
        "schema": 1,
        "assignment": folder.name,
        "student": student,
        "created_at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in contents.items()
        },
    }
    target = target or folder.parent / f"{folder.name}-{student}.zip"
    data = _zip({MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1).encode(), **contents})
    try:
        write_atomic(target, data)
    except OSError as error:
        raise UserError(
            _("No se pudo guardar {file}: {cause}, o elija otra carpeta con --output.").format(
                file=target, cause=cause(error)
            )
        ) from error
    return target


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UserError(_("No existe la carpeta {folder}: indique la carpeta de su tarea.").format(folder=folder))
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise UserError(_("En {folder} no hay ningún cuaderno: indique la carpeta de su tarea.").format(folder=folder))
    known = assignment_notebooks(folder)
    if not known.get(folder.name, frozenset()) & {path.name for path in notebooks}:
        raise UserError(
            _("{folder} no es la carpeta de una tarea: indique la que tiene {expected}.").format(
                folder=folder, expected=_expected(known, folder.name)
            )
        )
    extras = [folder / name for name in EXTRA_FILES if (folder / name).exists()]
    if len(notebooks) + len(extras) > MAX_FILES:
        raise UserError(
            _("En {folder} hay más de {count} archivos: deje solo el cuaderno de la tarea.").format(
                folder=folder, count=MAX_FILES
            )
        )
    return [*notebooks, *extras]


def _expected(known: Mapping[str, frozenset[str]], name: str) -> str:
    """«assignment/notebook» of the assignment called ``name``, or of all."""
    named = {name: known[name]} if name in known else known
    return ", ".join(f"{one}/{book}" for one, books in named.items() for book in sorted(books)) or _("el cuaderno")


def _content(path: Path) -> bytes:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise UserError(_("{file} no es un archivo común: reemplácelo por una copia.").format(file=path.name))
    if status.st_size > MAX_FILE_BYTES:
        raise UserError(
            _("{file} pesa más de {mb} MB: borre las salidas del cuaderno (Editar, Limpiar todas las salidas).").format(
                file=path.name, mb=MAX_FILE_BYTES // 2**20
            )
        )
    return path.read_bytes()


def _zip(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in contents.items():
            info = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
    return buffer.getvalue()

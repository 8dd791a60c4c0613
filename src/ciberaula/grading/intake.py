"""Taking in bundles: nothing of a file is trusted until it is checked, and one bad file never stops the next."""

import errno
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from nbgrader.utils import parse_utc
from pydantic import ValidationError

from ciberaula.classroom.participant import LOCAL_STUDENT
from ciberaula.classroom.sheetfile import SHEET_FILE
from ciberaula.errors import UserError, one_line
from ciberaula.files import cause
from ciberaula.grading.bundle import EXTRA_FILES, MANIFEST, MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, Manifest
from ciberaula.grading.work import damage
from ciberaula.i18n import _

MAX_BUNDLE_BYTES = 40 * 1024 * 1024
MAX_MANIFEST_BYTES = 64 * 1024
# Text deflates up to some 20 times; beyond this, a file is made to swell.
MAX_RATIO = 200
_CHUNK = 64 * 1024
DAMAGED = _("está dañado o no es un paquete de entrega; pida que lo envíe de nuevo.")


@dataclass(frozen=True)
class Intake:
    """What became of one file handed in. ``message`` is one Spanish line for the instructor."""

    file: Path
    state: Literal["accepted", "updated", "same", "older", "refused"]
    message: str
    student: str | None = None
    assignment: str | None = None
    errno: int | None = None
    """Where the system, and not the bundle, was why it was refused."""


@dataclass(frozen=True)
class Desk:
    """Where work is taken in: known trainees, the notebooks of each known assignment, and the folder of submissions.

    ``waiting_room``: the exchange's folder, where a later attempt waits while one lies in ``submitted``, for those
    assignments that are ``one_by_one``: each attempt of theirs is graded.
    """

    students: Container[str]
    assignments: Mapping[str, frozenset[str]]
    submitted: Path
    waiting_room: Path | None = None
    one_by_one: Container[str] = frozenset()


def collect(files: Iterable[Path], desk: Desk, *, now: datetime | None = None) -> Iterator[Intake]:
    """Take in bundles one by one; each gives one outcome, whatever is in it."""
    for file in files:
        try:
            yield _take_in(file, desk, now or datetime.now(UTC))
        except UserError as error:
            yield Intake(file, "refused", f"{shown_name(file)}: {error}")
        except OSError as error:
            words = _("no se pudo recibir: {cause}.").format(cause=cause(error))
            yield Intake(file, "refused", f"{shown_name(file)}: {words}", errno=error.errno)


def shown_name(file: Path) -> str:
    """The name of a bundle for a line: whoever sent it chose it."""
    return one_line(file.name, 120)


def _take_in(file: Path, desk: Desk, now: datetime) -> Intake:
    desk.submitted.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".recibido-", dir=desk.submitted) as staging:
        folder = Path(staging, "entrega")
        folder.mkdir()
        manifest = _unpack(file, folder)
        _check_names(manifest, desk)
        _check_content(manifest, folder)
        # A trainee's clock may run ahead; work cannot have been made after it came in.
        try:
            made = min(manifest.created_at.astimezone(UTC), now)
        except OverflowError as error:  # a day before the first of the calendar
            raise UserError(_("dice que se hizo en una fecha imposible; pida que vuelva a hacerla.")) from error
        target = desk.submitted / manifest.student / manifest.assignment
        room = desk.waiting_room if manifest.assignment in desk.one_by_one else None
        state, message = _place(folder, target, manifest, made, room)
    words = message.format(student=manifest.student, assignment=manifest.assignment)
    return Intake(file, state, f"{shown_name(file)}: {words}", manifest.student, manifest.assignment)


def _check_content(manifest: Manifest, folder: Path) -> None:
    """Raise ``UserError`` for work that could not be graded: it must not take the place of work that could."""
    for name in manifest.files:
        reason = damage(name, (folder / name).read_bytes())
        if reason:
            raise UserError(
                _(
                    "«{name}» no se puede leer ({reason}); pida otra entrega. Si había una anterior, se conserva."
                ).format(name=name, reason=reason)
            )


def _check_names(manifest: Manifest, desk: Desk) -> None:
    if manifest.student == LOCAL_STUDENT:
        raise UserError(
            _(
                "viene de «{student}», el nombre de cualquiera en su propio equipo; pida que ponga el identificador de su "
                "institución."
            ).format(student=manifest.student)
        )
    if manifest.student not in desk.students:
        raise UserError(
            _(
                "«{student}» no está en la lista de participantes; añada su fila a roster.csv o devuelva el archivo."
            ).format(student=manifest.student)
        )
    notebooks = desk.assignments.get(manifest.assignment)
    if notebooks is None:
        raise UserError(
            _("«{assignment}» no es una tarea publicada; debe ser una de: {known}.").format(
                assignment=manifest.assignment, known=", ".join(sorted(desk.assignments)) or _("ninguna todavía")
            )
        )
    sent = {name for name in manifest.files if name.endswith(".ipynb")}
    if not sent & notebooks:
        raise UserError(
            _("no trae el cuaderno de {assignment} ({expected}); parece de otra tarea.").format(
                assignment=manifest.assignment, expected=", ".join(sorted(notebooks))
            )
        )


def _place(
    folder: Path, target: Path, manifest: Manifest, made: datetime, room: Path | None
) -> tuple[Literal["accepted", "updated", "same", "older"], str]:
    """Put a checked folder where nbgrader looks for it: whole, or not at all. The work before it goes last."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.anterior")
    recover(target, aside)
    had = target.is_dir()
    if had:
        if _digests(target) == {name: entry.sha256 for name, entry in manifest.files.items()}:
            return "same", _("la entrega de {student} en {assignment} ya estaba recibida, con el mismo contenido.")
        before = _timestamp(target)
        if before is not None and before >= made and room is None:
            return "older", _("ya hay una entrega igual o más reciente de {student} en {assignment}; se conserva esa.")
    stamp = made.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    answered = SHEET_FILE in manifest.files
    if not answered and (target / SHEET_FILE).exists():
        raise UserError(
            _("no trae respuestas ({sheet}) y la entrega anterior sí; se conserva la anterior.").format(
                sheet=SHEET_FILE
            )
        )
    (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")
    # nbgrader names released feedback after this; the exchange makes one for what is submitted through it.
    (folder / "submission_secret.txt").write_text(secrets.token_hex(32), encoding="utf-8")
    if had and room is not None:
        return _let_wait(folder, room, f"{manifest.student}+{manifest.assignment}+{stamp}")
    replace_folder(folder, target, aside)
    doubt = (
        "" if answered else " " + _("No trae {sheet}: solo cuenta lo escrito en el cuaderno.").format(sheet=SHEET_FILE)
    )
    if had:
        words = _("recibida una entrega más reciente de {student} en {assignment}; reemplaza a la anterior.")
        return "updated", words + doubt
    return "accepted", _("recibida la entrega de {student} en {assignment}.") + doubt


def _let_wait(folder: Path, room: Path, name: str) -> tuple[Literal["updated", "same"], str]:
    """Put an attempt beside those that came through the exchange, under a name as nbgrader gives them."""
    if not room.is_dir():
        room.mkdir(parents=True)
        # As nbgrader makes it: it would leave one that is there as it is, and trainees must be able to hand in.
        room.chmod(0o733)
    if any(other.name.startswith(f"{name}+") for other in room.iterdir()):
        return "same", _("esa entrega de {student} en {assignment} ya estaba recibida y espera su turno.")
    place = room / f"{name}+{secrets.token_urlsafe(9)}"
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        whole = shutil.copytree(folder, room / f".{place.name}")  # the exchange lies on another disk
        whole.rename(place)
    return "updated", _(
        "recibida otra entrega de {student} en {assignment}; espera a que se califique la anterior "
        "(ciberaula collect --assignment {assignment})."
    )


def replace_folder(folder: Path, target: Path, aside: Path) -> None:
    """Move ``folder`` to ``target``. What was there waits in ``aside`` and is removed only once the new one is in place.

    A folder cannot be renamed over another. Whatever stops us in between, even a power cut, ``recover`` puts it right.
    """
    try:
        if target.is_dir():
            target.rename(aside)
        folder.rename(target)
    finally:
        recover(target, aside)


def recover(target: Path, aside: Path) -> None:
    """Finish a replacement: without a new folder in place the earlier one comes back, and with one it goes."""
    if not aside.is_dir():
        return
    if target.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
    else:
        aside.rename(target)


def _digests(folder: Path) -> dict[str, str]:
    """sha256 of the files of a submission that a bundle could hold."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file() and not path.is_symlink() and (path.suffix == ".ipynb" or path.name in EXTRA_FILES)
    }


def _timestamp(folder: Path) -> datetime | None:
    try:
        read = parse_utc((folder / "timestamp.txt").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
    return None if read is None else read.replace(tzinfo=UTC)


def _unpack(file: Path, folder: Path) -> Manifest:
    """Check an archive and write its files into ``folder``. Raises ``UserError`` before anything of it is trusted."""
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for ever
            raise UserError(_("no es un archivo común; revise qué hay con ese nombre."))
        if status.st_size > MAX_BUNDLE_BYTES:
            raise UserError(_("pesa más de {mb} MB; pida que la reduzca.").format(mb=MAX_BUNDLE_BYTES // 2**20))
        with zipfile.ZipFile(file) as archive:
            entries = _checked_entries(archive)
            manifest = _manifest(archive, entries)
            if set(manifest.files) != set(entries) - {MANIFEST}:
                raise UserError(_("los archivos no son los que dice su manifiesto; pida que vuelva a hacerla."))
            for name, entry in manifest.files.items():
                digest = _extract(archive, entries[name], folder / name)
                if digest != entry.sha256:
                    raise UserError(
                        _("«{name}» llegó alterado o incompleto; pida que la envíe de nuevo.").format(name=name)
                    )
    except FileNotFoundError as error:
        raise UserError(_("no existe; revise el nombre.")) from error
    except OSError as error:
        if error.errno not in (errno.EINVAL, None):
            raise
        raise UserError(DAMAGED) from error  # sent by its own table to a place that no file has
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UserError(DAMAGED) from error
    return manifest


def _checked_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, once their names, kinds and declared sizes are harmless."""
    entries: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > MAX_FILES + 1:
        raise UserError(_("trae {count} archivos; se admiten {most}.").format(count=len(infos), most=MAX_FILES + 1))
    for info in infos:
        name = info.orig_filename
        if name != MANIFEST and name not in EXTRA_FILES and not name.endswith(".ipynb"):
            _refuse_path(name)
            raise UserError(_("trae un archivo que no es de la tarea («{name}»).").format(name=name[:80]))
        _refuse_path(name)
        if name.casefold() in {known.casefold() for known in entries}:
            raise UserError(_("trae dos veces el archivo «{name}».").format(name=name))
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.is_dir() or kind not in (0, stat.S_IFREG):
            raise UserError(_("«{name}» no es un archivo común sino un enlace o algo semejante.").format(name=name))
        if info.flag_bits & 0x1:
            raise UserError(_("«{name}» está cifrado; pida que lo envíe sin contraseña.").format(name=name))
        if info.file_size > MAX_FILE_BYTES or info.file_size > MAX_RATIO * max(info.compress_size, 1024):
            raise UserError(_("«{name}» ocupa demasiado al abrirse; no se abrió.").format(name=name))
        entries[name] = info
    if sum(info.file_size for info in entries.values()) > MAX_TOTAL_BYTES:
        raise UserError(_("ocupa más de {mb} MB al abrirse; no se abrió.").format(mb=MAX_TOTAL_BYTES // 2**20))
    if MANIFEST not in entries:
        raise UserError(
            _("no es un paquete de entrega (falta {name}); se hace con «ciberaula bundle».").format(name=MANIFEST)
        )
    return entries


def _refuse_path(name: str) -> None:
    """Refuse a name that is more than a plain file name here or on another system."""
    odd = (
        any(sign in name for sign in "/\\:\0") or not name.isprintable() or name.startswith(".") or name.strip() != name
    )
    if odd or len(name.encode()) > 200:
        shown = "".join(sign if sign.isprintable() else "?" for sign in name[:80])
        raise UserError(
            _("trae un nombre de archivo que intenta salir de la carpeta o no es válido («{name}»).").format(name=shown)
        )


def _manifest(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> Manifest:
    with archive.open(entries[MANIFEST]) as stream:
        data = stream.read(MAX_MANIFEST_BYTES + 1)
    try:
        if len(data) > MAX_MANIFEST_BYTES:
            raise ValueError
        return Manifest.model_validate(json.loads(data))
    except (ValueError, ValidationError, RecursionError) as error:
        raise UserError(_("su manifiesto no se entiende; pida que vuelva a hacerla con «ciberaula bundle».")) from error


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> str:
    """Write one entry and return its sha256. The limit holds for what is read, whatever the archive declares."""
    digest, size = hashlib.sha256(), 0
    with archive.open(info) as stream, target.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > min(info.file_size, MAX_FILE_BYTES):
                raise UserError(_("«{name}» ocupa más de lo que declara; no se abrió.").format(name=target.name))
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()

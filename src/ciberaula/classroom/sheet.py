"""The trainee's answer sheet: every change is written at once, and no answer is lost on the way.

Several kernels may hold the same sheet (two tabs on one notebook, or a lesson and its tools): each save reads the file
again, changes its own answer alone, and replaces the file whole, all under a lock on the folder where the system has one.
"""

import contextlib
import errno
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ciberaula.classroom.sheetfile import SHEET_FILE, Content, Entry, NewerSchema, Unreadable, parse, read_bytes
from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _

try:
    import fcntl
except ImportError:  # Windows: saves still merge and replace, only without the lock
    fcntl = None  # type: ignore[assignment]

LOCK_WAIT_S = 5.0
ORPHAN_AGE_S = 60.0
_LOG = "story"  # the kind of answer that is a log: another session's is never replaced by an older one


@dataclass(frozen=True)
class SaveOutcome:
    """What became of a save: ``message`` is one Spanish line for the trainee, ``at`` is ISO 8601 UTC."""

    saved: bool
    message: str
    overwrote_other_tab: bool = False
    at: str = ""


class AnswerSheet:
    """``respuestas.json`` of one folder, as one kernel session sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / SHEET_FILE
        self.writer = secrets.token_hex(8)
        self.notice = ""
        """What happened to the sheet that the trainee should know, once: set aside, or of a newer version."""
        self._known: dict[str, Entry] = {}
        self._seen: dict[str, Entry | None] = {}
        self._pending: dict[str, Entry | None] = {}
        self._before: dict[str, Entry | None] = {}  # what the file held when an answer could not be written first
        self._began = _now()
        self._thread_lock = threading.Lock()

    def read(self) -> dict[str, Entry]:
        """All answers: those of the file, and over them those this session could not write yet.

        A damaged sheet is set aside (see ``notice``) and what this session remembers of it is given back, as it is where
        the folder itself is gone.
        """
        with self._thread_lock, self._folder_lock():
            return self._overlay(self._load().answers)

    def entry(self, id: str) -> Entry | None:
        """One answer, to be shown: from now on another session's change to it counts as made elsewhere."""
        found = self.read().get(id)
        self._seen[id] = found
        return found

    def overtaken(self, id: str) -> bool:
        """Does the file hold another session's answer that came after this one could not write its own?"""
        if id not in self._pending:
            return False
        with self._thread_lock, self._folder_lock():
            try:
                return self._is_overtaken(id, self._load(strict=True).answers.get(id))
            except (UserError, OSError):
                return False  # what can't be read tells nothing of another session

    def give_way(self, id: str) -> None:
        """Never write what this session could not write of an answer: the one of the file stays."""
        self._pending.pop(id, None)
        self._before.pop(id, None)

    def _is_overtaken(self, id: str, there: Entry | None) -> bool:
        if id not in self._pending or there is None:
            return False
        return there not in (self._before.get(id), self._pending[id])

    def take_notice(self) -> str:
        """The notice, which is then told and gone."""
        notice, self.notice = self.notice, ""
        return notice

    def save(self, id: str, kind: str, value: Any, *, checked: bool = False) -> SaveOutcome:
        """Write one answer at once; ``value`` None takes it back. Never raises for a disk or file problem.

        Raises ``UserError`` only when the answer itself is beyond the sheet's limits; it is then not kept.
        """
        now = _now()
        entry = None if value is None else Entry(kind, value, now, self.writer, checked)
        with self._thread_lock, self._folder_lock():
            try:
                content = self._load(strict=True)
            except (NewerSchema, Unreadable) as error:
                return self._keep(id, entry, str(error))
            except OSError as error:
                return self._keep(id, entry, self._cause(error))
            overwrote = self._changed_elsewhere(id, content.answers.get(id))
            content.answers = _applied(content.answers, {**self._writable(content.answers), id: entry})
            content.revision += 1
            content.updated_at = now
            data = content.encode()
            try:
                write_atomic(self.path, data)
            except OSError as error:
                return self._keep(id, entry, self._cause(error))
            self._written(id, content.answers)
            self._known = dict(content.answers)
            self._seen[id] = entry
            self._sweep()
        return SaveOutcome(True, self._saved_message(entry, overwrote), overwrote, now)

    def _writable(self, answers: dict[str, Entry]) -> dict[str, Entry | None]:
        """What could not be written before. The log of a story that went on elsewhere waits until somebody decides."""
        return {
            id: entry
            for id, entry in self._pending.items()
            if entry is None or entry.kind != _LOG or not self._is_overtaken(id, answers.get(id))
        }

    def _written(self, id: str, answers: dict[str, Entry]) -> None:
        """Forget what was waiting and is now in the file, as ``id`` is."""
        for one in [id, *self._writable(answers)]:
            self.give_way(one)

    def _saved_message(self, entry: Entry | None, overwrote: bool) -> str:
        sentences = [_("Respuesta guardada.") if entry else _("Respuesta borrada.")]
        if overwrote:
            sentences.append(_("Esta pregunta también se respondió en otra pestaña: quedó esta última respuesta."))
        return " ".join([*sentences, self.take_notice()]).strip()

    def _changed_elsewhere(self, id: str, entry: Entry | None) -> bool:
        if entry is None or entry.writer == self.writer or entry == self._seen.get(id):
            return False
        return id in self._seen or entry.saved_at >= self._began

    def _sweep(self) -> None:
        """Remove neighbours that killed kernels left half-written, so that they don't travel with the work."""
        for orphan in self.folder.glob(f".{SHEET_FILE}.*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - orphan.stat().st_mtime > ORPHAN_AGE_S:
                    orphan.unlink()

    def _keep(self, id: str, entry: Entry | None, reason: str) -> SaveOutcome:
        self._before.setdefault(id, self._known.get(id))
        self._pending[id] = entry
        return SaveOutcome(
            False,
            _(
                "No se pudo guardar: {reason} Su respuesta se conserva en esta sesión y se guardará en el próximo intento."
            ).format(reason=reason),
        )

    def _overlay(self, answers: dict[str, Entry]) -> dict[str, Entry]:
        return _applied(answers, self._pending)

    def _load(self, *, strict: bool = False) -> Content:
        """The file's content, remembered; empty where there is no file.

        ``strict`` (before writing) lets ``NewerSchema``, ``Unreadable`` and the ``OSError`` of a folder that is gone or
        of a sheet that could not be set aside out.
        """
        try:
            present = self._is_there()
        except OSError as error:
            if strict:
                raise
            self.notice = _("No se puede leer su hoja de respuestas: {reason}").format(reason=self._cause(error))
            return Content(self.folder.name, answers=dict(self._known))
        if not present:
            content = Content(self.folder.name)
        else:
            try:
                content = parse(read_bytes(self.path))
            except (NewerSchema, Unreadable) as error:
                self.notice = str(error)
                if strict:
                    raise
                return Content(self.folder.name)
            except UserError:
                content = self._after_damage(strict)
        self._known = dict(content.answers)
        return content

    def _is_there(self) -> bool:
        """Whether the folder has a sheet. ``OSError`` where the folder is gone or shut, which tells nothing about one."""
        self.folder.stat()
        try:
            self.path.lstat()
        except FileNotFoundError:
            return False
        return True

    def _after_damage(self, strict: bool) -> Content:
        content = Content(self.folder.name, answers=dict(self._known))
        try:
            aside = self._set_aside()
        except OSError:
            if strict:
                raise
            self.notice = _("La hoja de respuestas está dañada y no se pudo apartar: no se escribirá sobre ella.")
            return content
        self.notice = _("La hoja de respuestas estaba dañada: se apartó como {file} y se empezó una nueva.").format(
            file=aside
        )
        return content

    def _set_aside(self) -> str:
        """Rename the damaged sheet to a free name and return it."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        aside = self.path.with_name(f"respuestas.dañada-{stamp}.json")
        while os.path.lexists(aside):
            aside = aside.with_name(f"{aside.stem}-{secrets.token_hex(2)}.json")
        self.path.rename(aside)
        return aside.name

    def _cause(self, error: OSError) -> str:
        """Why a write failed and what to do, as a Spanish sentence."""
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
            return _("la carpeta «{folder}» ya no está en su lugar; devuélvala ahí, con el mismo nombre.").format(
                folder=self.folder.name
            )
        return f"{cause(error)}."

    @contextlib.contextmanager
    def _folder_lock(self) -> Iterator[None]:
        """Keep other kernels out for the while. Locks the folder itself, so that no lock file is left behind.

        After ``LOCK_WAIT_S`` (a kernel stopped while it held the lock) it goes on: the file is still replaced whole. So it
        does where the folder can't be opened: reading or writing in it then tells why.
        """
        descriptor = None
        if fcntl is not None:
            with contextlib.suppress(OSError):
                descriptor = os.open(self.folder, os.O_RDONLY)
        if descriptor is None:
            yield
            return
        try:
            deadline = time.monotonic() + LOCK_WAIT_S
            while time.monotonic() < deadline:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except OSError as error:
                    if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                        break
                    time.sleep(0.01)
            yield
        finally:
            os.close(descriptor)


@cache
def sheet_for(folder: Path) -> AnswerSheet:
    """The one sheet of this kernel session for ``folder`` (absolute)."""
    return AnswerSheet(folder)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _applied(answers: dict[str, Entry], changes: dict[str, Entry | None]) -> dict[str, Entry]:
    merged = {**answers, **{id: entry for id, entry in changes.items() if entry is not None}}
    return {id: entry for id, entry in merged.items() if changes.get(id, entry) is not None}

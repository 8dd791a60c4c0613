"""Bringing work from nbgrader's exchange into ``submitted/``: whole or not at all, and no attempt that matters skipped.

nbgrader's own collect keeps the latest of each trainee, removes what was there before it copies, and stops at the first
name or file that is odd. Where the plan lets an earlier attempt count, attempts come in one by one, oldest first, and the
next waits until the one in ``submitted/`` has been graded. The exchange keeps everything that was handed in.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ciberaula.errors import UserError
from ciberaula.files import cause, sync_disk
from ciberaula.grading import ledger
from ciberaula.grading.inbound import Handed, copy_attempt, handed_in, inbound_folder, refusal, settled
from ciberaula.grading.intake import recover, replace_folder
from ciberaula.grading.policy import AHEAD, policy_of
from ciberaula.grading.submission_files import digest_of, handed_in_at, signature_of
from ciberaula.i18n import _, ngettext

_STAGING = ".recogido-"
# Copied before one sync of the disk.
_AT_ONCE = 100


@dataclass(frozen=True)
class Collected:
    """``brought``: whose work came in, by id. ``waiting``: attempts that come in once what is there has been graded.

    ``refused``: a Spanish line for each that could not be taken. ``here``: how many trainees' work was here already, and
    nothing of theirs came in.
    """

    brought: tuple[str, ...]
    waiting: int = 0
    refused: tuple[str, ...] = ()
    here: int = 0

    def counted(self) -> str:
        """How many came in and how many were here, in words without a full stop."""
        came = len(self.brought)
        new = (
            ngettext("{n} entrega recogida del intercambio", "{n} entregas recogidas del intercambio", came)
            if came
            else _("nada nuevo en el intercambio")
        )
        old = ngettext("{n} ya estaba aquí", "{n} ya estaban aquí", self.here)
        return "; ".join([new.format(n=came), *([old.format(n=self.here)] if self.here else [])])

    def told(self) -> str | None:
        """What an instructor should know of it, a line each; ``None`` where everything came in."""
        lines = list(self.refused)
        if self.waiting:
            words = ngettext(
                "Queda {count} entrega en espera: esta tarea califica cada intento por turno; califique y vuelva a recoger.",
                "Quedan {count} entregas en espera: esta tarea califica cada intento por turno; califique y vuelva a recoger.",
                self.waiting,
            )
            lines.append(words.format(count=self.waiting))
        return "\n".join(lines) or None


def collect(
    config: Config,
    assignment: str,
    *,
    students: Container[str] | None = None,
    ready: Callable[[Path], bool] = settled,
) -> Collected:
    """Bring in what trainees handed in through the exchange and is not here yet. Safe to repeat and to interrupt.

    ``students``: only these. ``ready`` says of a folder in the exchange whether it is complete. While ``waiting`` is not
    zero, grade and collect again. Raises ``UserError`` where there is no exchange, it cannot be read, or no space is left.
    """
    course = CourseDirectory(config=config)
    with _alone(_target(course, ".", ".")):
        return _collect(config, course, assignment, students, ready)


def _collect(
    config: Config,
    course: CourseDirectory,
    assignment: str,
    students: Container[str] | None,
    ready: Callable[[Path], bool],
) -> Collected:
    handed, refused = handed_in(inbound_folder(config), assignment)
    handed = {student: attempts for student, attempts in handed.items() if students is None or student in students}
    handed = {student: left for student, attempts in handed.items() if (left := _complete(attempts, ready))}
    every = policy_of(assignment).one_by_one
    here = _here(course, assignment, handed)
    known = _known(str(course.db_url), assignment, list(handed)) if every else {}
    chosen, waiting = next_attempts(
        handed,
        {student: _stamp(folder) for student, folder in here.items()},
        {student: {one.submitted_at for one in attempts} for student, attempts in known.items()},
        every=every,
        busy={student for student, folder in here.items() if every and not _was_graded(folder, known.get(student, ()))},
    )
    if not every:
        chosen = _not_graded_before(chosen, here, course, assignment)
    brought: list[str] = []
    for start in range(0, len(chosen), _AT_ONCE):
        brought += _bring(chosen[start : start + _AT_ONCE], course, assignment, refused)
    return Collected(tuple(brought), waiting, tuple(refused), len(here.keys() - {one.student for one in chosen}))


def next_round(config: Config, assignment: str) -> Collected:
    """After everything here was graded: bring in the next attempts of those who have one here. Nothing where all is in.

    ``grade`` until ``brought`` is empty, and every attempt had its turn.
    """
    if not policy_of(assignment).one_by_one or not inbound_folder(config).is_dir():
        return Collected(())
    everyone = _target(CourseDirectory(config=config), ".", ".")
    here = {entry.name for entry in os.scandir(everyone)} if everyone.is_dir() else set()
    return collect(config, assignment, students=here)


def bring_back(config: Config, assignment: str, student: str, at: datetime) -> bool:
    """Put the attempt that ``student`` handed in at that moment into ``submitted`` again; whether the exchange has it."""
    course = CourseDirectory(config=config)
    try:
        handed, _refused = handed_in(inbound_folder(config), assignment)
    except UserError:
        return False
    wanted = [one for one in handed.get(student, ()) if one.at == at and settled(one.folder)]
    with _alone(_target(course, ".", ".")):
        return bool(_bring(wanted[:1], course, assignment, []))


def next_attempts(
    handed: Mapping[str, Sequence[Handed]],
    here: Mapping[str, datetime | None],
    graded: Mapping[str, Collection[datetime | None]],
    *,
    every: bool,
    busy: Container[str] = (),
    now: datetime | None = None,
) -> tuple[list[Handed], int]:
    """Which attempts to bring in now, at most one a trainee, and how many must wait for a later turn.

    ``here``: the moment of what lies in ``submitted/``; without an entry there is nothing (an entry may be ``None``: work
    without a date). ``graded``: the moments of the attempts graded so far. ``busy``: whose work in ``submitted/`` waits
    to be graded. Not ``every``: only the latest, if it is newer. What a clock that ran ahead dated in the future (``now``)
    counts as the oldest: else nothing could ever come after it.
    """
    soon = (now or ledger.utc_now()) + AHEAD
    chosen, waiting = [], 0
    for student, attempts in handed.items():
        if not every:
            last, kept = max(attempts, key=lambda one: (one.at <= soon, one.at)), here.get(student)
            chosen += [last] if kept is None or (last.at <= soon, last.at) > (kept <= soon, kept) else []
            continue
        seen = {*graded.get(student, ()), *([here[student]] if student in here else [])}
        pending = [one for one in attempts if one.at not in seen]
        turn = 0 if student in busy else 1
        chosen += pending[:turn]
        waiting += len(pending[turn:])
    return chosen, waiting


@contextmanager
def _alone(everyone: Path) -> Iterator[None]:
    """One collection at a time; what an earlier one that was killed left half copied goes first."""
    import fcntl  # there is none on Windows, and no exchange either

    everyone.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(everyone, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        for left in everyone.glob(f"{_STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def _complete(attempts: Iterable[Handed], ready: Callable[[Path], bool]) -> list[Handed]:
    found = []
    for one in attempts:
        try:
            if ready(one.folder):
                found.append(one)
        except OSError:
            continue  # it went away while we looked
    return found


def _not_graded_before(
    chosen: list[Handed], here: Mapping[str, Path], course: CourseDirectory, assignment: str
) -> list[Handed]:
    """``chosen`` without what was graded already and then made room for what lies here, whatever the clocks said."""
    again = [one.student for one in chosen if one.student in here]
    known = _known(str(course.db_url), assignment, again) if again else {}
    return [one for one in chosen if one.at not in {former.submitted_at for former in known.get(one.student, ())}]


def _here(course: CourseDirectory, assignment: str, students: Iterable[str]) -> dict[str, Path]:
    """The folders in ``submitted/`` of those who have one; what an interruption left beside its place goes back first."""
    found = {}
    for student in students:
        folder = _target(course, student, assignment)
        recover(folder, _aside(folder))
        if folder.is_dir():
            found[student] = folder
    return found


def _known(db_url: str, assignment: str, students: Sequence[str]) -> dict[str, list[ledger.Attempt]]:
    with ledger.reading(db_url) as connection:
        return ledger.attempts_of(connection, assignment, students)


def _was_graded(folder: Path, attempts: Iterable[ledger.Attempt]) -> bool:
    attempts = list(attempts)
    if not attempts:
        return False
    try:
        signature = signature_of(folder)
        if any(one.signature == signature for one in attempts):
            return True
        digest = digest_of(folder)
    except OSError:
        return False  # grading tells what cannot be read
    return any(one.digest == digest for one in attempts)


def _target(course: CourseDirectory, student: str, assignment: str) -> Path:
    return Path(course.format_path(course.submitted_directory, student, assignment)).resolve()


def _bring(some: Sequence[Handed], course: CourseDirectory, assignment: str, refused: list[str]) -> list[str]:
    """Copy attempts beside their places, to disk, and put each there with one rename. Returns whose came in.

    Adds a line to ``refused`` for each that cannot. Raises ``UserError`` where the disk is full, for the next would meet
    the same; what was copied whole until then is in its place.
    """
    everyone = _target(course, ".", ".")
    with tempfile.TemporaryDirectory(prefix=_STAGING, dir=everyone) as staging:
        copied, full = _copy_some(some, Path(staging), course, refused)
        try:
            if copied:
                sync_disk(everyone)
            for one, folder in copied:
                target = _target(course, one.student, assignment)
                target.parent.mkdir(exist_ok=True)
                replace_folder(folder, target, _aside(target))
        except OSError as error:
            full = error
    if full:
        words = _("No se pudo recoger {name} ({reason}): lo recogido hasta ahora queda guardado.")
        raise UserError(words.format(name=assignment, reason=cause(full))) from full
    return [one.student for one, _folder in copied]


def _copy_some(
    some: Sequence[Handed], staging: Path, course: CourseDirectory, refused: list[str]
) -> tuple[list[tuple[Handed, Path]], OSError | None]:
    """The attempts with their copies, as far as the disk takes them; and the error with which it was full."""
    copied: list[tuple[Handed, Path]] = []
    for number, one in enumerate(some):
        folder = staging / str(number)
        try:
            copy_attempt(one, folder, course)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return copied, error
            refused.append(refusal(one.folder, cause(error)))
        except UserError as error:
            refused.append(refusal(one.folder, str(error)))
        else:
            copied.append((one, folder))
    return copied, None


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.anterior")


def _stamp(folder: Path) -> datetime | None:
    try:
        return handed_in_at(folder)
    except (OSError, UserError):
        return None

"""How the grading service is: a file that machines read, a line for people, a log. None of them names anybody."""

import contextlib
import fcntl
import json
import logging
import os
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.grading.staging import is_held
from ciberaula.i18n import _, ngettext

State = Literal["starting", "running", "no_space", "no_gradebook", "stopping", "stopped"]

HEALTH_FILE = "serve-grading.json"
LOCK_FILE = "serve-grading.lock"
LOG_FILE = Path("logs", "serve-grading.log")
LOG_BYTES, LOG_FILES = 1_000_000, 5
# A service that says nothing for so long hangs: it writes every few seconds, whatever it waits for.
SILENCE_S = 60.0
WRITE_EVERY_S = 3.0


def state_words(state: State) -> str:
    """A state for people."""
    return {
        "starting": _("empezando"),
        "running": _("en marcha"),
        "no_space": _("en pausa: falta espacio en disco"),
        "no_gradebook": _("en espera del libro de calificaciones"),
        "stopping": _("terminando"),
        "stopped": _("detenido"),
    }[state]


@dataclass
class Health:
    """What the health file holds. Totals count from the start of the service; ``beat`` is the machine's running clock.

    ``p50_s`` and ``p95_s``: seconds from seeing a submission to its readable feedback, over the last 200.
    """

    state: State = "starting"
    at: str = ""
    started_at: str = ""
    waiting: int = 0
    running: int = 0
    graded_total: int = 0
    not_gradable_total: int = 0
    failed_total: int = 0
    refused_total: int = 0
    p50_s: float | None = None
    p95_s: float | None = None
    last_error_kind: str | None = None
    pid: int = 0
    boot: str = ""
    beat: float = 0.0


class HealthFile:
    """Writes ``Health`` now and then, whole or not at all. A full disk stops no service: the file then grows old."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = folder / HEALTH_FILE
        self.health = Health(started_at=_now(), pid=os.getpid(), boot=_boot())
        self._clock = clock
        self._last: tuple[float, State] | None = None
        self._took: deque[float] = deque(maxlen=200)

    def took(self, seconds: float) -> None:
        """Count the time of one submission, from being seen to readable feedback."""
        self._took.append(seconds)
        if len(self._took) > 1:
            cuts = statistics.quantiles(self._took, n=20, method="inclusive")
            self.health.p50_s, self.health.p95_s = round(cuts[9], 2), round(cuts[18], 2)

    def write(self, *, now: bool = False) -> None:
        """Write if the last time is long ago, if the state changed, or ``now``."""
        beat = self._clock()
        due = self._last is None or beat - self._last[0] >= WRITE_EVERY_S or self._last[1] != self.health.state
        if not (due or now):
            return
        self._last = (beat, self.health.state)
        self.health.at, self.health.beat = _now(), beat
        with contextlib.suppress(OSError):
            write_atomic(self.path, (json.dumps(asdict(self.health), indent=1) + "\n").encode())


def health_line(folder: Path, clock: Callable[[], float] = time.monotonic) -> tuple[bool, str]:
    """Whether the service of this home works, and a line that says so. No date is compared: clocks jump."""
    try:
        told = Health(**json.loads((folder / HEALTH_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        told = None
    if told is None or not is_held(folder / LOCK_FILE):
        return False, _("El servicio de calificación no está en marcha: inícielo con «ciberaula serve-grading».")
    silent = clock() - told.beat
    if told.boot != _boot() or silent > SILENCE_S:
        return False, _(
            "El servicio de calificación no responde desde {at}: reinícielo. No se pierde nada de lo recibido."
        ).format(at=told.at)
    graded, *stuck = outcome_words(told.graded_total, told.not_gradable_total, told.failed_total)
    parts = [
        graded,
        _("{n} en espera").format(n=told.waiting + told.running),
        *stuck,
        ngettext("{n} paquete rechazado", "{n} paquetes rechazados", told.refused_total).format(n=told.refused_total),
    ]
    if told.p95_s is not None:
        parts.append(_("95 de cada 100 con retroalimentación en {seconds} s").format(seconds=told.p95_s))
    if told.last_error_kind:
        parts.append(_("último problema: {kind}").format(kind=told.last_error_kind))
    line = _("Servicio de calificación {state}: {parts}.").format(state=state_words(told.state), parts="; ".join(parts))
    return told.state in ("starting", "running"), line


def outcome_words(graded: int, stuck: int, failed: int) -> list[str]:
    """How many submissions have their marks, lack some, and have none."""
    return [
        ngettext("{n} calificada", "{n} calificadas", graded).format(n=graded),
        _("{n} con algo sin calificar").format(n=stuck),
        _("{n} sin calificar").format(n=failed),
    ]


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the home's lock, or raise ``UserError`` where another service has it. It ends with the process, however it ends."""
    try:
        stream = (folder / LOCK_FILE).open("a")
    except OSError as error:
        raise UserError(
            _("No se puede escribir en {folder}: revise los permisos y el espacio.").format(folder=folder)
        ) from error
    with stream:
        for last in (False, False, True):
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if last:
                    raise UserError(
                        _(
                            "Ya hay un servicio de calificación en marcha para {folder}: vea cómo está con --health."
                        ).format(folder=folder)
                    ) from error
                time.sleep(0.1)  # perhaps only somebody who asks for its health
        yield


def open_log(folder: Path) -> logging.Logger:
    """The service's log: a line for each event, to the output and to a file that is turned over."""
    log = logging.getLogger("ciberaula.serve-grading")
    for handler in log.handlers[:]:
        log.removeHandler(handler)
        handler.close()
    log.setLevel(logging.INFO)
    log.propagate = False
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(logging.Formatter("%(message)s"))
    handlers: list[logging.Handler] = [out]
    with contextlib.suppress(OSError):
        path = folder / LOG_FILE
        path.parent.mkdir(exist_ok=True)
        turned = _QuietFile(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)
        turned.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        handlers.append(turned)
    for handler in handlers:
        log.addHandler(handler)
    return log


class _QuietFile(RotatingFileHandler):
    """On a full disk a line is lost, and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:
        del record


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _boot() -> str:
    """The running clock starts anew with the machine: a beat says nothing to another boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""

"""What a person, or a machine, sees of a grading run: a bar on a terminal, lines elsewhere, JSON on request."""

import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self, TextIO, get_args

from ciberaula.grading.lateness import after_deadline
from ciberaula.grading.outcomes import Graded, State
from ciberaula.grading.words import awaiting_person
from ciberaula.i18n import _, ngettext

STATES: tuple[State, ...] = get_args(State)

_LINES: dict[State, str] = {
    "graded": _("calificada"),  # told only where there is more to say
    "not_gradable": _("calificada en parte; no se pudo calificar: {reason}"),
    "kept": _("calificada y guardada sin contar: {reason}"),
    "failed": _("no se calificó: {reason}"),
}


@dataclass
class Meter:
    """How far a run is: counts by outcome, and the pace of what was really graded. ``clock``: seconds, never backwards."""

    total: int
    clock: Callable[[], float] = time.monotonic
    counts: Counter[State] = field(default_factory=Counter)
    late: int = 0
    """Submissions that came after their deadline."""
    written: dict[str, dict[str, int]] = field(default_factory=dict)
    """assignment -> student -> written answers that wait for a person, once the run is over."""

    def __post_init__(self) -> None:
        self._start = self.clock()

    def count(self, state: State, number: int = 1) -> None:
        """Count outcomes."""
        self.counts[state] += number

    def count_one(self, graded: Graded) -> None:
        """Count what became of one submission."""
        self.count(graded.state)
        self.late += graded.seconds_late > 0

    @property
    def done(self) -> int:
        """How many of ``total`` have an outcome."""
        return sum(self.counts.values())

    @property
    def worked(self) -> int:
        """How many were graded now: not those without anything new."""
        return self.done - self.counts["unchanged"]

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return self.clock() - self._start

    @property
    def rate(self) -> float:
        """Submissions per second; 0.0 before the first."""
        return self.worked / self.seconds if self.worked and self.seconds else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds to the end at this pace; None before there is one."""
        return (self.total - self.done) / self.rate if self.rate else None

    def pace(self) -> str:
        """The pace and the remaining time in words."""
        if self.remaining is None:
            return _("empezando…")
        return _("{rate} por segundo · faltan {remaining}").format(
            rate=f"{self.rate:.1f}".replace(".", ","), remaining=_clock(self.remaining)
        )

    def outcomes(self) -> str:
        """The counts in words, without those that are zero."""
        words = {
            "graded": ngettext("{count} calificada", "{count} calificadas", self.counts["graded"]),
            "not_gradable": _("{count} con algo sin calificar"),
            "kept": _("{count} sin contar"),
            "failed": _("{count} sin calificar"),
            "unchanged": _("{count} sin cambios"),
        }
        told = [words[state].format(count=self.counts[state]) for state in STATES if self.counts[state]]
        return ", ".join(told) or _("nada todavía")

    def summary(self) -> str:
        """The line at the end of a run."""
        told = ngettext("{count} entrega: {outcomes}.", "{count} entregas: {outcomes}.", self.done).format(
            count=self.done, outcomes=self.outcomes()
        )
        return told + (" " + _("Después del plazo: {count}.").format(count=self.late) if self.late else "")

    @property
    def waiting(self) -> int:
        """Submissions with a written answer that waits for a person."""
        return sum(map(len, self.written.values()))

    def next_step(self) -> str | None:
        """What is left for a person to do, and how; ``None`` where nothing is."""
        if not self.waiting:
            return None
        names = [name for name, students in self.written.items() if students]
        answers = sum(count for students in self.written.values() for count in students.values())
        return _("{awaiting}: siga con ciberaula grade-rubric {name} ID … o en formgrader.").format(
            awaiting=awaiting_person(answers, self.waiting),
            name=names[0] if len(names) == 1 else _("TAREA"),
        )


class Display(Protocol):
    """Where a run is shown."""

    def outcome(self, assignment: str, graded: Graded) -> None:
        """One submission."""

    def note(self, assignment: str, line: str) -> None:
        """Something the instructor should look at."""

    def end(self) -> None:
        """The run is over."""


class Lines:
    """A line for each submission with a problem or late, and the summary; ``write`` takes one line."""

    def __init__(self, meter: Meter, write: Callable[[str], None], *, several: bool) -> None:
        self._meter = meter
        self._write = write
        self._several = several

    def outcome(self, assignment: str, graded: Graded) -> None:
        """See ``Display``."""
        words = _LINES.get(graded.state)
        late = f" ({after_deadline(graded.seconds_late)})" if graded.seconds_late else ""
        if words and (late or graded.state != "graded"):
            about = f"{assignment}, {graded.student}" if self._several else graded.student
            self._write(f"{about}: {words.format(reason=graded.reason)}{late}")

    def note(self, assignment: str, line: str) -> None:
        """See ``Display``."""
        self._write(f"{assignment}: {line}" if self._several else line)

    def end(self) -> None:
        """See ``Display``."""
        self._write(self._meter.summary())
        step = self._meter.next_step()
        if step:
            self._write(step)


class JsonLines:
    """For machines: an object for each submission, one for each note, and ``summary`` at the end. Ids, never names."""

    def __init__(self, meter: Meter, write: Callable[[str], None]) -> None:
        self._meter = meter
        self._write = write

    def outcome(self, assignment: str, graded: Graded) -> None:
        """See ``Display``."""
        self._say(
            assignment=assignment,
            student=graded.student,
            state=graded.state,
            reason=graded.reason,
            seconds=round(graded.seconds, 3),
            own_code=graded.own_code,
            seconds_late=graded.seconds_late,
        )

    def note(self, assignment: str, line: str) -> None:
        """See ``Display``."""
        self._say(assignment=assignment, note=line)

    def end(self) -> None:
        """See ``Display``."""
        counts = {state: self._meter.counts[state] for state in STATES}
        more = {"late": self._meter.late, "waiting_for_person": self._meter.waiting}
        seconds = round(self._meter.seconds, 3)
        self._say(summary={"submissions": self._meter.done, **counts, **more, "seconds": seconds})

    def _say(self, **content: Any) -> None:
        self._write(json.dumps(content, ensure_ascii=False))


class Bar:
    """A progress bar on a terminal, drawn anew in its place; lines given to ``write`` go above it."""

    def __init__(self, meter: Meter, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._meter = meter
        self._console = Console(file=stream)
        self._progress = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task(self._words(), total=meter.total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._progress.stop()

    def write(self, line: str) -> None:
        """A line above the bar, as it is: what it says is never markup."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def draw(self) -> None:
        """Show what the meter says now."""
        self._progress.update(self._task, completed=self._meter.done, description=self._words())

    def _words(self) -> str:
        return f"{self._meter.pace()} · {self._meter.outcomes()}"


@contextmanager
def shown(meter: Meter, *, as_json: bool, several: bool) -> Iterator[tuple[Display, Callable[[], None]]]:
    """The display that fits where the output goes, and what to call after each step.

    A bar goes to the terminal that the lines go to; where machines read the lines, to the other one, if it is a terminal.
    """
    both = sys.stdout.isatty() and as_json
    stream = sys.stderr if as_json else sys.stdout
    with contextlib.ExitStack() as stack:
        bar = stack.enter_context(Bar(meter, stream)) if stream.isatty() and not both else None
        write = bar.write if bar and not as_json else _print
        display: Display = JsonLines(meter, write) if as_json else Lines(meter, write, several=several)
        yield display, bar.draw if bar else _nothing


def _print(line: str) -> None:
    print(line, flush=True)


def _nothing() -> None:
    pass


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"

"""From the numbers of some cases to the cells of their tables: ids, moments, workers, and rows in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from ciberaula.datasets.casos import texts, workdays
from ciberaula.datasets.casos.contacts import Contacts, contact_times, contacts_of
from ciberaula.datasets.casos.ends import Ends, ends_of, with_return
from ciberaula.datasets.casos.life import Case, begin
from ciberaula.datasets.casos.staff import WORKERS_A_TEAM, supervisors, workers
from ciberaula.datasets.casos.who import place_in_motive
from ciberaula.datasets.columns import MINUTES_A_DAY, Column, codes, joined, words
from ciberaula.datasets.draws import Flags, Whole
from ciberaula.datasets.spec import YES_NO

Columns = Mapping[str, Any]
PREFIX, FIGURES = "SIM-", 6
_SUFFIXES = 40
_WORKERS = tuple(worker.id for worker in workers())
_SUPERVISORS = tuple(worker.id for worker in supervisors())


@dataclass(frozen=True, slots=True)
class Sheet:
    """Some whole cases, and what their tables share. ``of``, in all methods: the place of each row's case among them."""

    case: Case
    contacts: Contacts
    ends: Ends
    codes: Column
    places: Whole  # of each case among those of its motive

    @property
    def stop(self) -> Whole:
        return self.ends.stop

    def __len__(self) -> int:
        return len(self.case.who.number)

    def cases(self, of: Whole) -> Column:
        """The ids of the cases."""
        return self.codes.take(pa.array(of))

    def ids(self, of: Whole, letter: str, nth: Whole) -> Column:
        """Ids of what belongs to a case: SIM-000001-N03 for the third (``nth`` 2) of its notes."""
        return joined(self.cases(of), _suffixes(letter).take(pa.array(nth)))

    def worker_at(self, of: Whole, at: Whole) -> Whole:
        """The number of who had the case then."""
        hands = self.ends.hands
        return np.where(at >= hands.assigned[of], hands.next_worker[of], self.case.start.worker[of])

    def workers(self, of: Whole, at: Whole) -> Column:
        return words(self.worker_at(of, at), _WORKERS)

    def supervisors(self, of: Whole, where: Flags | None = None) -> Column:
        """The supervisor of each case's team; nobody where ``where`` is not set."""
        team = self.case.start.worker[of] // WORKERS_A_TEAM
        return words(team if where is None else np.where(where, team, -1), _SUPERVISORS)

    def happened(self, of: Whole, at: Whole) -> Flags:
        return at < self.stop[of]

    def moment(self, of: Whole, at: Whole) -> Column:
        """When, in real time; empty where it has not happened."""
        return moments(workdays.real(at), self.happened(of, at))

    def texts(
        self, kind: str, of: Whole, most: int, nth: Whole, facts: Mapping[str, Whole], where: Flags | None = None
    ) -> Column:
        """Texts of a kind, of which a case has ``most`` at the most, given what is known; empty where ``where`` is not set."""
        if where is None or where.all():
            return self._written(kind, of, most, nth, facts)
        kept = {name: column[where] for name, column in facts.items()}
        made = self._written(kind, of[where], most, nth[where], kept)
        return made.take(pa.array(np.cumsum(where) - 1, mask=~where))

    def _written(self, kind: str, of: Whole, most: int, nth: Whole, facts: Mapping[str, Whole]) -> Column:
        who, risk = self.case.who, self.case.start.risk
        known = {
            "motive": who.motive[of], "gender": who.gender[of], "age": who.age[of], "risk": risk[of],
            "rural": who.rural[of].astype(np.int64), "order": self.places[of] * most + nth,
        }  # fmt: skip
        return texts.texts(self.case.chance.draws, kind, (who.number[of] - 1) * most + nth, {**known, **facts})


def sheet_of(seed: int, rows: int, number: Whole) -> Sheet:
    """The cases of these numbers, of a set of so many ``rows``."""
    case = begin(seed, rows, number)
    times = contact_times(case)
    ends = ends_of(case, times)
    places = place_in_motive(seed, rows, number)
    return Sheet(case, contacts_of(case, with_return(times, ends)), ends, codes(PREFIX, number, FIGURES), places)


def merged(sheet: Sheet, at: str, parts: Sequence[Mapping[str, Whole]]) -> dict[str, Whole]:
    """Rows of several kinds with the same columns, those that happened (column ``at``), by case and time.

    Adds ``nth``: the place of each among the rows of its case.
    """
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = np.flatnonzero(sheet.happened(whole["of"], whole[at]))
    order = kept[np.lexsort((whole[at][kept], whole["of"][kept]))]
    found = {name: column[order] for name, column in whole.items()}
    found["nth"] = rank(found["of"])
    return found


def rank(of: Whole) -> Whole:
    """The place of each row among those of its case, for rows in order of cases."""
    return np.arange(len(of)) - np.searchsorted(of, of, side="left")


def yes_no(flags: Flags) -> Column:
    return words(np.where(flags, 0, 1), YES_NO)


def moments(minutes: Whole, where: Flags | None = None) -> Column:
    """``YYYY-MM-DD HH:MM`` for real minutes within the period or the year after; empty where ``where`` is not set."""
    days, clock = _written()
    day, minute = np.divmod(minutes, MINUTES_A_DAY)
    place = np.clip(day - workdays.days()[0], 0, len(days) - 1)
    if where is None or where.all():
        return joined(days.take(pa.array(place)), " ", clock.take(pa.array(minute)))
    return joined(days.take(pa.array(place, mask=~where)), " ", clock.take(pa.array(minute)))


@cache
def _written() -> tuple[Column, Column]:
    """All days and all minutes of a day, written out."""
    first, last = int(workdays.days()[0]), int(workdays.days()[-1])
    days = pa.array(np.arange(first, last + 1, dtype=np.int32)).cast(pa.date32()).cast(pa.string())
    clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(MINUTES_A_DAY)]
    return days, pa.array(clock, pa.string())


@cache
def _suffixes(letter: str) -> Column:
    width = 1 if letter == "P" else 2
    return pa.array([f"-{letter}{nth:0{width}d}" for nth in range(1, _SUFFIXES + 1)], pa.string())

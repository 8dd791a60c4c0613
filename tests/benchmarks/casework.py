"""What the case desk costs: actions per second, finding and opening among many cases, a simulated year.

``python -m tests.benchmarks.casework [--cases 10000]`` prints what it measures and, as its last line, one JSON object:
``actions_per_s`` (through the desk in memory, audit included), ``find_ms_*`` and ``open_ms_*`` (SQLite, median, with 1,000,
100,000 and 1,000,000 cases) and ``year_10k_cases_s`` (10,000 cases worked on for a year by random players).
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from ciberaula.casework.desk import Desk
from ciberaula.casework.entities import Actor
from ciberaula.casework.players import find_story, load_players, play_script
from ciberaula.casework.practice import practise
from ciberaula.casework.store.memory import MemoryStore
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Role
from ciberaula.paths import course_root
from tests.benchmarks.casework_store import store_figures

_ROUNDS = 5
_ACTIONS = 4000
_STORY = "visitas-en-pantalla"


def actions_per_second() -> float:
    """Actions a second: a mix of looks, notes, contacts and consents on one growing set of cases, the best of five."""
    return max(_actions_once() for _round in range(_ROUNDS))


def _actions_once() -> float:
    now = [datetime(2026, 3, 9, 8, 0)]
    desk = Desk(MemoryStore(), lambda: now[0])
    actor = Actor("w", Role.CASEWORKER, "t")
    actions: list[dict[str, Any]] = []
    for number in range(_ACTIONS // 8):
        case, person = f"c{number}", f"c{number}-p"
        register = {"do": "register", "case": case, "code": f"SIM-{number}", "person": person}
        actions.append({**register, "name": "Ana Mero", "canton": "Chone"})
        actions += [
            {"do": "record_consent", "case": case, "person": person, "purpose": "services", "granted": True},
            {"do": "look", "case": case},
            {"do": "assess", "case": case, "risk": "low", "facts": "Vive con su tía.", "with_person": True},
            {"do": "contact", "case": case, "who": person, "channel": "phone", "purpose": "saber cómo sigue"},
            {"do": "write_note", "case": case, "facts": "Dijo que duerme mejor."},
            {"do": "plan_follow_up", "case": case, "kind": "for_service", "days": 7},
            {"do": "raise_concern", "case": case, "kind": "health", "detail": "Falta un control."},
        ]
    start = time.perf_counter()
    for number, action in enumerate(actions):
        now[0] += timedelta(minutes=1)
        desk.do(actor, action, action_id=f"a{number}")
    return len(actions) / (time.perf_counter() - start)


def year_seconds(cases: int) -> tuple[float, int]:
    """Seconds to simulate ``cases`` cases for a year with random players, and how many actions that took."""
    start = time.perf_counter()
    tally = practise(MemoryStore(), cases)
    return time.perf_counter() - start, tally.actions


def story_actions() -> int:
    """How many actions the good player of that story takes."""
    files = find_story(course_root(), _STORY)
    return len(load_players(files.players).good)


def replay_ms() -> float:
    """Milliseconds to replay a story as its good player plays it, 200 other cases on the desk; the median of nine."""
    files = find_story(course_root(), _STORY)
    story = load_story(files.story)
    value = play_script(story, load_players(files.players, story).good).answer()
    spent = []
    for _round in range(9):
        start = time.perf_counter()
        Play.replay(story, value)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.casework", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases of the simulated year")
    options = parser.parse_args(arguments)
    rate = actions_per_second()
    print(f"actions through the desk in memory: {rate:,.0f} a second")
    print(f"a story with {story_actions()} actions replayed: {replay_ms():.0f} ms")
    seconds, actions = year_seconds(options.cases)
    print(f"a year of {options.cases:,} cases: {seconds:.1f} s, {actions:,} actions, {actions / seconds:,.0f} a second")
    figures = store_figures()
    for what in ("find", "open"):
        small, middle, large = (figures[f"{what}_ms_{size}"] for size in ("1k", "100k", "1m"))
        print(
            f"{what}: {small:.2f} ms with 1,000 cases, {middle:.2f} with 100,000 ({middle / small:.1f} times), "
            f"{large:.2f} with 1,000,000 ({large / small:.1f} times)"
        )
    told = {"actions_per_s": round(rate), **{name: round(ms, 3) for name, ms in figures.items()}}
    told["year_10k_cases_s"] = round(seconds * 10_000 / options.cases, 2)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())

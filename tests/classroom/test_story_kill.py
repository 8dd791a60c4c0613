"""kill -9 while a story is played: the answer sheet opens, and its log replays to where it was saved last."""

import multiprocessing
import os
import random
import shutil
import signal
import time
from itertools import cycle
from pathlib import Path

import pytest

from ciberaula.casework.players import load_players
from ciberaula.casework.stories.play import Play
from ciberaula.classroom.desk_keeping import Keeping
from ciberaula.classroom.sheet import sheet_for
from ciberaula.classroom.story_items import story_at
from ciberaula.classroom.workplace import Workplace
from ciberaula.errors import UserError

ROOT = Path(__file__).parents[2]
SLUG = "visitas-en-pantalla"
ROUNDS, TRAINEE, SEED = 20, "p-prueba", 20261120
_processes = multiprocessing.get_context("fork")


def play_on(folder: Path) -> None:
    """Take the story up where it was left, go on with it, and begin anew where it is over, until somebody ends it."""
    story = story_at(folder / f"historia-{SLUG}.yml")
    steps = load_players(ROOT / "grading" / "players" / f"{SLUG}.yml", story.story).good
    keeping = Keeping(story, Workplace(folder))
    for step in cycle([*steps, {"do": "wait", "until": "next"}]):
        if keeping.play.ending is not None:
            keeping.again()
        try:
            keeping.do(dict(step))
        except UserError:
            continue  # what does not fit here: the next may


def revision(folder: Path) -> tuple[int, int] | None:
    """Which writing of the answer sheet is there; ``None`` before the first."""
    try:
        found = (folder / "respuestas.json").stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns


def test_a_story_killed_at_any_moment_is_where_it_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", TRAINEE)
    shutil.copy(ROOT / "modules" / "06-gestion-virtual-de-casos" / f"historia-{SLUG}.yml", tmp_path)
    story = story_at(tmp_path / f"historia-{SLUG}.yml")
    chance = random.Random(SEED)  # noqa: S311
    saved = 0
    for turn in range(ROUNDS):
        before = revision(tmp_path)
        player = _processes.Process(target=play_on, args=(tmp_path,), daemon=True)
        player.start()
        if turn % 4:  # else it may be killed before it has begun
            while revision(tmp_path) == before and player.is_alive():  # however slow the machine
                time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.2))
        assert player.pid is not None
        os.kill(player.pid, signal.SIGKILL)
        player.join(300)
        assert player.exitcode == -signal.SIGKILL
        sheet_for.cache_clear()  # as a new session of the classroom
        place = Workplace(tmp_path)
        entry = place.sheet.entry(story.id)
        assert place.sheet.take_notice() == ""  # nothing had to be set aside as damaged
        if entry is not None:
            play = Play.replay(story.story, entry.value, trainee=TRAINEE)
            assert play.answer() == entry.value
            assert play.desk.verify().ok
            saved += len(play.actions)
    assert saved > ROUNDS  # they had time to play

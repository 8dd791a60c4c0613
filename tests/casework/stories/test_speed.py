"""A story with its two hundred background cases is there at once, and so is every action."""

import time

from ciberaula.casework.players_random import random_player
from ciberaula.casework.stories.play import Play


def test_a_whole_story_is_replayed_in_no_time(story):
    assert story.background == 200
    value = random_player(story, 3).answer()
    assert len(value["actions"]) > 20
    started = time.perf_counter()
    Play.replay(story, value)
    spent = time.perf_counter() - started
    assert spent < 0.15 * 4  # 0.15 s on a quiet machine; this one runs other tests as well

"""A learner's own copy, alone and with what their workspace adds."""

import json
from datetime import timedelta

import pytest

from ciberaula.curriculum import load
from ciberaula.errors import UserError
from ciberaula.progress.mine import NAME, copies_folder, load_own
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.snapshot import refresh
from tests.progress import cohort


def own_row(own):
    return next(row for row in own.modules if row.module == cohort.MODULE)


def copy_of(home, student):
    return copies_folder(home) / pseudonym(secret(home), student) / NAME


def test_a_copy_holds_its_learner_and_nobody_else(built, whole):
    who = pseudonym(secret(built), "azu-1")
    text = copy_of(built, "azu-1").read_text(encoding="utf-8")
    assert who in text
    assert not any(one.pseudonym in text for one in whole.learners if one.pseudonym != who)


def test_without_workspace_it_says_what_the_snapshot_says(built, whole, tmp_path):
    own = load_own(built, "azu-4", tmp_path, now=cohort.NOW)
    who = pseudonym(secret(built), "azu-4")
    assert own.learner == next(one for one in whole.learners if one.pseudonym == who)
    assert own.modules == tuple(row for row in whole.modules if row.pseudonym == who)
    assert own.items == tuple(item for item in whole.items if item.pseudonym == who)
    assert (own.copied_at, own.new_lessons, own.feedback) == (whole.meta.built_at, 0, ())


def test_lessons_done_here_since_then_are_added(built, tmp_path):
    folder = tmp_path / "modules" / cohort.MODULE
    folder.mkdir(parents=True)
    later = cohort.NOW + timedelta(hours=2)
    folder.joinpath("registro.jsonl").write_text(cohort.statement("completed", "leccion-2", later) + "\n")
    own = load_own(built, "azu-6", tmp_path, now=later)
    assert (own_row(own).state, own_row(own).lessons_done, own.new_lessons) == ("in_progress", 1, 1)
    assert own_row(own).last_activity == later


def test_what_the_course_knows_is_not_taken_away_by_an_empty_workspace(built, tmp_path):
    assert own_row(load_own(built, "azu-1", tmp_path)).lessons_done == 3


def test_feedback_in_the_workspace_is_listed(built, tmp_path):
    page = tmp_path / cohort.MODULE / "feedback" / "2026-06-12 10:00:00 UTC" / "proteccion-de-datos.html"
    page.parent.mkdir(parents=True)
    page.write_text("<p>…</p>")
    (found,) = load_own(built, "azu-1", tmp_path).feedback
    assert (found.module, found.path) == (cohort.MODULE, page.relative_to(tmp_path).as_posix())


def test_somebody_the_course_does_not_know_yet_sees_the_plan(tmp_path):
    own = load_own(tmp_path, "participante", tmp_path, now=cohort.NOW)
    assert own.copied_at is None
    assert own_row(own).state == "not_started"
    states = {module.id: "not_started" if module.written else "planned" for module in load().modules}
    assert {row.module: row.state for row in own.modules} == states


@pytest.mark.parametrize("content", ["{", "null", '{"meta": {"schema": 1}}'])
def test_a_damaged_copy_is_one_clear_line(home, tmp_path, content):
    copy_of(home, "azu-1").write_text(content)
    with pytest.raises(UserError, match="dañado"):
        load_own(home, "azu-1", tmp_path)


def test_a_copy_of_another_version_is_one_clear_line(home, tmp_path):
    path = copy_of(home, "azu-1")
    data = json.loads(path.read_text())
    data["meta"]["schema"] = 2
    path.write_text(json.dumps(data))
    with pytest.raises(UserError, match="otra versión"):
        load_own(home, "azu-1", tmp_path)


def test_copies_of_whoever_left_are_removed(home):
    cohort.write_roster(home, cohort.PEOPLE[:3])
    (home / "gradebook.db").unlink()
    refresh(home, now=cohort.NOW)
    assert len(list(copies_folder(home).iterdir())) == 3

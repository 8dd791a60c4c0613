"""From a real gradebook, roster, records and graded notebooks to rows."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from ciberaula.curriculum import load as load_curriculum
from ciberaula.errors import UserError
from ciberaula.grading import ledger
from ciberaula.progress.pseudonym import pseudonym, secret
from ciberaula.progress.snapshot import build, refresh
from ciberaula.progress.waiting import still_without_marks
from tests.progress import cohort


def row_of(home, whole, student, module=cohort.MODULE):
    who = pseudonym(secret(home), student)
    return next(row for row in whole.modules if (row.pseudonym, row.module) == (who, module))


def test_every_learner_has_every_module_and_unwritten_ones_are_planned(built, whole):
    assert len(whole.learners) == len(cohort.PEOPLE)
    assert len(whole.modules) == len(cohort.PEOPLE) * 12
    assert row_of(built, whole, "azu-1", "04-etica-digital").state == "planned"


@pytest.mark.parametrize(
    ("student", "state", "reasons"),
    [
        ("azu-1", "completed", ()),
        ("azu-3", "needs_help", ("low_score",)),
        ("azu-4", "in_progress", ()),
        ("azu-5", "needs_help", ("critical_error",)),
        ("azu-6", "not_started", ()),
        ("man-2", "in_progress", ()),
    ],
)
def test_states(built, whole, student, state, reasons):
    row = row_of(built, whole, student)
    assert (row.state, row.reasons) == (state, reasons)


def test_pending_and_not_gradable_are_apart_from_zero(built, whole):
    pending, broken = row_of(built, whole, "azu-4"), row_of(built, whole, "man-2")
    assert (pending.awaiting_review, pending.not_gradable, pending.graded_items) == (1, 0, 11)
    assert (broken.awaiting_review, broken.not_gradable, broken.graded_items) == (0, 1, 11)
    assert pending.score == pytest.approx(0.9)
    assert broken.score == pytest.approx(0.9)
    assert {(one.item, one.status) for one in whole.reviews} == {("p12", "awaiting_review"), ("p09", "not_gradable")}


def test_hours_are_credited_for_completed_modules_only(built, whole):
    assert row_of(built, whole, "azu-1").hours_credited == 4
    assert row_of(built, whole, "azu-4").hours_credited == 0


def test_no_name_and_no_id_is_in_any_file_that_views_read(built):
    files = [path for path in (built / "progress").rglob("*") if path.is_file() and path.name != "secret"]
    assert len(files) == 6 + len(cohort.PEOPLE)
    for path in files:
        data = path.read_bytes()
        for person in cohort.PEOPLE:
            assert person.id.encode() not in data, path
            assert person.name.encode() not in data, path


def test_progress_is_private_to_the_account(built):
    assert (built / "progress").stat().st_mode & 0o077 == 0
    assert (built / "progress" / "secret").stat().st_mode & 0o777 == 0o600


def test_bad_record_lines_are_counted_and_cost_nothing(home):
    record = home / "submitted" / "azu-1" / cohort.MODULE / "registro.jsonl"
    good = record.read_bytes()
    bad = [b"{", b"null", b"[]", b"\xff\xfe", b'{"verb": 3}', b"[" * 40_000, b'{"timestamp": "' + b"9" * 40_000 + b'"}']
    future = cohort.statement("completed", "leccion-1", cohort.NOW.replace(year=2099)).encode()
    record.write_bytes(good + b"\n".join([*bad, future]) + b"\n")
    whole = build(home, load_curriculum(), now=cohort.NOW)
    assert whole.meta.bad_lines == len(bad)
    row = row_of(home, whole, "azu-1")
    assert (row.lessons_done, row.last_activity) == (3, cohort.NOW)


def test_a_record_that_is_a_link_is_not_followed(home, tmp_path):
    record = home / "submitted" / "azu-6" / cohort.MODULE / "registro.jsonl"
    record.parent.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_text(cohort.statement("completed", "leccion-1", cohort.NOW), encoding="utf-8")
    record.symlink_to(elsewhere)
    whole = build(home, load_curriculum(), now=cohort.NOW)
    assert row_of(home, whole, "azu-6").lessons_done == 0


def test_a_damaged_graded_notebook_only_loses_its_marks(home):
    path = home / "autograded" / "azu-5" / cohort.MODULE / f"{cohort.NOTEBOOK}.ipynb"
    path.write_text(json.dumps({"cells": [{"metadata": None}, 3]}), encoding="utf-8")
    whole = build(home, load_curriculum(), now=cohort.NOW)
    assert row_of(home, whole, "azu-5").state == "completed"


def test_handed_in_but_not_graded_yet_is_in_progress(home):
    shutil.copytree(home / "submitted" / "azu-1", home / "submitted" / "azu-6")
    row = row_of(home, build(home, load_curriculum(), now=cohort.NOW), "azu-6")
    assert (row.state, row.score) == ("in_progress", None)
    assert row.submitted_at is not None


def failed_attempt(home, student, reason, counts_before=False):
    """What grading keeps of work that it could not open."""
    row = {"assignment": cohort.MODULE, "student": student, "signature": "s", "digest": "d", "key": "k", "receipt": ""}
    row |= {"submitted_at": datetime(2026, 6, 10, 8), "graded_at": datetime(2026, 6, 10, 9)}
    with ledger.writing(f"sqlite:///{home / 'gradebook.db'}") as connection:
        insert = ledger.attempts.insert()
        connection.execute(insert.values(**row, number=2, state="failed", reason=reason, counts=False))
        if counts_before:
            connection.execute(insert.values(**row, number=1, state="graded", counts=True))


def test_work_that_could_not_be_opened_waits_for_the_instructor_and_is_no_zero(home):
    failed_attempt(home, "azu-6", "el cuaderno está dañado")
    failed_attempt(home, "azu-1", "la entrega no trae el cuaderno", counts_before=True)
    whole = build(home, load_curriculum(), now=cohort.NOW)
    found = {one.pseudonym: one for one in whole.reviews if one.status == "failed"}
    key = secret(home)
    assert {who: one.reason for who, one in found.items()} == {
        pseudonym(key, "azu-6"): "el cuaderno está dañado",
        pseudonym(key, "azu-1"): "la entrega no trae el cuaderno",
    }
    assert found[pseudonym(key, "azu-6")].submitted_at == datetime(2026, 6, 10, 8, tzinfo=UTC)
    row = row_of(home, whole, "azu-6")
    assert (row.state, row.score) == ("in_progress", None)
    assert row_of(home, whole, "azu-1").score == 1  # what was graded before goes on counting
    told = "1 respuesta de 1 entrega espera a una persona; 1 respuesta de 1 entrega no se pudo leer; "
    assert still_without_marks(whole.reviews) == told + "2 entregas no se pudieron calificar."


def test_without_gradebook_or_roster_there_is_nobody_yet(tmp_path):
    whole = build(tmp_path, load_curriculum(), now=cohort.NOW)
    assert (whole.learners, whole.items, len(whole.meta.modules)) == ((), (), 12)


def test_a_gradebook_that_is_none_is_one_clear_line(tmp_path):
    (tmp_path / "gradebook.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(UserError, match=r"gradebook\.db está dañado o no es un libro") as told:
        build(tmp_path, load_curriculum(), now=cohort.NOW)
    assert "\n" not in str(told.value)


def test_the_gradebook_is_not_written(home):
    before = (home / "gradebook.db").read_bytes()
    refresh(home, now=cohort.NOW)
    assert (home / "gradebook.db").read_bytes() == before

"""When something that arrives is taken for complete: by the running clock alone, and each once."""

import os

import pytest

from ciberaula.grading.arrivals import ACCEPTED, PATIENCE_SECONDS, REFUSED, REST_SECONDS, BundleBox, Inbox

NAME = "ana+90-prueba+2026-03-02 10:00:00.000000 UTC+aleatorio"


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def inbox(tmp_path, clock):
    return Inbox(tmp_path, clock)


@pytest.fixture
def box(tmp_path, clock):
    return BundleBox(tmp_path, clock)


def names(inbox):
    return [one.name for one in inbox.complete()]


def put(tmp_path, name=NAME, *, secret="s" * 128, mode=0o777):
    folder = tmp_path / name
    folder.mkdir()
    if secret:
        (folder / "submission_secret.txt").write_text(secret)
    folder.chmod(mode)
    return folder


def test_a_finished_submission_is_told_once(inbox, tmp_path):
    folder = put(tmp_path)
    (arrival,) = inbox.complete()
    assert (arrival.student, arrival.assignment) == ("ana", "90-prueba")
    assert inbox.was_told(folder)
    assert inbox.complete() == []
    assert not inbox.waiting


def test_a_course_that_adds_no_random_ending_to_the_names_is_served_too(inbox, tmp_path):
    """nbgrader's ``ExchangeSubmit.add_random_string`` is off."""
    put(tmp_path, NAME.rpartition("+")[0])
    (arrival,) = inbox.complete()
    assert (arrival.student, arrival.assignment) == ("ana", "90-prueba")


def test_one_that_is_still_being_copied_waits_until_nbgrader_is_done(inbox, tmp_path, clock):
    folder = put(tmp_path, secret=None, mode=0o755)
    assert inbox.complete() == []
    assert inbox.waiting
    assert not inbox.was_told(folder)
    clock.now += REST_SECONDS + 1
    (folder / "submission_secret.txt").write_text("s")
    assert inbox.complete() == []  # nbgrader still opens it
    folder.chmod(0o777)
    (arrival,) = inbox.complete()
    assert arrival.seen_at == 1000.0


def test_where_modes_mean_nothing_rest_is_enough(inbox, tmp_path, clock):
    put(tmp_path, mode=0o700)
    assert inbox.complete() == []
    clock.now += REST_SECONDS
    assert names(inbox) == [NAME]


def test_one_without_a_secret_comes_in_after_a_long_rest(inbox, tmp_path, clock):
    folder = put(tmp_path, secret=None)
    assert inbox.complete() == []
    clock.now += PATIENCE_SECONDS - 1
    (folder / "otro.txt").write_text("x")
    os.utime(folder, ns=(1, 1))
    assert inbox.complete() == []
    clock.now += PATIENCE_SECONDS - 1
    assert inbox.complete() == []
    clock.now += 1
    assert names(inbox) == [NAME]


def test_the_date_of_a_folder_decides_nothing(inbox, tmp_path, clock):
    folder = put(tmp_path, secret=None)
    os.utime(folder, ns=(0, 4_000_000_000_000_000_000))  # the year 2096
    assert inbox.complete() == []
    clock.now += PATIENCE_SECONDS
    assert names(inbox) == [NAME]


def test_what_is_no_submission_is_no_arrival(inbox, tmp_path, clock):
    (tmp_path / "notas.txt").write_text("x")
    (tmp_path / "carpeta").mkdir()
    (tmp_path / NAME).symlink_to(tmp_path / "carpeta")
    assert inbox.complete() == []
    clock.now += PATIENCE_SECONDS
    assert inbox.complete() == []
    assert not inbox.waiting


def test_an_exchange_that_is_away_and_comes_back(tmp_path, clock):
    inbox = Inbox(tmp_path / "compartida", clock)
    assert inbox.complete() == []
    (tmp_path / "compartida").mkdir()
    put(tmp_path / "compartida")
    assert names(inbox) == [NAME]


def test_a_bundle_waits_until_it_rests(box, tmp_path, clock):
    bundle = tmp_path / "ana.zip"
    bundle.write_bytes(b"a")
    assert box.complete() == []
    clock.now += REST_SECONDS - 0.1
    bundle.write_bytes(b"ab")
    assert box.complete() == []
    clock.now += REST_SECONDS - 0.1
    assert box.complete() == []
    assert box.waiting
    clock.now += 0.1
    assert box.complete() == [bundle]


def test_a_bundle_from_a_system_that_shouts_is_one_and_a_folder_never_is(box, tmp_path, clock):
    (tmp_path / "carpeta.zip").mkdir()
    bundle = tmp_path / "ANA.ZIP"
    bundle.write_bytes(b"a")
    box.complete()
    clock.now += REST_SECONDS
    assert box.complete() == [bundle]


@pytest.mark.parametrize("name", ["ana.zip.part", ".ana.zip", "ana.zip~", "notas.txt"])
def test_what_is_no_bundle_yet_is_left_alone(box, tmp_path, clock, name):
    (tmp_path / name).write_bytes(b"a")
    box.complete()
    clock.now += 1000
    assert box.complete() == []
    assert not box.waiting


def test_what_was_looked_at_moves_on_and_no_name_is_lost(box, tmp_path, clock):
    for content in (b"uno", b"dos"):
        (tmp_path / "ana.zip").write_bytes(content)
        box.complete()
        clock.now += REST_SECONDS
        (bundle,) = box.complete()
        box.settle(bundle, REFUSED, "está dañado")
    assert sorted(path.name for path in (tmp_path / REFUSED).iterdir()) == [
        "ana-2.zip", "ana-2.zip.txt", "ana.zip", "ana.zip.txt",
    ]  # fmt: skip
    assert (tmp_path / REFUSED / "ana-2.zip").read_bytes() == b"dos"
    assert (tmp_path / REFUSED / "ana-2.zip.txt").read_text(encoding="utf-8") == "está dañado\n"
    assert not box.waiting


def test_where_the_folder_lets_nothing_move_a_bundle_is_told_once(box, tmp_path, clock):
    (tmp_path / ACCEPTED).write_text("un archivo en el lugar de la carpeta")
    bundle = tmp_path / "ana.zip"
    bundle.write_bytes(b"uno")
    box.complete()
    clock.now += REST_SECONDS
    assert box.complete() == [bundle]
    box.settle(bundle, ACCEPTED)
    clock.now += 1000
    assert box.complete() == []
    assert not box.waiting
    bundle.write_bytes(b"otro contenido")
    box.complete()
    clock.now += REST_SECONDS
    assert box.complete() == [bundle]

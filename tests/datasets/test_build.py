"""Building: the same bytes however it went, whole or not at all, in every form the same rows."""

import csv
import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from frictionless import Package
from tests.datasets import sample
from tests.datasets.sample import DATASET, NOTES, RECIPE

from ciberaula.datasets import build as building
from ciberaula.datasets.build import build
from ciberaula.datasets.spec import Recipe
from ciberaula.datasets.writing import header, lines, to_sqlite
from ciberaula.errors import UserError

FILES = ["README.md", "cosas.csv", "croissant.json", "datapackage.json", "hijas.csv", "prueba.sqlite"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_recipe_gives_the_same_bytes(tmp_path: Path) -> None:
    first = contents(build(DATASET, RECIPE, tmp_path / "a").folder)
    assert sorted(first) == FILES
    assert contents(build(DATASET, RECIPE, tmp_path / "b").folder) == first
    assert contents(build(DATASET, Recipe(100, 2, 9), tmp_path / "c").folder)["cosas.csv"] != first["cosas.csv"]


def test_sqlite_can_be_left_out(tmp_path: Path) -> None:
    plain = contents(build(DATASET, RECIPE, tmp_path, sqlite=False).folder)
    assert sorted(plain) == [name for name in FILES if name != "prueba.sqlite"]
    assert b"sqlite" not in plain["croissant.json"]


def test_more_rows_begin_with_the_same_ones(tmp_path: Path) -> None:
    few = build(DATASET, RECIPE, tmp_path / "a").folder / "cosas.csv"
    many = build(DATASET, Recipe(170, 1, 9), tmp_path / "b").folder / "cosas.csv"
    assert many.read_bytes().startswith(few.read_bytes())


def test_csv_is_read_back_as_it_was(tmp_path: Path) -> None:
    folder = build(DATASET, RECIPE, tmp_path).folder
    table = pd.read_csv(folder / "cosas.csv", keep_default_na=False)
    made = sample.make(RECIPE, 1, 100)["cosas"]
    assert table["nota"].tolist() == [cell or "" for cell in made["nota"].to_pylist()]
    assert set(table["nota"]) == {"", *NOTES}
    assert table["parte"].tolist() == made["parte"].tolist()
    assert table["momento"].tolist() == made["momento"].to_pylist()


def test_parquet_and_sqlite_hold_the_same_rows(tmp_path: Path) -> None:
    folder = build(DATASET, RECIPE, tmp_path).folder
    with sqlite3.connect(folder / "prueba.sqlite") as base:
        stored = base.execute("select id, nota, n, parte from cosas").fetchall()
    table = pd.read_csv(folder / "cosas.csv", keep_default_na=False, na_values=[""])
    plain = table[["id", "nota", "n", "parte"]].astype(object)
    assert stored == [tuple(None if cell != cell else cell for cell in row) for row in plain.itertuples(index=False)]
    as_parquet = build(DATASET, RECIPE, tmp_path / "p", form="parquet").folder
    assert [path.name for path in sorted(as_parquet.iterdir())] == [
        *("README.md", "cosas.parquet", "croissant.json", "datapackage.json", "hijas.parquet")
    ]
    read = pd.read_parquet(as_parquet / "cosas.parquet")
    assert read["id"].tolist() == table["id"].tolist()
    assert read["nota"].isna().tolist() == table["nota"].isna().tolist()
    assert read["momento"].dt.strftime("%Y-%m-%d %H:%M").tolist() == table["momento"].tolist()


def test_the_sqlite_file_keeps_its_references(tmp_path: Path) -> None:
    folder = build(DATASET, RECIPE, tmp_path).folder
    with sqlite3.connect(folder / "prueba.sqlite") as base:
        base.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            base.execute("insert into hijas values ('H999', 'nadie')")


def test_the_sqlite_file_does_not_tell_which_library_wrote_it(tmp_path: Path) -> None:
    begins = (build(DATASET, RECIPE, tmp_path).folder / "prueba.sqlite").read_bytes()[:100]
    assert begins.startswith(b"SQLite format 3")
    assert begins[96:] == bytes(4)  # https://www.sqlite.org/fileformat.html, 1.2


def test_a_row_of_nobody_makes_no_sqlite_file(tmp_path: Path) -> None:
    for table, row in ((sample.THINGS, "SIM-000001,2020-01-01,2020-01-01 10:00,,1,1"), (sample.CHILDREN, "H1,SIM-2")):
        (tmp_path / f"{table.name}.csv").write_bytes(header(table) + f"{row}\n".encode())
    with pytest.raises(ValueError, match="row 1 of hijas refers to nothing in cosas"):
        to_sqlite(DATASET.tables, tmp_path, tmp_path / "prueba.sqlite")


def test_parquet_is_the_same_wherever_a_line_is_cut_when_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pd.read_parquet(build(DATASET, RECIPE, tmp_path / "a", form="parquet").folder / "cosas.parquet")
    monkeypatch.setattr("ciberaula.datasets.writing._READ_BYTES", 200)
    parts = pd.read_parquet(build(DATASET, RECIPE, tmp_path / "b", form="parquet").folder / "cosas.parquet")
    pd.testing.assert_frame_equal(parts, whole)


def test_the_package_is_valid_and_notices_an_edit(tmp_path: Path) -> None:
    folder = build(DATASET, RECIPE, tmp_path).folder
    assert Package(str(folder / "datapackage.json")).validate().valid
    (folder / "hijas.csv").write_text("id,cosa\nH1,SIM-999999\n", encoding="utf-8")
    assert not Package(str(folder / "datapackage.json")).validate().valid


def test_a_parquet_package_is_valid_too(tmp_path: Path) -> None:
    package = Package(str(build(DATASET, RECIPE, tmp_path, form="parquet").folder / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["resourceName", "fieldName", "type", "note"])
    assert [resource.path for resource in package.resources] == ["cosas.parquet", "hijas.parquet"]


def test_keys_go_to_the_instructor_and_nowhere_else(tmp_path: Path) -> None:
    built = build(DATASET, RECIPE, tmp_path / "data", keys=tmp_path / "keys")
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["clave.csv"]
    assert "clave" not in "".join(contents(built.folder)["datapackage.json"].decode())
    build(DATASET, RECIPE, tmp_path / "other")
    assert sorted(contents(tmp_path / "other" / "prueba")) == FILES
    assert sorted(path.name for path in (tmp_path / "other").iterdir()) == ["prueba"]


@pytest.mark.parametrize("place", ["prueba", "prueba/claves", "x/../prueba", ".prueba.en-curso/claves"])
def test_keys_never_lie_beside_the_data(tmp_path: Path, place: str) -> None:
    """They would be handed out with it, or be lost when the finished set takes the place of an earlier one."""
    for again in (False, True):
        with pytest.raises(UserError, match=r"Las claves no pueden ir junto a los datos.* con --keys"):
            build(DATASET, RECIPE, tmp_path, keys=tmp_path / place)
        assert [path.name for path in tmp_path.rglob("clave*")] == []
        assert [path.name for path in tmp_path.iterdir()] == (["prueba"] if again else [])
        build(DATASET, RECIPE, tmp_path)


def test_keys_that_cannot_be_kept_leave_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="No se pudo generar «prueba»"):
        build(DATASET, RECIPE, tmp_path / "data", keys=tmp_path / "file")
    assert not list((tmp_path / "data").iterdir())

    def full(_source: Path, target: Path) -> None:
        target.write_text("id\nSIM-0", encoding="utf-8")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(UserError, match="el disco está lleno"):
        build(DATASET, RECIPE, tmp_path / "data", keys=tmp_path / "keys")
    assert not list((tmp_path / "keys").iterdir())
    assert not list((tmp_path / "data").iterdir())


class Stop(BaseException):
    """As a key pressed or a machine that goes down."""


def stop_at(units: int) -> building.Progress:
    def progress(done: int, _all: int) -> None:
        if done >= units:
            raise Stop

    return progress


@pytest.mark.parametrize("units", [40, 80])
def test_an_interrupted_build_goes_on(tmp_path: Path, units: int) -> None:
    whole = contents(build(DATASET, RECIPE, tmp_path / "a").folder)
    with pytest.raises(Stop):
        build(DATASET, RECIPE, tmp_path / "b", progress=stop_at(units))
    assert not (tmp_path / "b" / "prueba").exists()
    # What was written after the last state that was kept is cut off again.
    with (tmp_path / "b" / ".prueba.en-curso" / "cosas.csv").open("ab") as stream:
        stream.write(b"SIM-000041,20")
    # So is what was half written when the files were described.
    for name in (".README.md.x1.tmp", ".estado.json.x2.tmp", "prueba.sqlite", "cosas.parquet", "datapackage.json"):
        (tmp_path / "b" / ".prueba.en-curso" / name).write_bytes(b"half")
    told: list[int] = []
    built = build(DATASET, RECIPE, tmp_path / "b", progress=lambda done, _all: told.append(done))
    assert built.resumed and told[0] == units
    assert contents(built.folder) == whole
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == ["prueba"]


def test_another_recipe_starts_afresh(tmp_path: Path) -> None:
    with pytest.raises(Stop):
        build(DATASET, RECIPE, tmp_path, progress=stop_at(40))
    other = Recipe(100, 5, 9)
    built = build(DATASET, other, tmp_path)
    assert not built.resumed
    assert contents(built.folder) == contents(build(DATASET, other, tmp_path / "x").folder)


@pytest.mark.parametrize("other", [Recipe(100, 1, 8), Recipe(101, 1, 9)], ids=["other faults", "other number of rows"])
def test_so_does_one_that_differs_in_a_little(tmp_path: Path, other: Recipe) -> None:
    with pytest.raises(Stop):
        build(DATASET, RECIPE, tmp_path / "a", keys=tmp_path / "k", progress=stop_at(80))
    built = build(DATASET, other, tmp_path / "a", keys=tmp_path / "k")
    fresh = build(DATASET, other, tmp_path / "b", keys=tmp_path / "l")
    assert not built.resumed
    assert contents(built.folder) == contents(fresh.folder)
    assert contents(tmp_path / "k") == contents(tmp_path / "l")


def test_so_does_a_program_with_other_columns(tmp_path: Path) -> None:
    """The same recipe, taken up by a newer version of the course."""
    turned = replace(sample.CHILDREN, columns=sample.CHILDREN.columns[::-1])
    other = replace(DATASET, tables=(sample.THINGS, turned))
    with pytest.raises(Stop):
        build(DATASET, RECIPE, tmp_path / "a", progress=stop_at(80))
    built = build(other, RECIPE, tmp_path / "a")
    assert contents(built.folder) == contents(build(other, RECIPE, tmp_path / "b").folder)
    assert (built.folder / "hijas.csv").read_text(encoding="utf-8").splitlines()[:2] == ["cosa,id", "SIM-000001,H001"]


@pytest.mark.parametrize("damage", ["", "{}", '{"plan": 1}', "short"])
def test_a_damaged_state_is_no_state(tmp_path: Path, damage: str) -> None:
    with pytest.raises(Stop):
        build(DATASET, RECIPE, tmp_path, progress=stop_at(80))
    work = tmp_path / ".prueba.en-curso"
    if damage == "short":
        os.truncate(work / "cosas.csv", 100)
    else:
        (work / "estado.json").write_text(damage, encoding="utf-8")
    built = build(DATASET, RECIPE, tmp_path)
    assert not built.resumed
    assert contents(built.folder) == contents(build(DATASET, RECIPE, tmp_path / "x").folder)


def read(path: Path) -> bytes:
    """What is there, if it is: the build may take it away at any moment."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_a_killed_build_goes_on(tmp_path: Path) -> None:
    """kill -9 at whatever moment it comes, again and again, until it is done."""
    program = (
        "import sys, time; from pathlib import Path; from ciberaula.datasets.build import build; "
        "from tests.datasets.sample import DATASET; from ciberaula.datasets.spec import Recipe; "
        "build(DATASET, Recipe(2000, 1, 9), Path(sys.argv[1]), progress=lambda done, all: time.sleep(0.02))"
    )
    target = tmp_path / "a" / "prueba"
    for _try in range(500):
        process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "a")], cwd=Path(__file__).parents[2])
        work = tmp_path / "a" / ".prueba.en-curso" / "estado.json"
        seen = read(work)
        while process.poll() is None and read(work) in (seen, b""):
            time.sleep(0.01)
        time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if target.exists():
            break
    assert contents(target) == contents(build(DATASET, Recipe(2000, 1, 9), tmp_path / "b").folder)


def test_a_full_disk_leaves_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(build(DATASET, RECIPE, tmp_path).folder)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="el disco está lleno; libere espacio"):
        build(DATASET, Recipe(100, 2, 9), tmp_path)
    monkeypatch.undo()
    assert contents(tmp_path / "prueba") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["prueba"]


def test_a_folder_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "prueba").mkdir()
    (tmp_path / "prueba" / "tesis.docx").write_text("años de trabajo", encoding="utf-8")
    with pytest.raises(UserError, match="ya existe y no es el conjunto «prueba»"):
        build(DATASET, RECIPE, tmp_path)
    assert [path.name for path in (tmp_path / "prueba").iterdir()] == ["tesis.docx"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match="No se pudo generar «prueba»"):
        build(DATASET, RECIPE, tmp_path / "file")


@pytest.mark.parametrize("package", ['{"generator": "tests.otro"}', "[]", "{", ""])
def test_so_is_somebody_elses_package(tmp_path: Path, package: str) -> None:
    (tmp_path / "prueba").mkdir()
    (tmp_path / "prueba" / "datapackage.json").write_text(package, encoding="utf-8")
    with pytest.raises(UserError, match="ya existe y no es el conjunto «prueba»"):
        build(DATASET, RECIPE, tmp_path)
    assert contents(tmp_path / "prueba") == {"datapackage.json": package.encode()}


def test_a_crash_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    before = contents(build(DATASET, RECIPE, tmp_path).folder)
    (tmp_path / "prueba").rename(tmp_path / ".prueba.anterior")
    with pytest.raises(Stop):
        build(DATASET, Recipe(100, 2, 9), tmp_path, progress=stop_at(40))
    assert contents(tmp_path / "prueba") == before


def test_two_builds_do_not_write_at_once(tmp_path: Path) -> None:
    def second(done: int, _all: int) -> None:
        if done == 40:
            with pytest.raises(UserError, match="Otra orden está generando"):
                build(DATASET, RECIPE, tmp_path)

    assert contents(build(DATASET, RECIPE, tmp_path, progress=second).folder)


@pytest.mark.parametrize("rows", [0, -3, 1_000_001])
def test_rows_that_cannot_be(tmp_path: Path, rows: int) -> None:
    with pytest.raises(UserError, match=f"«prueba» admite entre 1 y 1000000 cosas; pidió {rows}"):
        build(DATASET, Recipe(rows, 1, 9), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_set_without_a_limit_has_the_limit_of_any_disk(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="«prueba» admite entre 1 y 100000000 cosas; pidió 1000000000000"):
        build(replace(DATASET, most=None), Recipe(10**12, 1, 9), tmp_path)
    assert not list(tmp_path.iterdir())


def test_columns_must_be_those_of_the_table() -> None:
    with pytest.raises(ValueError, match="hijas: columns"):
        lines(sample.CHILDREN, {"id": ["a"]})
    with pytest.raises(ValueError, match="unequal"):
        lines(sample.CHILDREN, {"id": ["a"], "cosa": ["a", "b"]})
    assert lines(sample.CHILDREN, {"id": [], "cosa": []}) == b""


@pytest.mark.parametrize("cell", ["a\rb", "a\nb", "a,b", 'a"b', "\r\n", '"'])
def test_a_cell_that_would_end_too_early_is_quoted(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(lines(sample.CHILDREN, {"id": [cell], "cosa": ["b"]}).decode(), newline=""))
    assert row == [cell, "b"]


def test_the_package_says_what_it_is(tmp_path: Path) -> None:
    package = json.loads((build(DATASET, RECIPE, tmp_path).folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["simulated"] is True
    assert package["seed"] == 1 and package["generator"] == "tests.datasets.sample"
    assert "hidden" not in package
    assert [resource["schema"]["primaryKey"] for resource in package["resources"]] == [["id"], ["id"]]
    reference = {"resource": "cosas", "fields": ["id"]}
    assert package["resources"][1]["schema"]["foreignKeys"] == [{"fields": ["cosa"], "reference": reference}]
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert fields["parte"]["title"] == "Parte" and fields["parte"]["unit"] == "%"

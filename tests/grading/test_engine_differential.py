"""Random work, graded by the engine and by nbgrader's own autograde with our configuration: the same rows and copies.

``CIBERAULA_DIFF_SEED`` repeats a run, ``CIBERAULA_DIFF_COUNT`` is how many submissions (6). Two notebooks, a written answer
in prose and one in code, a task cell, a deadline with a penalty.
"""
# mypy: disable-error-code="arg-type"

import copy
import json
import os
import random
import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from ciberaula.grading import engine
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.staging import RECEIPT
from tests.grading import course as small
from tests.grading.conftest import enter
from tests.grading.course import ASSIGNMENT, NOTEBOOK, cell_about, sheet

SEED = int(os.environ.get("CIBERAULA_DIFF_SEED", "1"))
COUNT = int(os.environ.get("CIBERAULA_DIFF_COUNT", "6"))
SECOND = "otra"
PLAN = "modules: []\nlate: {penalty: points, points_per_day: 1}\n"


def _course(root: Path) -> None:
    small.write_course(root)
    (root / "modules" / "curriculum.yml").write_text(PLAN)
    cells = [
        new_code_cell("from ciberaula.classroom import answers", metadata=cell_about("inicio2", locked=True)),
        small.test_cell("q01", 2, 'float(answers["p01"] == "b") * 2'),
        new_code_cell(
            "### BEGIN SOLUTION\n1 + 1\n### END SOLUTION",
            metadata=cell_about("q02", grade=True, solution=True, points=3),
        ),
        new_markdown_cell("Haga un dibujo.", metadata=cell_about("q03", task=True, locked=True, points=2)),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"otra-{number}"
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=about), root / "solutions" / ASSIGNMENT / f"{SECOND}.ipynb")
    (root / "solutions" / ASSIGNMENT / "datos").mkdir()
    (root / "solutions" / ASSIGNMENT / "datos" / "tabla.csv").write_text("a,b\n1,2\n")


def _edit(nb: Any, chance: random.Random) -> None:
    cells = nb.cells

    def any_cell() -> Any:
        return chance.choice(cells) if cells else new_markdown_cell("x")

    def delete() -> None:
        if cells:
            cells.pop(chance.randrange(len(cells)))

    def double() -> None:
        if cells:
            one = copy.deepcopy(any_cell())
            if chance.random() < 0.5:
                one.source += "\nmás"
            cells.insert(chance.randrange(len(cells) + 1), one)

    def move() -> None:
        if cells:
            cells.insert(chance.randrange(len(cells)), cells.pop(chance.randrange(len(cells))))

    def words() -> None:
        any_cell().source += chance.choice(
            ["\nOtra cosa.", " ", "\n", "ñandú 🦙", "\r\n", "<script>1</script>", "\x00", "\u2028"]
        )

    def blank() -> None:
        any_cell().source = ""

    def retype() -> None:
        if not cells:
            return
        at = chance.randrange(len(cells))
        old = cells[at]
        make = new_markdown_cell if old.cell_type == "code" else new_code_cell
        cells[at] = make(old.source, metadata=old.metadata)

    def raw() -> None:
        if cells:
            at = chance.randrange(len(cells))
            cells[at] = nbformat.v4.new_raw_cell(cells[at].source, metadata=cells[at].metadata)

    def about() -> None:
        cell = any_cell()
        had = cell.metadata.get("nbgrader")
        key, value = chance.choice(
            [("points", 1000), ("grade", False), ("solution", True), ("locked", False), ("grade_id", "p01"), ("task", True),
             ("grade_id", "inventada"), ("schema_version", 1), ("schema_version", 99), ("checksum", "x"), ("cell_type", "raw")]
        )  # fmt: skip
        if had is not None:
            had[key] = value
        else:
            cell.metadata["nbgrader"] = {key: value}

    def less() -> None:
        had = any_cell().metadata.get("nbgrader")
        if had:
            had.pop(chance.choice(sorted(had)), None)

    def code() -> None:
        cells.insert(
            chance.randrange(len(cells) + 1),
            new_code_cell(chance.choice(["1/0", "print('x')", "%%bash\nls", "answers = 3"])),
        )

    def by_code() -> None:
        for cell in cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "codigo-p02":
                cell.source = chance.choice(['submit_answer("p02", 5)', 'submit_answer("p02", 6)', "raise SystemExit"])

    def outputs() -> None:
        for cell in cells:
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("stream", text="x" * chance.choice([10, 100_000]))]
                cell.execution_count = 7

    def extras() -> None:
        any_cell().metadata.update(
            chance.choice([{"tags": ["a"]}, {"collapsed": True}, {"ciberaula": {"state": "scored"}}, {"x": {"y": 1}}])
        )

    def notebook() -> None:
        nb.metadata.update(
            chance.choice(
                [{"kernelspec": {"name": "r", "display_name": "R"}}, {"ciberaula": {"repairs": []}}, {"x": 1}]
            )
        )

    def attach() -> None:
        for cell in cells:
            if cell.cell_type == "markdown":
                cell["attachments"] = {"a.png": {"image/png": "aGk="}}
                return

    def ids() -> None:
        for cell in cells:
            cell["id"] = chance.choice(["igual", "otro"])

    def old() -> None:
        nb.nbformat_minor = 4
        for cell in cells:
            cell.pop("id", None)

    def empty() -> None:
        if chance.random() < 0.2:
            cells.clear()

    changes = [
        delete,
        double,
        move,
        words,
        blank,
        retype,
        raw,
        about,
        less,
        code,
        by_code,
        outputs,
        extras,
        notebook,
        attach,
        ids,
        old,
        empty,
    ]
    for change in chance.choices(changes, k=chance.choice([0, 1, 2, 3, 6])):
        change()


def _hand_in(root: Path, student: str, chance: random.Random) -> None:
    folder = root / "var" / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True)
    for name in (NOTEBOOK, SECOND):
        if chance.random() < 0.08:
            continue
        nb = nbformat.read(root / "exercises" / ASSIGNMENT / f"{name}.ipynb", as_version=4)
        _edit(nb, chance)
        text = json.dumps(nb, ensure_ascii=chance.random() < 0.5)
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    values = {
        "p01": chance.choice(["b", "a", None, 7]),
        "p02": chance.choice([5, 5.0, 6, "5"]),
        "p03": chance.choice(["no", "si", ["no"]]),
    }
    chosen = {item: value for item, value in values.items() if chance.random() < 0.8}
    what = chance.random()
    if what < 0.8:
        (folder / "respuestas.json").write_bytes(sheet(chosen))
    elif what < 0.9:
        (folder / "respuestas.json").write_bytes(b"{ roto")
    stamp = chance.choice(
        ["2026-03-02 10:00:00.000000 UTC", "2026-03-05 10:00:00 UTC", "2026-03-03T23:00:00-05:00", "", None]
    )
    if stamp is not None:
        (folder / "timestamp.txt").write_text(stamp)
    names = [
        "preguntas.yml", "datos/tabla.csv", "mío ñ.txt", "borrador.ipynb", "sub/otro.ipynb", "x.pyc", ".oculto",
        "feedback/a.html", "calificacion.txt", "valoracion-x.yml", "nota.md", "vacia/",
        ".ipynb_checkpoints/prueba-checkpoint.ipynb",
    ]  # fmt: skip
    for name in chance.sample(names, chance.choice([0, 1, 3, 5])):
        path = folder / name
        if name.endswith("/"):
            path.mkdir()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}" if name.endswith("ipynb") else "mío")


def _rows() -> dict[str, Any]:
    with Gradebook(Cohort().db_url) as gradebook:
        return {
            one.student.id: {
                "at": str(one.timestamp),
                "score": one.score,
                "max": one.max_score,
                "waits": one.needs_manual_grade,
                "late": sorted((nb.name, nb.late_submission_penalty) for nb in one.notebooks),
                "grades": sorted(
                    (nb.name, g.name, str(g.auto_score), str(g.manual_score), str(g.extra_credit), g.needs_manual_grade)
                    for nb in one.notebooks
                    for g in nb.grades
                ),
                "comments": sorted(
                    (nb.name, c.name, str(c.auto_comment), str(c.manual_comment))
                    for nb in one.notebooks
                    for c in nb.comments
                ),
            }
            for one in gradebook.assignment_submissions(ASSIGNMENT)
        }


def _copies(root: Path) -> dict[str, dict[str, Any]]:
    ignored = Cohort().api.coursedir.ignore if os.environ.get("CIBERAULA_DIFF_IGNORE") else []
    found: dict[str, dict[str, Any]] = {}
    for folder in (root / "var" / "autograded").glob("*/*"):
        mine = found.setdefault(folder.parent.name, {})
        for path in folder.rglob("*"):
            name = str(path.relative_to(folder))
            if (
                not path.is_file()
                or name == RECEIPT
                or any(fnmatch(part, one) for part in path.parts for one in ignored)
            ):
                continue
            mine[name] = path.read_bytes()
            if path.suffix == ".ipynb" and name in (f"{NOTEBOOK}.ipynb", f"{SECOND}.ipynb"):
                nb = json.loads(mine[name])
                for cell in nb["cells"]:
                    cell.pop("id", None)
                nb["metadata"].get("ciberaula", {}).get("isolated", {}).pop("seconds", None)
                mine[name] = nb
    return found


def test_random_work_is_graded_as_nbgrader_grades_it(tmp_path, monkeypatch):
    print("seed", SEED)
    chance = random.Random(SEED)
    root = tmp_path / "curso"
    _course(root)
    enter(monkeypatch, root)
    assert Cohort().generate(ASSIGNMENT).done

    def due() -> None:
        with Gradebook(Cohort().db_url) as gradebook:
            gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-03-03 00:00:00")

    due()
    names = [f"p{number:02}" for number in range(COUNT)]
    for name in names:
        _hand_in(root, name, chance)
    shutil.copytree(root / "var" / "submitted", tmp_path / "submitted")
    outcomes = {one.student: one for one in engine.grade_chunk(engine.Order(ASSIGNMENT, tuple(names)))}
    ours = _rows(), _copies(root)
    shutil.rmtree(root / "var" / "autograded", ignore_errors=True)
    shutil.rmtree(root / "var" / "submitted")
    shutil.copytree(tmp_path / "submitted", root / "var" / "submitted")
    (root / "var" / "gradebook.db").unlink()
    assert Cohort().generate(ASSIGNMENT).done
    due()
    cohort = Cohort()
    theirs = {name: cohort.api.autograde(ASSIGNMENT, name) for name in names}
    rows, copies = _rows(), _copies(root)
    different = []
    for name in names:
        done = theirs[name]["success"]
        if done != (outcomes[name].state != "failed"):
            why = [
                line
                for line in (theirs[name].get("log") or "").splitlines()
                if "Error" in line or "nvalid" in line or "corrupt" in line or "missing" in line
            ][-6:]
            different.append(
                (name, "nbgrader " + ("ok" if done else f"failed {why}"), outcomes[name].state, outcomes[name].reason)
            )
        elif done:
            for key in ours[0].get(name, {}):
                if ours[0][name][key] != rows[name][key]:
                    different.append((name, key, ours[0][name][key], rows[name][key]))
            mine, his = ours[1].get(name, {}), copies.get(name, {})
            if set(mine) != set(his):
                different.append((name, "files", sorted(set(mine) - set(his)), sorted(set(his) - set(mine))))
            for file in sorted(set(mine) & set(his)):
                if mine[file] != his[file]:
                    different.append((name, file, _where(mine[file], his[file])))
    for one in different:
        print(*one, sep=" | ")
    assert not different, f"seed {SEED}"


def _where(mine: Any, his: Any, path: str = "") -> str:
    if isinstance(mine, dict) and isinstance(his, dict):
        for key in {**mine, **his}:
            if mine.get(key, ...) != his.get(key, ...):
                return _where(mine.get(key), his.get(key), f"{path}.{key}")
    if isinstance(mine, list) and isinstance(his, list):
        if len(mine) != len(his):
            return f"{path}: {len(mine)} / {len(his)}: {[str(c)[:60] for c in mine]} / {[str(c)[:60] for c in his]}"[
                :600
            ]
        for number, (one, other) in enumerate(zip(mine, his, strict=True)):
            if one != other:
                return _where(one, other, f"{path}[{number}]")
    return f"{path}: {str(mine)[:150]!r} / {str(his)[:150]!r}"

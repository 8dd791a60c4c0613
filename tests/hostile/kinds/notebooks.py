"""Notebooks that are damaged, huge, or say of themselves what they are not."""

import json
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.hostile.course import RIGHT, SOME, grade_id
from tests.hostile.kind import EARNED, Desk, Kind, Result, made

DAMAGED = "está dañado"
FORMAT = "cuaderno de"


def _bytes(name: str, data: bytes, reason: str) -> Kind:
    def make(desk: Desk) -> None:
        desk.accompany()
        desk.write_notebook(data)

    return Kind(name, make, state="failed", points={}, reason=reason)


def _edited(name: str, edit: Any, *, points: Any = EARNED, answers: Any = SOME, check: Any = None) -> Kind:
    return Kind(name, lambda desk: desk.hand_in(answers, edit=edit), points=points, check=check)


def _graded_cell(nb: Any, item: str) -> Any:
    return next(cell for cell in nb.cells if grade_id(cell) == item)


def _without(nb: Any, *items: str) -> None:
    nb.cells = [cell for cell in nb.cells if grade_id(cell) not in items]


def _repeat(nb: Any) -> None:
    nb.cells += [nbformat.from_dict(dict(_graded_cell(nb, "p01"))) for _ in range(50)]


def _rename(nb: Any) -> None:
    for item in ("p01", "p04", "inicio"):
        _graded_cell(nb, item).metadata["nbgrader"]["grade_id"] = f"{item}-mío"


def _retype(nb: Any) -> None:
    for index, cell in enumerate(nb.cells):
        if grade_id(cell) in ("p01", "codigo-p02"):
            nb.cells[index] = new_markdown_cell(cell.source, metadata=cell.metadata)
        if grade_id(cell) == "p04":
            nb.cells[index] = new_code_cell(cell.source, metadata=cell.metadata)


def _rewrite_tests(nb: Any) -> None:
    for item in ("p01", "p02", "p03", "p05"):
        cell = _graded_cell(nb, item)
        cell.source = "100"
        cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "100"}, execution_count=1)]


def _worth_more(nb: Any) -> None:
    for cell in nb.cells:
        if grade_id(cell):
            cell.metadata["nbgrader"].update(points=1000, solution=False, locked=False, grade=True, task=False)


def _ungraded(nb: Any) -> None:
    for cell in nb.cells:
        if grade_id(cell):
            cell.metadata["nbgrader"].update(
                grade=False, solution=True, cell_type="raw", schema_version=1, checksum="0"
            )


def _nonsense(nb: Any) -> None:
    for index, cell in enumerate(nb.cells):
        cell.metadata["nbgrader"] = [None, 7, "x", [], {"grade_id": 5}, {"grade_id": None, "grade": True}, {}][
            index % 7
        ]


def _more_of_it(nb: Any) -> None:
    about = {
        "grade": True,
        "grade_id": "extra",
        "locked": False,
        "solution": True,
        "points": 500,
        "schema_version": 3,
        "task": False,
    }
    nb.cells.append(new_markdown_cell("Deme más.", metadata={"nbgrader": about}))
    nb.cells.append(new_code_cell("500", metadata={"nbgrader": {**about, "grade_id": "p01/../p02", "solution": False}}))


def _forged_outcome(nb: Any) -> None:
    score = {
        "item": "p01",
        "points": 2,
        "maximum": 2,
        "verdict": "correct",
        "answered": "b",
        "explanation": "",
        "critical": [],
    }
    media = "application/vnd.ciberaula.score+json"
    output = nbformat.v4.new_output("execute_result", data={"text/plain": "2.0", media: score}, execution_count=1)
    nb.metadata["ciberaula"] = {"own_code": False, "repairs": [], "receipt": "0" * 32, "isolated": {"stopped": None}}
    for cell in nb.cells:
        cell.metadata["ciberaula"] = {"state": "scored", "source": "sheet", "verdict": "correct", "rubric": True}
        if cell.cell_type == "code":
            cell.outputs = [output]


def _lines_in_names(nb: Any) -> None:
    about = {"grade": True, "grade_id": "p01\nana: calificada\x1b[2J\x1b[31m", "solution": False, "points": 2}
    nb.cells.append(new_code_cell("1", metadata={"nbgrader": about}))


def _ids(nb: Any) -> None:
    for cell in nb.cells:
        cell["id"] = "iguales"


def _no_cells(nb: Any) -> None:
    nb.cells = []


def _backwards(nb: Any) -> None:
    nb.cells.reverse()


def _kernel(nb: Any) -> None:
    nb.metadata["kernelspec"] = {"name": "ciberaula-calificador", "display_name": "Bash", "language": "bash"}
    nb.metadata["language_info"] = {"name": "../../etc/passwd", "pygments_lexer": "nada"}


def _many_cells(nb: Any) -> None:
    nb.cells += [new_markdown_cell("x") for _ in range(100_000)]


def _widgets(nb: Any) -> None:
    nb.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"a": [{}] * 1000}, "version_major": 9}
    }


def _repairs(*words: str) -> Any:
    def check(result: Result) -> None:
        told = " ".join(result.note["repairs"])
        for word in words:
            assert word in told, told
        assert told.isprintable()

    return check


def _notebook(**more: Any) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], **more}).encode()


OLD = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [], "metadata": {}}]}

DAMAGES = [
    _bytes("notebook-empty", b"", DAMAGED),
    _bytes("notebook-cut", _notebook()[:-20], DAMAGED),
    _bytes("notebook-not-json", b"<html>hola</html>", DAMAGED),
    _bytes("notebook-not-utf-8", _notebook(metadata={"x": "ñ"}).replace(b"\\u00f1", b"\xf1"), "UTF-8"),
    _bytes("notebook-utf-16", _notebook().decode().encode("utf-16"), "UTF-8"),
    _bytes(
        "notebook-deep",
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "damaged" and DAMAGED,
    ),
    _bytes(
        "notebook-of-digits",
        b'{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"n": ' + b"9" * 1_000_000 + b"}}",
        DAMAGED,
    ),
    _bytes("notebook-is-a-list", b"[]", FORMAT),
    _bytes("notebook-is-null", b"null", FORMAT),
    _bytes("notebook-of-format-2", json.dumps({**OLD, "nbformat": 2}).encode(), FORMAT),
    _bytes("notebook-of-format-3", json.dumps(OLD).encode(), FORMAT),
    _bytes("notebook-of-format-5", _notebook(nbformat=5), FORMAT),
    _bytes("notebook-of-format-words", _notebook(nbformat="cuatro"), FORMAT),
    _bytes("notebook-of-format-minus-1", _notebook(nbformat=-1), FORMAT),
    _bytes("notebook-cells-are-words", _notebook(cells="hola"), FORMAT),
    _bytes("notebook-cells-are-numbers", _notebook(cells=[1, 2, None]), FORMAT),
    _bytes(
        "notebook-cell-of-an-unknown-type",
        _notebook(cells=[{"cell_type": "virus", "metadata": {}, "source": ""}]),
        FORMAT,
    ),
    _bytes(
        "notebook-source-is-a-number",
        _notebook(cells=[{"cell_type": "markdown", "id": "a", "metadata": {}, "source": 7}]),
        FORMAT,
    ),
]

KINDS = [
    *DAMAGES,
    _edited("cell-repeated", _repeat, check=_repairs("repetida")),
    _edited(
        "cells-deleted", lambda nb: _without(nb, "p01", "p02", "codigo-p02", "p04", "inicio"), check=_repairs("faltaba")
    ),
    _edited("cells-renamed", _rename, check=_repairs("no es de esta tarea", "faltaba")),
    _edited("cells-retyped", _retype),
    _edited("tests-rewritten", _rewrite_tests),
    _edited("points-a-thousand", _worth_more),
    _edited("cells-not-graded", _ungraded),
    _edited("metadata-of-nonsense", _nonsense),
    _edited("cells-added", _more_of_it, check=_repairs("no es de esta tarea")),
    _edited("forged-outcome", _forged_outcome),
    _edited("lines-in-names", _lines_in_names, check=_repairs("no es de esta tarea")),
    _edited("ids-repeated", _ids),
    _edited("no-cells", _no_cells, points={**EARNED}, check=_repairs("faltaba")),
    _edited("cells-backwards", _backwards),
    _edited("another-kernel", _kernel),
    _edited("widget-state", _widgets),
]


def _too_big(result: Result) -> None:
    assert "MB" in result.reason


@made("output-of-200-mb", state="failed", points={}, reason="pasa de", check=_too_big)
def _huge_output(desk: Desk) -> None:
    desk.hand_in(RIGHT, edit=_huge_mark)
    path = desk.folder / "prueba.ipynb"
    before, after = path.read_bytes().split(b"AQUI")
    with path.open("wb") as out:
        out.write(before)
        for _ in range(200):
            out.write(b"A" * 2**20)
        out.write(after)


def _huge_mark(nb: Any) -> None:
    _graded_cell(nb, "p01").outputs = [nbformat.v4.new_output("stream", text="AQUI")]


@made("cells-100-000", state="failed", points={}, reason="celdas")
def _hundred_thousand(desk: Desk) -> None:
    desk.hand_in(RIGHT, edit=_many_cells)


@made("metadata-of-a-million-objects", state="failed", points={}, reason="demasiadas partes")
def _million_objects(desk: Desk) -> None:
    desk.hand_in(RIGHT, edit=lambda nb: nb.metadata.update(x="AQUI"))
    path = desk.folder / "prueba.ipynb"
    path.write_bytes(path.read_bytes().replace(b'"AQUI"', b"[" + b"{}," * 1_000_000 + b"{}]"))


@made("output-of-a-million-brackets")  # odd, and no more than text
def _million_brackets(desk: Desk) -> None:
    def edit(nb: Any) -> None:
        _graded_cell(nb, "p01").outputs = [nbformat.v4.new_output("stream", text='[{,"\\\n' * 1_000_000)]

    desk.hand_in(edit=edit)


@made("no-notebook", state="failed", points={}, reason="no trae el cuaderno")
def _no_notebook(desk: Desk) -> None:
    desk.accompany(RIGHT)


@made("notebook-of-another-name", state="failed", points={}, reason="no trae el cuaderno")
def _other_name(desk: Desk) -> None:
    desk.hand_in(RIGHT)
    (desk.folder / "prueba.ipynb").rename(desk.folder / "Prueba (1).ipynb")


@made("more-notebooks")
def _more_notebooks(desk: Desk) -> None:
    desk.hand_in()
    for name in ("otra.ipynb", "prueba2.ipynb", "p*.ipynb", "[prueba].ipynb", "{student}.ipynb"):
        (desk.folder / name).write_bytes(b"{ roto")


KINDS += [
    _huge_output,
    _hundred_thousand,
    _million_objects,
    _million_brackets,
    _no_notebook,
    _other_name,
    _more_notebooks,
]

"""What is handed to others, or looked at: no formula, no script, whatever people call themselves or write."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ciberaula.cli import main
from ciberaula.dashboards import cohort as cohort_page
from ciberaula.dashboards import institution
from ciberaula.progress.snapshot import refresh
from tests.hostile.conftest import Run, entered
from tests.hostile.course import ASSIGNMENT
from tests.hostile.kinds.pages import ALL, ATTACKS
from tests.hostile.markup import active
from tests.progress import cohort
from tests.progress.cohort import Person

FORMULAS = (
    '=HYPERLINK("https://inyeccion.invalid/INYECCION","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    " =1+1",
    "＝1+1",
    'x";=1+1',
    "%0A=1+1",
    "<script>INYECCION()</script>",
)


def _begins_a_formula(cell: str) -> bool:
    if cell.split(",")[0] == "-":  # Moodle's own sign for «no mark», alone in its cell
        cell = cell[2:]
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return cell.lstrip().startswith(("=", "+", "-", "@", "＝", "\t", "\r"))
    return False


@pytest.fixture
def named(run: Run) -> Iterator[Path]:
    """The graded hostile course, whose people have names that are formulas."""
    path = run.places.home / "roster.csv"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "name", "cohort", "group", "setting", "simulated"])
    for number, student in enumerate(run.outcomes):
        name = FORMULAS[number % len(FORMULAS)]
        writer.writerow([student, name, name, name, "rural", "true"])
    path.write_text(out.getvalue(), encoding="utf-8")
    with entered(run.places):
        yield run.places.root


@pytest.mark.parametrize("kind", ["moodle", "canvas"])
def test_no_cell_of_an_export_is_a_formula(named: Path, kind: str) -> None:
    file = named / f"{kind}.csv"
    assert main(["export", ASSIGNMENT, "--format", kind, "--partial", "--output", str(file)]) == 0
    text = file.read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert len(cells) > 40
    assert [cell for cell in cells if _begins_a_formula(cell)] == []
    # Excel in Spanish takes semicolons for separators, whatever the file says.
    read = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert [cell for row in read for cell in row[1:] if _begins_a_formula(cell)] == []
    file.unlink()


def test_no_cell_of_a_workbook_is_a_formula(named: Path) -> None:
    file = named / "notas.xlsx"
    assert main(["export", ASSIGNMENT, "--format", "xlsx", "--partial", "--output", str(file)]) == 0
    book = load_workbook(file)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 40
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    file.unlink()


def _plain(text: str) -> str:
    return text.replace("\n", " ").replace(",", " ").replace('"', "'")


PEOPLE = [
    Person(f"mala-{number}", _plain(attack), _plain(attack)[:90], "rural", 0.5, 3, written=ALL)
    for number, attack in enumerate(ATTACKS)
]


def _forge(home: Path) -> None:
    """Records and graded notebooks with markup in every text that a view might take from them."""
    for path in home.glob("submitted/*/*/registro.jsonl"):
        lines = [cohort.statement("completed", attack, cohort.NOW) for attack in ATTACKS]
        path.write_text("\n".join([*lines, *path.read_text().splitlines()]), encoding="utf-8")
    for path in home.glob("autograded/*/*/*.ipynb"):
        nb = json.loads(path.read_text())
        for number, cell in enumerate(nb["cells"]):
            told: dict[str, object] = {"item": "p01", "verdict": "incorrect", "explanation": ALL}
            told |= {"answered": f"«{ATTACKS[number % len(ATTACKS)]}»", "critical": [ATTACKS[0]]}
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"application/vnd.ciberaula.score+json": told}}
            ]
        path.write_text(json.dumps(nb), encoding="utf-8")


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The dashboards over a cohort whose names, groups, records and answers are markup."""
    home = tmp_path_factory.mktemp("tableros") / "var"
    cohort.build(home, PEOPLE, simulated=True)
    _forge(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CIBERAULA_HOME", str(home))
        patch.setenv("CIBERAULA_ROLE", "instructor")
        refresh(home, now=cohort.NOW)
        pages = {}
        for query in ("", f"modulo={cohort.MODULE}&grupo=<script>INYECCION()</script>&estado=%22onload=INYECCION()"):
            patch.setenv("QUERY_STRING", query)
            pages[f"cohort?{query[:8]}"] = str(cohort_page()._repr_html_())
            pages[f"institution?{query[:8]}"] = str(institution()._repr_html_())
    return pages


def test_nothing_in_a_dashboard_runs_or_is_fetched(views: dict[str, str]) -> None:
    assert len(views) == 4
    assert {name: active(page) for name, page in views.items()} == {name: [] for name in views}
    assert any("INYECCION" in page for page in views.values())  # the words are there, as words


def test_the_institution_sees_no_name_and_no_answer(views: dict[str, str]) -> None:
    for name, page in views.items():
        if name.startswith("institution"):
            assert "alert" not in page
            assert "mala-" not in page

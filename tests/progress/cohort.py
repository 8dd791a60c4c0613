"""A small real cohort: a gradebook filled through nbgrader's own API, with roster, records and graded notebooks.

Twelve learners in three groups (Azuay 6, Manabí 4, Morona 2) of one cohort, on the real plan of the course.
"""

import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.api import Gradebook

from ciberaula.curriculum import load

MODULE = "05-proteccion-de-datos"
NOTEBOOK = "proteccion-de-datos"
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """``share`` of every item earned (None: nothing handed in); ``days_ago`` of their last sign of life."""

    id: str
    name: str
    group: str
    setting: str
    share: float | None
    days_ago: int
    lessons: int = 3
    reviewed: bool = True
    critical: bool = False
    not_gradable: str = ""
    written: str = ""


# What two of them wrote in p12: the same but for a word, and nobody's copy of the task.
_NOTE = (
    "Hoy conversé con la familia en el patio del recinto, porque dentro de la casa no había dónde hablar tranquilas. Quedamos "
    "en que la próxima llamada será el jueves al mediodía y que nadie más de la oficina leerá lo que apunté {when}. "
    "<script>alert(1)</script>"
)

PEOPLE = [
    Person("azu-1", "Ana Paredes", "Azuay", "urban", 1.0, 9, written=_NOTE.format(when="ayer")),
    Person("azu-2", "Berta Ñauta", "Azuay", "rural", 0.8, 8),
    Person("azu-3", "Carlos Guamán", "Azuay", "urban", 0.5, 7),
    Person("azu-4", "Diana Ochoa", "Azuay", "rural", 0.9, 6, reviewed=False),
    Person("azu-5", "Efraín <b>Loja</b>", "Azuay", "urban", 0.9, 20, critical=True),
    Person("azu-6", "Fanny Illescas", "Azuay", "rural", None, 0, lessons=0),
    Person("man-1", "Gema Delgado", "Manabí", "urban", 0.75, 5, written=_NOTE.format(when="temprano")),
    Person("man-2", "Hugo Intriago", "Manabí", "rural", 0.9, 4, not_gradable="p09"),
    Person("man-3", "=SUM(A1)", "Manabí", "urban", 1.0, 3),
    Person("man-4", "Iris Vera", "Manabí", "rural", None, 0, lessons=0),
    Person("mor-1", "Jua Tsamaraint", "Morona", "rural", 0.95, 2),
    Person("mor-2", "Lida Rivadeneira", "Morona", "rural", 0.3, 20),
]


def build(home: Path, people: list[Person] | None = None, *, simulated: bool = False) -> None:
    """Write roster, gradebook, submissions and graded notebooks of ``people`` under ``home``."""
    people = PEOPLE if people is None else people
    home.mkdir(parents=True, exist_ok=True)
    write_roster(home, people, simulated=simulated)
    # nbgrader calls «alembic» by name when it makes a database.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    items = next(module for module in load().modules if module.id == MODULE).assignment.items
    with Gradebook(f"sqlite:///{home / 'gradebook.db'}", course_id="ciberaula") as gradebook:
        gradebook.add_assignment(MODULE)
        gradebook.add_notebook(NOTEBOOK, MODULE)
        for item in items:
            kind = "markdown" if item.manual else "code"
            gradebook.add_grade_cell(item.id, NOTEBOOK, MODULE, max_score=item.points, cell_type=kind)
        for person in people:
            gradebook.add_student(person.id)
            if person.share is None:
                continue
            when = NOW - timedelta(days=person.days_ago)
            gradebook.add_submission(MODULE, person.id, timestamp=when.replace(tzinfo=None))
            for item in items:
                grade = gradebook.find_grade(item.id, NOTEBOOK, MODULE, person.id)
                if item.id == person.not_gradable:
                    grade.auto_score, grade.needs_manual_grade = None, True
                elif item.manual:
                    grade.manual_score = item.points * person.share if person.reviewed else None
                    grade.needs_manual_grade = not person.reviewed
                else:
                    grade.auto_score, grade.needs_manual_grade = item.points * person.share, False
            gradebook.db.commit()
            _hand_in(home, person, when, [item.id for item in items])


def write_roster(home: Path, people: list[Person], *, simulated: bool = False) -> None:
    rows = ["id,name,cohort,group,setting,simulated"]
    rows += [f"{p.id},{p.name},Cohorte 2026,{p.group},{p.setting},{str(simulated).lower()}" for p in people]
    (home / "roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def statement(verb: str, activity: str, at: datetime) -> str:
    """One line of a learning record."""
    data = {
        "id": "0f3c6a2e-0000-4000-8000-000000000000",
        "actor": {"objectType": "Agent", "account": {"homePage": "https://ciberaula.invalid", "name": "p-x"}},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": f"https://ciberaula.invalid/actividades/{MODULE}/{activity}"},
        "timestamp": at.isoformat(),
    }
    return json.dumps(data)


def _hand_in(home: Path, person: Person, when: datetime, items: list[str]) -> None:
    submitted = home / "submitted" / person.id / MODULE
    submitted.mkdir(parents=True)
    lines = [statement("completed", f"leccion-{number + 1}", when) for number in range(person.lessons)]
    (submitted / "registro.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (submitted / "timestamp.txt").write_text(when.strftime("%Y-%m-%d %H:%M:%S.%f UTC"), encoding="utf-8")
    (submitted / f"{NOTEBOOK}.ipynb").write_text(json.dumps({"cells": []}), encoding="utf-8")
    cells = [_graded_cell(item, person) for item in items]
    autograded = home / "autograded" / person.id / MODULE
    autograded.mkdir(parents=True)
    (autograded / f"{NOTEBOOK}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")


def _graded_cell(item: str, person: Person) -> dict[str, object]:
    critical = ["Divulgó el paradero de una persona protegida"] if person.critical and item == "p10" else []
    score = {"item": item, "verdict": "partial", "critical": critical}
    if item == "p01" and (person.share or 0) < 0.8:
        score["answered"] = "«Enviar hoy el expediente <completo>»"
    state = "not_gradable" if item == person.not_gradable else "scored"
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": {"grade": True, "grade_id": item}, "ciberaula": {"state": state}},
        "outputs": [{"output_type": "execute_result", "data": {"application/vnd.ciberaula.score+json": score}}],
        "source": person.written if item == "p12" else "",
    }

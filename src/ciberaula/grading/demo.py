"""The demo cohort: simulated people whose work goes the same way as anybody's.

``grading/demo/cohort.yml`` says how each of them works (how careful, holding which misconception, handing in what);
the answers come from the answer bank. Their answer sheets and notebooks are submitted through nbgrader's exchange,
collected, graded in two stages, judged by the rubric where a person would, and answered with feedback. No score is typed.
"""

import csv
import io
import logging
import os
import random
import shutil
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeSubmit
from pydantic import Field

from ciberaula.classroom.participant import pseudonym
from ciberaula.classroom.sheetfile import SHEET_FILE, Content, Entry
from ciberaula.classroom.workplace import workplace
from ciberaula.curriculum import load
from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.grading.answer_bank import AnswerBank, load_answer_bank
from ciberaula.grading.cohort import Cohort, Step
from ciberaula.grading.config import GRADEBOOK_FILE
from ciberaula.grading.demo_lessons import studied
from ciberaula.grading.double_marking import DoubleReading
from ciberaula.grading.roster import COLUMNS, Learner
from ciberaula.grading.rubric import Rubric, grade_rubric
from ciberaula.i18n import _
from ciberaula.paths import environment
from ciberaula.yamlfile import Strict, read_yaml, validate

ASSIGNMENT = "05-proteccion-de-datos"
# The person at this machine learns beside the simulated ones, never among them.
LOCAL_COHORT = "Mi aula"
ROSTER, GRADEBOOK = "roster.csv", GRADEBOOK_FILE
# A demo cohort that is complete and on its way into the home.
_WHOLE = "demo.whole"
_AUTHOR = "Docente de la demostración"


class Person(Strict):
    """How one simulated person works; the file explains each field."""

    id: str
    name: str
    group: str
    setting: Literal["urban", "rural"]
    care: Annotated[float, Field(ge=0, le=1)]
    believes: str
    work: Literal["complete", "partial", "damaged", "none"]
    written: Literal["good", "middling", "poor"]
    by: Literal["widget", "code"]
    days_ago: Annotated[int, Field(ge=0)]
    reviewed: bool = True


class SecondReader(Strict):
    """Who reads some of the written answers a second time, and how often at the neighbouring level."""

    author: str
    differs: Annotated[float, Field(ge=0, le=1)]


class DemoCohort(Strict):
    """The whole of ``cohort.yml``."""

    schema_: Literal[1] = Field(alias="schema")
    seed: int
    simulated: Literal[True]
    cohort: str
    people: Annotated[list[Person], Field(min_length=1)]
    second_reader: SecondReader


def is_wanted(home: Path) -> bool:
    """Whether ``home`` should get the demo cohort: a roster or a gradebook of its own, here or on a server, means a real
    course."""
    own = os.environ.get("CIBERAULA_DB_URL") or any((home / name).exists() for name in (ROSTER, GRADEBOOK))
    return (home / _WHOLE).exists() or not own


def build(home: Path, course: Path, *, local_student: str, now: datetime | None = None) -> None:
    """Make the demo cohort in ``home``, where it :func:`is_wanted`: roster, submissions, grades and feedback.

    ``local_student`` is the roster id of the person at this machine. Everything is made aside and moved in when it is
    whole: a build that was interrupted is begun again, a move that was interrupted goes on. Raises ``UserError`` when a
    step of nbgrader fails.
    """
    if not is_wanted(home):
        return
    whole = home / _WHOLE
    if not whole.exists():
        aside = home / "demo.partial"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        # nbgrader's configuration asks for the home wherever it is made.
        with environment(CIBERAULA_HOME=str(aside)):
            _build(aside, course, local_student, now or datetime.now(UTC))
        aside.rename(whole)
    for made in whole.iterdir():
        if made.is_dir():
            shutil.copytree(made, home / made.name, dirs_exist_ok=True)
        else:
            made.replace(home / made.name)
    shutil.rmtree(whole)


def _build(home: Path, course: Path, local_student: str, now: datetime) -> None:
    path = course / "grading" / "demo" / "cohort.yml"
    demo = validate(DemoCohort, read_yaml(path))
    bank = load_answer_bank(ASSIGNMENT)
    _write_roster(home / ROSTER, demo, local_student)
    cohort = Cohort()
    # The simulated people worked in one module; whoever learns beside them is offered every task.
    for task in load(course).assignments:
        register(cohort, task.id)
        _done(cohort.api.release_assignment(task.id))
    with tempfile.TemporaryDirectory(prefix="ciberaula-demo-") as desks:
        for person in demo.people:
            if person.work != "none":
                rng = random.Random(f"{demo.seed}:{person.id}")  # noqa: S311 - reproducible, not secret
                at = now - timedelta(days=person.days_ago, minutes=rng.randrange(600))
                desk = Path(desks) / person.id
                _work(desk, course, person, bank, at, rng)
                _submit(cohort, desk, person.id, at)
    _stepped(cohort.collect(ASSIGNMENT))
    for outcome in cohort.autograde(ASSIGNMENT):
        if outcome.state == "failed":
            raise UserError(f"{outcome.student}: {outcome.reason}")
    _judge(cohort, demo, bank)
    _judge_again(cohort, demo, bank, now)
    cohort.feedback(ASSIGNMENT)


def _stepped(step: Step) -> None:
    if not step.done:
        raise UserError(step.reason or "")


def _write_roster(path: Path, demo: DemoCohort, local_student: str) -> None:
    people = [
        Learner(
            id=person.id,
            name=person.name,
            cohort=demo.cohort,
            group=person.group,
            setting=person.setting,
            simulated=True,
        )
        for person in demo.people
    ]
    people.append(
        Learner(id=local_student, name=_("Participante local"), cohort=LOCAL_COHORT, setting="urban", simulated=False)
    )
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows({**person.model_dump(), "simulated": str(person.simulated).lower()} for person in people)
    write_atomic(path, text.getvalue().encode())


def register(cohort: Cohort, assignment: str) -> None:
    """Record the assignment's cells in the gradebook. ``exercises/`` is committed and stays as it is."""
    config = deepcopy(cohort.config)
    with tempfile.TemporaryDirectory(prefix="ciberaula-release-") as scratch:
        config.CourseDirectory.release_directory = str(Path(scratch).resolve())
        _done(NbGraderAPI(config=config).generate_assignment(assignment))


def _work(desk: Path, course: Path, person: Person, bank: AnswerBank, at: datetime, rng: random.Random) -> None:
    """What the person has on the desk when handing in: notebook, answer sheet and learning record."""
    folder = desk / ASSIGNMENT
    shutil.copytree(course / "exercises" / ASSIGNMENT, folder)
    pseudonym(desk)
    place = workplace(folder)
    begun = at - timedelta(minutes=rng.randrange(50, 110))
    answers = _answers(person, bank, rng)
    entries: dict[str, Entry] = {}
    statements = list(studied(course, place.record, person.care, begun, rng))
    for number, (item, value) in enumerate(answers.items(), start=1):
        when = begun + (at - begun) * number / (len(answers) + 1)
        kind = getattr(place.find(item)[0], "kind", "scenario")
        entries[item] = Entry(kind, value, when.isoformat(timespec="milliseconds"), "demo")
        statements.append(place.record.answer(item, item, kind, value, success=None, at=when))
    place.record.append(statements)
    sheet = Content(ASSIGNMENT, len(entries), at.isoformat(timespec="milliseconds"), entries).encode()
    if person.work == "damaged":
        sheet = sheet[: len(sheet) // 2]
    write_atomic(folder / SHEET_FILE, sheet)
    _write_in_notebook(folder, course, person, bank)


def _answers(person: Person, bank: AnswerBank, rng: random.Random) -> dict[str, Any]:
    """Item -> answer: with ``care`` the reference's, else what the misconception says, else a known wrong one."""
    reference, believed = bank.reference_answers(), bank.misconception(person.believes).items
    answers: dict[str, Any] = {}
    for item, right in reference.items():
        if rng.random() < person.care:
            answers[item] = right
        elif item in believed:
            answers[item] = believed[item].value()
        else:
            answers[item] = rng.choice(bank.wrong[item]).value()
    if person.work == "partial":
        answers = dict(list(answers.items())[: rng.randrange(4, 8)])
    return answers


def _write_in_notebook(folder: Path, course: Path, person: Person, bank: AnswerBank) -> None:
    """Write the judgement in its cell and, for those who work by code, the code in theirs."""
    (path,) = folder.glob("*.ipynb")
    notebook = nbformat.read(path, as_version=4)
    written = {} if person.work == "partial" else _written(person, bank)
    code = solution_code(course) if person.by == "code" else {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in written or name in code:
            cell.source = written.get(name) or code[name]
    write_atomic(path, nbformat.writes(notebook).encode())


def _written(person: Person, bank: AnswerBank) -> dict[str, str]:
    return {item: next(one.text for one in texts if one.id == person.written) for item, texts in bank.written.items()}


def solution_code(course: Path) -> dict[str, str]:
    """The solution's own code, for whoever reached the data answers by code: cell name -> source."""
    (path,) = (course / "solutions" / ASSIGNMENT).glob("*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return {
        name: "\n".join(line for line in cell.source.splitlines() if not line.startswith("###"))
        for cell in cells
        if (name := cell.metadata.get("nbgrader", {}).get("grade_id", "")).startswith("codigo-")
    }


class _SubmitThen(ExchangeSubmit):  # type: ignore[misc]  # nbgrader has no types
    """nbgrader's submission, dated when the simulated person made it."""

    at: datetime

    def set_timestamp(self) -> None:
        self.timestamp = self.at.strftime(self.timestamp_format)


def _submit(cohort: Cohort, desk: Path, student: str, at: datetime) -> None:
    config = deepcopy(cohort.config)
    config.CourseDirectory.student_id = student
    config.CourseDirectory.assignment_id = ASSIGNMENT
    config.Exchange.assignment_dir = str(desk)
    config.Exchange.cache = str(desk / "cache")
    submission = _SubmitThen(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    )
    submission.log.setLevel(logging.WARNING)
    submission.at = at
    submission.start()


def _judge(cohort: Cohort, demo: DemoCohort, bank: AnswerBank) -> None:
    """The instructor reads the written answers of those already reviewed, with the rubric."""
    for person in demo.people:
        if person.work == "complete" and person.reviewed:
            for texts in bank.written.values():
                judged = next(text for text in texts if text.id == person.written)
                grade_rubric(
                    db_url=cohort.db_url, assignment=ASSIGNMENT, student=person.id,
                    levels=judged.levels, comment_ids=judged.comments, author=_AUTHOR,
                )  # fmt: skip


def _judge_again(cohort: Cohort, demo: DemoCohort, bank: AnswerBank, now: datetime) -> None:
    """A second simulated person reads those answers that were drawn and have a first judgement."""
    reading = DoubleReading(ASSIGNMENT, cohort.db_url)
    drawn = set(reading.drawn())
    for person in demo.people:
        if person.id in drawn and person.work == "complete" and person.reviewed:
            rng = random.Random(f"{demo.seed}:{person.id}:second")  # noqa: S311 - reproducible, not secret
            for texts in bank.written.values():
                judged = next(text for text in texts if text.id == person.written)
                levels = second_levels(reading.rubric, judged.levels, demo.second_reader.differs, rng)
                reading.record(person.id, levels, demo.second_reader.author, now=now)


def second_levels(rubric: Rubric, first: Mapping[str, float], differs: float, rng: random.Random) -> dict[str, float]:
    """``first`` (points by criterion) as another person might read it: each level the same, or with probability
    ``differs`` one higher or lower."""
    second = {}
    for criterion in rubric.criteria:
        scale = sorted(level.points for level in criterion.levels)
        rank = scale.index(first[criterion.id])
        other = rank + rng.choice((-1, 1)) if rng.random() < differs else rank
        second[criterion.id] = scale[max(0, min(other, len(scale) - 1))]
    return second


def _done(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise UserError(
            _("No se pudo publicar la tarea de la demostración: {error}").format(error=result.get("error", ""))
        )

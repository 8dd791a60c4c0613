"""Two-stage grading, as preprocessors of ``nbgrader autograde``.

``TwoStageExecute`` takes the place of nbgrader's ``Execute``: the trainee's own code, if any, runs isolated, and the
instructor's tests score the answers elsewhere, as data. ``SaveGrades`` then writes the scores, and leaves what could not
be graded without one.
"""

import ast
import html
import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from nbgrader.utils import determine_grade, is_grade, is_solution
from traitlets import Float, Integer, Unicode

from ciberaula.classroom import SHOWING
from ciberaula.classroom.record import RECORD_FILE, read_statements
from ciberaula.classroom.sheetfile import SHEET_FILE, read_answers
from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.grading import isolated, trusted
from ciberaula.grading.config import SET_ASIDE
from ciberaula.grading.outcomes import stuck_words
from ciberaula.grading.repair import METADATA, coursedir_of
from ciberaula.grading.sandbox.levels import SandboxRefused
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.grading.truth import AssignmentTruth, Places, assignment_truth
from ciberaula.i18n import _
from ciberaula.paths import datasets

# A solution cell of this name is the way by code of the item after the prefix.
CODE_PREFIX = "codigo-"
NO_ANSWER = _("Sin respuesta.")


@dataclass(frozen=True)
class Evidence:
    """What a submission answers: values by item id, which came out of the isolated run, and why nothing can be read.

    ``not_run``: why the code of an item could not be run, by no fault of the trainee's: never a zero.
    """

    values: Mapping[str, Any]
    by_code: frozenset[str] = frozenset()
    damage: str | None = None
    run: isolated.RunReport | None = None
    not_run: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Marks:
    """What scoring a notebook came to: whether the trainee's own code ran, and (item, reason) of what has no score."""

    ran_own_code: bool
    reasons: tuple[tuple[str, str], ...]


class TwoStageExecute(NbGraderPreprocessor):  # type: ignore[misc]
    """Score the test cells of a submission without running trainee code near them."""

    isolated_kernel = Unicode(isolated.KERNEL, help="Kernel spec of the isolated run.").tag(config=True)
    cell_timeout = Integer(30, help="Seconds for each cell of the isolated run.").tag(config=True)
    total_timeout = Integer(120, help="Seconds for the whole isolated run.").tag(config=True)
    scoring_timeout = Float(20.0, help="Seconds for each test cell.").tag(config=True)

    def isolated_run(self) -> isolated.IsolatedRun:
        """The runner of the trainee's own code; a subclass may give another."""
        return isolated.KernelIsolatedRun(self.isolated_kernel, datasets(), self.cell_timeout, self.total_timeout)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill the outputs of the test cells with their scores, and the metadata with where they come from."""
        about = resources["nbgrader"]
        course = coursedir_of(self)
        folder = Path(course.format_path(course.submitted_directory, about["student"], about["assignment"]))
        with Gradebook(about["db_url"]) as gradebook:
            truth = assignment_truth(course, gradebook.find_assignment(about["assignment"]))
        reasons = stuck_words(self.mark(nb, about["notebook"], truth, truth.places(folder)).reasons)
        if reasons:
            self.log.error("%s/%s/%s", about["assignment"], about["student"], reasons)
        return nb, resources

    def mark(self, nb: Any, notebook: str, truth: AssignmentTruth, places: Places) -> "Marks":
        """Score the test cells of ``nb``, a repaired notebook of the assignment, over what was handed in at ``places``."""
        tests = truth.notebooks[notebook].tests
        evidence = read_evidence(places.submitted / SHEET_FILE)
        own_code = _own_code(nb, truth.released[notebook])
        code_items = _code_items(nb)
        if own_code and code_items and evidence.damage is None:
            evidence = self._run_own_code(nb, truth.released[notebook], places, code_items, evidence)
        if evidence.damage:
            outcomes: dict[str, trusted.Outcome] = {
                cell.id: trusted.NotGradable(cell.id, evidence.damage) for cell in tests
            }
        else:
            outcomes = trusted.shared_scorer().score(
                tests,
                evidence.values,
                folder=places.release,
                seconds=self.scoring_timeout,
                participants=participants(places.submitted),
                keys=places.source,
            )
            outcomes |= {item: trusted.NotGradable(item, why) for item, why in evidence.not_run.items()}
        for cell in nb.cells:
            _fill(cell, outcomes, evidence)
        _note(nb, own_code, evidence)
        stuck = [one for one in outcomes.values() if isinstance(one, trusted.NotGradable)]
        return Marks(evidence.run is not None, tuple((one.id, one.reason) for one in stuck))

    def _run_own_code(
        self, nb: Any, released: Collection[str], places: Places, items: Sequence[str], evidence: Evidence
    ) -> Evidence:
        """Run every cell but the tests in a copy of the submission, and take the answers of the items by code from it."""
        with tempfile.TemporaryDirectory(prefix="ciberaula-") as scratch:
            folder = Path(scratch, "entrega")
            try:
                isolated.copy_submission(places.submitted, places.release, folder)
                _forget_answers(folder / SHEET_FILE, items)
                report = self.isolated_run().run(_worth_running(nb, released), folder)
                after = read_evidence(folder / SHEET_FILE)
            except (SandboxRefused, OSError) as error:
                why = cause(error) if isinstance(error, OSError) else str(error)
                return replace(evidence, not_run=dict.fromkeys(items, why))
            except UserError as error:
                return replace(evidence, run=isolated.RunReport(0.0, 0, str(error)))
        if after.damage:
            return replace(evidence, run=replace(report, stopped=after.damage))
        found = {item: after.values[item] for item in items if after.values.get(item) is not None}
        return Evidence({**evidence.values, **found}, frozenset(found), None, report)


class SaveGrades(SaveAutoGrades):  # type: ignore[misc]
    """nbgrader's step that writes the scores, with two differences.

    What could not be graded gets no automatic score and waits for a person, in one write: never a zero in between. And
    the automatic comment on an empty answer is in Spanish.
    """

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Write the score of one cell, unless it has none."""
        if not_gradable(cell):
            grade = self.gradebook.find_grade(
                cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
            )
            grade.auto_score = None
            grade.needs_manual_grade = True
            self.gradebook.db.commit()
            return cell, resources
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if is_solution(cell):
            comment = self.gradebook.find_comment(
                cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
            )
            if comment.auto_comment:
                comment.auto_comment = NO_ANSWER
                self.gradebook.db.commit()
        return cell, resources


def not_gradable(cell: Any) -> bool:
    """True for a cell whose test could give no score."""
    return bool(cell.metadata.get(METADATA, {}).get("state") == "not_gradable")


def score_in(cell: Any) -> float | None:
    """The score of a graded cell as nbgrader reads it; ``None`` where a person must give it."""
    if not_gradable(cell):
        return None
    score, _maximum = determine_grade(cell)
    return None if score is None else float(score)


def read_evidence(sheet: Path) -> Evidence:
    """The answers of a sheet. Without a sheet there are none; a damaged one is told, and never taken for empty."""
    try:
        sheet.lstat()
    except FileNotFoundError:
        if sheet.with_name(sheet.name + SET_ASIDE).exists():
            return Evidence({}, damage=_("la hoja de respuestas no era un archivo común y se apartó"))
        return Evidence({})
    try:
        return Evidence(read_answers(sheet))
    except UserError as error:
        return Evidence({}, damage=str(error))


def participants(submitted: Path) -> frozenset[str]:
    """The pseudonyms that the learning record of a submission names: one, or one for each machine it was made on."""
    record = submitted / RECORD_FILE
    if record.is_symlink() or not record.is_file():
        return frozenset()
    return frozenset(statement["actor"]["account"]["name"] for statement in read_statements(record))


def _own_code(nb: Any, released: Collection[str]) -> bool:
    """True when a code cell that is no test holds something the release does not."""
    return any(source.strip() and source.strip() not in released for source in _runnable(nb))


def _runnable(nb: Any) -> list[str]:
    """The cells of an isolated run: all code but the test cells, whose hidden tests the trainee's code must not meet."""
    return [
        cell.source for cell in nb.cells if cell.cell_type == "code" and not (is_grade(cell) and not is_solution(cell))
    ]


def _worth_running(nb: Any, released: Collection[str]) -> list[str]:
    """The cells of an isolated run without those that, as released, only show a widget: nobody looks at it there.

    They bind no name and save no answer by themselves, and take most of the time of a run.
    """
    return [source for source in _runnable(nb) if source.strip() not in released or not _only_shows(source)]


def _only_shows(source: str) -> bool:
    """True for a cell that is one call of a showing function of the classroom, with plain values."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    if len(statements) != 1 or not isinstance(statements[0], ast.Expr) or not isinstance(statements[0].value, ast.Call):
        return False
    call = statements[0].value
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    plain = all(isinstance(value, ast.Constant | ast.Tuple) for value in given)
    return plain and isinstance(call.func, ast.Name) and call.func.id in SHOWING


def _code_items(nb: Any) -> list[str]:
    ids = (cell.metadata["nbgrader"].get("grade_id", "") for cell in nb.cells if is_solution(cell))
    return [grade_id.removeprefix(CODE_PREFIX) for grade_id in ids if grade_id.startswith(CODE_PREFIX)]


def _forget_answers(sheet: Path, items: Sequence[str]) -> None:
    """Take the answers of ``items`` out of the copy of the sheet: what is there after the run, the run wrote."""
    if not sheet.exists():
        return
    content = json.loads(sheet.read_bytes())
    for item in items:
        content["answers"].pop(item, None)
    write_atomic(sheet, json.dumps(content, ensure_ascii=False).encode())


def _fill(cell: Any, outcomes: Mapping[str, trusted.Outcome], evidence: Evidence) -> None:
    """Write the outcome of a test cell into it, the way nbgrader and the feedback page read it."""
    if not is_grade(cell) or is_solution(cell):
        return
    outcome = outcomes.get(cell.metadata["nbgrader"]["grade_id"])
    if outcome is None:
        return
    cell.execution_count = 1
    if isinstance(outcome, trusted.NotGradable):
        words = _(
            "No se pudo calificar: {reason}. Ponga la nota a mano o corrija la causa y califique de nuevo."
        ).format(reason=outcome.reason.rstrip("."))
        cell.metadata[METADATA] = {"state": "not_gradable", "reason": outcome.reason}
        cell.outputs = [_output("display_data", {"text/html": f"<p><strong>{html.escape(words)}</strong></p>"})]
        return
    score = outcome.score
    source = "isolated" if outcome.id in evidence.by_code else "sheet"
    cell.metadata[METADATA] = {"state": "scored", "source": source, "verdict": score["verdict"]}
    data = {"text/plain": repr(float(score["points"])), "text/html": _summary(score), MEDIA_TYPE: score}
    cell.outputs = [_output("execute_result", data, execution_count=1)]


def _output(kind: str, data: Mapping[str, Any], **more: Any) -> Any:
    """As ``nbformat.v4.new_output``, which checks each one against the whole format."""
    return nbformat.from_dict({"output_type": kind, "metadata": {}, "data": data, **more})


def _summary(score: Mapping[str, Any]) -> str:
    """The score as formgrader shows it to the instructor. What the trainee wrote is escaped."""
    told = [f"{score['points']:g} / {score['maximum']:g}", score["answered"], score["explanation"]]
    lines = [line for text in told for line in str(text).splitlines() if line]
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _note(nb: Any, own_code: bool, evidence: Evidence) -> None:
    note: dict[str, Any] = {"own_code": own_code}
    if evidence.run:
        note["isolated"] = {
            "seconds": round(evidence.run.seconds, 3),
            "failed_cells": evidence.run.failed_cells,
            "stopped": evidence.run.stopped,
        }
    nb.metadata[METADATA] = {**nb.metadata.get(METADATA, {}), **note}

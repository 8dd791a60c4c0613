"""Two-stage grading through the real ``nbgrader autograde``."""

import asyncio
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.apps.api import NbGraderAPI
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    Execute,
    LimitOutput,
    SaveAutoGrades,
)

from ciberaula.grading import autograde, trusted
from ciberaula.grading.cohort import Cohort
from ciberaula.grading.config import course_config
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.grading.trusted import shared_scorer
from tests.grading.course import ASSIGNMENT, NOTEBOOK, RIGHT, TESTS, hand_in, sheet


def grade(student="ana", *, force=False):
    (outcome,) = Cohort().autograde(ASSIGNMENT, student, force=force)
    return outcome


def autograded(student="ana"):
    folder = Cohort().folder("autograded", student, ASSIGNMENT)
    return nbformat.read(folder / f"{NOTEBOOK}.ipynb", as_version=4)


def cell_of(item, student="ana"):
    return next(cell for cell in autograded(student).cells if cell.metadata.get("nbgrader", {}).get("grade_id") == item)


def test_right_answers_of_the_sheet_earn_full_points_without_running_anything(course, grades):
    hand_in(course, "ana", RIGHT)
    assert grade().state == "graded"
    assert grades("ana") == {"p01": (2, False), "p02": (3, False), "p03": (1, False), "p04": (0, False)}
    assert autograded().metadata["ciberaula"] == {"repairs": [], "own_code": False}


def test_the_score_is_one_result_with_the_number_and_the_whole_score(course):
    hand_in(course, "ana", {"p01": "a"})
    grade()
    (output,) = cell_of("p01").outputs
    assert output["output_type"] == "execute_result"
    assert output["data"]["text/plain"] == "0.0"
    told = output["data"][MEDIA_TYPE]
    assert (told["item"], told["points"], told["maximum"], told["verdict"]) == ("p01", 0, 2, "incorrect")
    assert "Anota todo lo que cuenta" in told["answered"]  # the words of the released question, not the letter
    assert cell_of("p01").metadata["ciberaula"] == {"state": "scored", "source": "sheet", "verdict": "incorrect"}


def test_work_without_a_sheet_is_unanswered_and_zero(course, grades):
    hand_in(course, "ana")
    assert grade().state == "graded"
    assert grades("ana") == dict.fromkeys(("p01", "p02", "p03", "p04"), (0, False))
    assert [cell_of(item).metadata["ciberaula"]["verdict"] for item in ("p01", "p02", "p03")] == ["unanswered"] * 3


def test_an_answer_by_code_comes_out_of_the_isolated_run(course, grades):
    hand_in(course, "ana", {"p01": "b", "p02": 99}, code='submit_answer("p02", 2 + 3)')
    assert grade().state == "graded"
    assert grades("ana")["p02"] == (3, False)
    assert cell_of("p02").metadata["ciberaula"]["source"] == "isolated"
    assert cell_of("p01").metadata["ciberaula"]["source"] == "sheet"
    assert autograded().metadata["ciberaula"]["isolated"]["stopped"] is None


def test_code_that_fails_leaves_the_answer_of_the_sheet(course, grades):
    hand_in(course, "ana", RIGHT, code="raise ValueError('no sé')")
    assert grade().state == "graded"
    assert grades("ana")["p02"] == (3, False)
    assert autograded().metadata["ciberaula"]["isolated"]["failed_cells"] == 1


def test_code_that_never_ends_is_stopped_and_the_rest_is_graded(course, grades):
    hand_in(
        course, "ana", {"p01": "b"}, code="while True:\n    try:\n        pass\n    except BaseException:\n        pass"
    )
    cohort = Cohort()
    cohort.api.config.TwoStageExecute.cell_timeout = 1
    (outcome,) = cohort.autograde(ASSIGNMENT, "ana")
    assert outcome.state == "graded"
    assert grades("ana")["p01"] == (2, False)
    assert grades("ana")["p02"] == (0, False)


def test_code_that_ends_its_kernel_costs_only_its_own_item(course, grades):
    hand_in(course, "ana", {"p01": "b"}, code="import os\nos._exit(0)")
    assert grade().state == "graded"
    assert grades("ana")["p01"] == (2, False)
    assert autograded().metadata["ciberaula"]["isolated"]["stopped"] == "el código cerró su núcleo"


SEES_ONLY_ITS_OWN = """
import os
names = [name for name in os.environ if "TOKEN" in name or name in ("CIBERAULA_HOME", "CIBERAULA_COURSE")]
found = names + [value for value in os.environ.values() if "muy-secreto" in value]
found += [place for place in {places!r} if os.path.exists(place)]
own = ["preguntas.yml", "respuestas.json", "submission_secret.txt", "timestamp.txt"]
submit_answer("p02", 5 if not found and sorted(os.listdir()) == own and os.path.isdir(os.environ["CIBERAULA_DATASETS"]) else 0)
"""


def test_the_isolated_run_has_no_token_and_no_file_of_the_course(course, monkeypatch, grades):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "muy-secreto")
    places = [
        str(course),
        str(course / "solutions"),
        str(Path.home()),
        str(Cohort().folder("submitted", "ana", ASSIGNMENT)),
    ]
    hand_in(
        course, "ana", {"p01": "b"}, code=SEES_ONLY_ITS_OWN.format(places=[one for one in places if one != "/root"])
    )
    grade()
    assert grades("ana")["p02"] == (3, False)


HOSTILE = {
    "exception hook": "get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)",
    "showtraceback": "get_ipython().showtraceback = lambda *a, **k: None",
    "always equal": "class Igual:\n    def __eq__(self, o): return True\n    __hash__ = None\nanswers = {'p01': Igual()}",
    "scoring overwritten": (
        "from ciberaula.grading import scoring\n"
        "for f in ('single', 'number'):\n    setattr(scoring, f, lambda *a, **k: k['points'])"
    ),
    "module in the folder": "open('ciberaula.py', 'w').write('raise SystemExit')\nopen('json.py', 'w').write('1/0')",
    "listener": "get_ipython().events.register('post_run_cell', lambda r: setattr(r, 'result', 2))",
    "sitecustomize": "import os\nopen(os.environ['HOME'] + '/sitecustomize.py', 'w').write('1/0')",
    "builtins": "import builtins\nbuiltins.float = lambda *a: 3.0",
}


def test_hostile_code_earns_only_what_the_answers_earn(course, grades):
    students = {f"persona{number}": name for number, name in enumerate(HOSTILE)}
    for student, name in students.items():
        hand_in(course, student, {"p01": "a", "p03": "si"}, code=HOSTILE[name], extra=[new_code_cell(HOSTILE[name])])
    hand_in(course, "zoe", RIGHT)  # last of the batch: nothing the others left behind reaches her
    cohort = Cohort()
    cohort.api.config.TwoStageExecute.cell_timeout = 3  # one of them leaves its kernel without an answer
    assert {outcome.state for outcome in cohort.autograde(ASSIGNMENT)} == {"graded"}
    earned = {name: sum(score for score, _ in grades(student).values()) for student, name in students.items()}
    assert earned == dict.fromkeys(HOSTILE, 0)
    assert grades("zoe")["p01"] == (2, False)


def test_trainee_code_never_runs_in_the_scoring_kernel(course_with):
    tests = {
        "p01": (2, "import os\nfloat(os.path.exists('CANARIO') or hasattr(os, 'canario') or 'canario' in globals())")
    }
    root = course_with(tests)
    canary = "import os, pathlib\nos.canario = canario = 1\npathlib.Path('CANARIO').write_text('x')\nsubmit_answer('p01', 'b')"
    hand_in(root, "ana", {"p01": "b"}, extra=[new_code_cell(canary)])
    hand_in(root, "luis", {"p01": "b"})
    outcomes = list(Cohort().autograde(ASSIGNMENT))
    assert [outcome.state for outcome in outcomes] == ["graded", "graded"]
    assert cell_of("p01", "ana").outputs[0]["data"]["text/plain"] == "0.0"
    assert cell_of("p01", "luis").outputs[0]["data"]["text/plain"] == "0.0"


def test_a_python_file_handed_in_does_not_shadow_a_module_of_the_scoring_kernel(course, grades):
    folder = hand_in(course, "ana", RIGHT)
    for name in ("json.py", "ciberaula.py", "sitecustomize.py", "ast.py"):
        (folder / name).write_text("raise SystemExit('entró')")
    assert grade().state == "graded"
    assert grades("ana")["p01"] == (2, False)


def test_warnings_and_noise_cost_nothing(course_with, grades):
    noisy = "import sys, warnings\nwarnings.warn('cuidado')\nprint('ruido', file=sys.stderr)\nprint('más')\n2.0"
    root = course_with({"p01": (2, noisy)})
    hand_in(root, "ana", {"p01": "b"})
    assert grade().state == "graded"
    assert grades("ana")["p01"] == (2, False)


MISTAKES = {
    "no value": ("x = 2", "no devolvió un número"),
    "text": ("'2'", "no devolvió un número"),
    "truth": ("True", "no devolvió un número"),
    "none": ("None", "no devolvió un número"),
    "nan": ("float('nan')", "fuera de 0 a 2"),
    "too much": ("2.5", "fuera de 0 a 2"),
    "negative": ("-1", "fuera de 0 a 2"),
    "error": ("answers['p01'] + 1", "TypeError"),
    "assertion": ("assert answers['p01'] == 'z'", "AssertionError"),
    "exit": ("raise SystemExit", "SystemExit"),
    "other points": ("scoring.single('p01', answers['p01'], points=1, key='b', why={'b': 'x'})", "el cuaderno dice 2"),
    "syntax": ("answers[", "SyntaxError"),
}


def test_a_test_without_a_sound_number_is_a_mistake_of_the_assignment(course_with, grades):
    items = {f"x{number:02d}": name for number, name in enumerate(MISTAKES)}
    root = course_with({**{item: (2, MISTAKES[name][0]) for item, name in items.items()}, "p03": TESTS["p03"]})
    hand_in(root, "ana", RIGHT)
    outcome = grade()
    assert outcome.state == "not_gradable"
    scores = grades("ana")
    assert scores["p03"] == (1, False)
    for item, name in items.items():
        about = cell_of(item).metadata["ciberaula"]
        assert (name, scores[item], about["state"]) == (name, (None, True), "not_gradable")
        assert MISTAKES[name][1] in about["reason"]
        told = next(part for part in outcome.reason.split("; ") if item in part.partition(": ")[0].split(", "))
        assert told.partition(": ")[2] == about["reason"].rstrip(".")


def test_a_broken_test_is_no_zero_for_whoever_left_the_item_blank(course_with, grades):
    """Scoring takes a missing answer; a test that raises over it is broken, and would raise for whoever answers too."""
    tests = {"p01": (2, "1/0 if answers['p01'] is None else 2"), "p03": TESTS["p03"]}
    root = course_with(tests)
    hand_in(root, "ana", {"p03": "no"})
    assert grade().state == "not_gradable"
    assert grades("ana")["p01"] == (None, True)
    assert grades("ana")["p03"] == (1, False)
    assert "ZeroDivisionError" in cell_of("p01").metadata["ciberaula"]["reason"]


@pytest.mark.parametrize("source", ["while True: pass", "import os; os._exit(1)", "import ctypes; ctypes.string_at(0)"])
def test_a_test_that_hangs_or_kills_its_kernel_costs_only_its_item(course_with, grades, source):
    root = course_with({"p01": (2, source), "p03": TESTS["p03"]})
    hand_in(root, "ana", RIGHT)
    cohort = Cohort()
    cohort.api.config.TwoStageExecute.scoring_timeout = 4  # p03 too has to end in this time, on a machine that is busy
    (outcome,) = cohort.autograde(ASSIGNMENT, "ana")
    assert outcome.state == "not_gradable"
    assert grades("ana")["p01"] == (None, True)
    assert grades("ana")["p03"] == (1, False)


DAMAGED = {
    "not json": b"{",
    "huge": b'{"schema": 1, "relleno": "' + b"x" * 1_100_000 + b'"}',
    "deep": b'{"schema": 1, "answers": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "not utf-8": b"\xff\xfe\x00",
    "nan": sheet({"p02": 1}).replace(b'"value": 1', b'"value": NaN'),
}


def test_a_damaged_sheet_is_not_gradable_and_never_a_zero(course, grades):
    students = {f"persona{number}": name for number, name in enumerate(DAMAGED)}
    for student, name in students.items():
        hand_in(course, student, DAMAGED[name])
    outcomes = {students[outcome.student]: outcome.state for outcome in Cohort().autograde(ASSIGNMENT)}
    assert outcomes == dict.fromkeys(DAMAGED, "not_gradable")
    for student, name in students.items():
        scores = grades(student)
        assert (name, {scores[item] for item in ("p01", "p02", "p03")}) == (name, {(None, True)})
        assert "No se pudo calificar" in cell_of("p01", student).outputs[0]["data"]["text/html"]


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_sheet_that_is_no_plain_file_is_set_aside_and_its_target_stays_unread(course, grades, kind):
    folder = hand_in(course, "ana")
    secret = course / "secreto.txt"
    secret.write_bytes(sheet(RIGHT))
    if kind == "link":
        (folder / "respuestas.json").symlink_to(secret)
    else:
        os.mkfifo(folder / "respuestas.json")
    assert grade().state == "not_gradable"
    assert grades("ana")["p01"] == (None, True)
    copied = [path for path in Path(os.environ["CIBERAULA_HOME"]).rglob("respuestas.json*") if path.is_file()]
    assert copied
    assert all(b"p01" not in path.read_bytes() for path in copied)
    assert secret.exists()


def test_what_could_not_be_graded_comes_up_again_and_is_graded_after_a_fix(course, grades):
    folder = hand_in(course, "ana", b"{")
    assert grade().state == "not_gradable"
    (folder / "respuestas.json").write_bytes(sheet(RIGHT))
    assert grade().state == "graded"
    assert grades("ana")["p01"] == (2, False)
    assert grade().state == "unchanged"


def repeat_test(nb):
    nb.cells.append(
        nbformat.from_dict(next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "p01"))
    )


def delete_tests(nb):
    nb.cells = [
        c
        for c in nb.cells
        if c.metadata.get("nbgrader", {}).get("grade_id") not in ("p01", "p03", "p04", "mostrar-p03")
    ]


def change_test(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "p01":
            cell.source = "2"


def change_metadata(nb):
    for cell in nb.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") == "p01":
            about.update(solution=True, points=200, locked=False, schema_version=0)
        if about.get("grade_id") == "p03":
            del about["points"]


def change_type(nb):
    for index, cell in enumerate(nb.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "p03":
            nb.cells[index] = nbformat.v4.new_markdown_cell(cell.source, metadata=cell.metadata)


def rename_test(nb):
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "p01":
            cell.metadata["nbgrader"]["grade_id"] = "p99"


def forge_state(nb):
    nb.metadata["ciberaula"] = {"own_code": False}
    for cell in nb.cells:
        cell.metadata["ciberaula"] = {"state": "not_gradable", "reason": "<b>hola</b>"}


EDITS = [repeat_test, delete_tests, change_test, change_metadata, change_type, rename_test, forge_state]


def test_changed_graded_cells_are_repaired_and_graded_by_the_answers(course, grades):
    for edit in EDITS:
        hand_in(course, edit.__name__, {"p01": "a", "p02": 5, "p03": "no"}, edit=edit)
    assert {outcome.student: outcome.state for outcome in Cohort().autograde(ASSIGNMENT)} == dict.fromkeys(
        (edit.__name__ for edit in EDITS), "graded"
    )
    expected = {"p01": (0, False), "p02": (3, False), "p03": (1, False), "p04": (0, False)}
    assert {edit.__name__: grades(edit.__name__) for edit in EDITS} == {edit.__name__: expected for edit in EDITS}


def test_repairs_are_noted(course):
    hand_in(course, "ana", RIGHT, edit=delete_tests)
    grade()
    assert "faltaba la celda «p01»; se repuso" in autograded().metadata["ciberaula"]["repairs"]


def test_of_a_repeated_written_answer_the_one_that_was_written_counts(course):
    def repeat(nb):
        blank = nbformat.from_dict(nb.cells[-1])
        nb.cells[-1].source = "Le explico sus derechos."
        nb.cells.append(blank)

    hand_in(course, "ana", RIGHT, edit=repeat)
    grade()
    assert cell_of("p04").source == "Le explico sus derechos."


def test_a_written_answer_waits_for_a_person_with_the_rubric_below_it(course, grades):
    hand_in(course, "ana", RIGHT, written="Le explico sus derechos.")
    assert grade().state == "graded"
    assert grades("ana")["p04"] == (None, True)
    cells = autograded().cells
    place = next(i for i, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == "p04")
    assert "Derechos de la persona" in cells[place + 1].source
    assert "Revise el plazo: son días hábiles." in cells[place + 1].source


def test_one_broken_submission_costs_only_itself(course, grades):
    folder = hand_in(course, "ana", RIGHT)
    (folder / f"{NOTEBOOK}.ipynb").write_text("{ roto")
    folder = hand_in(course, "beto", RIGHT)
    (folder / f"{NOTEBOOK}.ipynb").unlink()
    hand_in(course, "luis", RIGHT)
    outcomes = {outcome.student: outcome for outcome in Cohort().autograde(ASSIGNMENT)}
    assert {name: outcome.state for name, outcome in outcomes.items()} == {
        "ana": "failed",
        "beto": "failed",
        "luis": "graded",
    }
    assert outcomes["ana"].reason == "el cuaderno está dañado (no es un cuaderno o está cortado); pida otra entrega"
    assert outcomes["beto"].reason == "la entrega no trae el cuaderno de la tarea"
    assert grades("luis")["p01"] == (2, False)


def test_a_batch_uses_one_scoring_kernel_and_leaves_none(course, monkeypatch):
    monkeypatch.setattr(trusted, "_open_batches", 0)  # as when no other batch is open
    shared_scorer().close()
    for student in ("ana", "luis", "eva"):
        hand_in(course, student, RIGHT)
    before = shared_scorer().starts
    run = Cohort().autograde(ASSIGNMENT)
    next(run)
    pid = shared_scorer().pid
    assert pid is not None
    assert len(list(run)) == 2
    assert shared_scorer().starts == before + 1
    assert shared_scorer().pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_scoring_kernel_that_was_killed_is_started_again(course, grades):
    hand_in(course, "ana", RIGHT)
    hand_in(course, "luis", RIGHT)
    run = Cohort().autograde(ASSIGNMENT)
    next(run)
    pid = shared_scorer().pid
    assert pid is not None
    os.kill(pid, 9)
    (second,) = run
    assert second.state == "graded"
    assert grades("luis")["p01"] == (2, False)


def test_it_works_inside_a_running_event_loop_as_in_formgrader(course, grades):
    hand_in(course, "ana", {"p01": "b"}, code='submit_answer("p02", 5)')

    async def press_autograde():
        return Cohort().api.autograde(ASSIGNMENT, "ana")

    assert asyncio.run(press_autograde())["success"]
    assert grades("ana")["p02"] == (3, False)


HONEST = [
    RIGHT,
    {},
    {"p01": "a", "p02": 5, "p03": "si"},
    {"p01": "c", "p02": 4, "p03": "no"},
]


def test_scores_equal_those_of_stock_nbgrader_on_honest_work(course, grades):
    students = [f"persona{number}" for number in range(len(HONEST))]
    for student, answers in zip(students, HONEST, strict=True):
        hand_in(course, student, answers, written="Le explico.")
    list(Cohort().autograde(ASSIGNMENT))
    ours = {student: grades(student) for student in students}

    config = course_config()
    config.Autograde.autograde_preprocessors = [
        Execute,
        LimitOutput,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    api = NbGraderAPI(config=config)
    for student in students:
        assert api.autograde(ASSIGNMENT, student)["success"]
    stock = {student: grades(student) for student in students}
    assert stock == ours


def test_where_nothing_can_be_isolated_code_is_not_graded_and_data_is(course, grades, monkeypatch):
    monkeypatch.setenv("CIBERAULA_SANDBOX", "ninguno")
    hand_in(course, "ana", RIGHT, code='submit_answer("p02", 5)')
    hand_in(course, "luis", RIGHT)
    states = {outcome.student: outcome.state for outcome in Cohort().autograde(ASSIGNMENT)}
    assert states == {"ana": "not_gradable", "luis": "graded"}
    assert grades("ana")["p02"] == (None, True)
    assert "CIBERAULA_SANDBOX" in cell_of("p02").metadata["ciberaula"]["reason"]


SHOWN = {
    'question("p01")': False,
    '# texto\nanonymity_lab("casos-k", answer="p09")': False,
    'coding_room("E07", turns=(1, 9))': False,
    'x = question("p01")': True,
    "question(id)": True,
    'submit_answer("p02", 5)': True,
    'data("casos-k")': True,
    'question("p01"); y = 1': True,
    "roto(": True,
}


@pytest.mark.parametrize(("source", "runs"), SHOWN.items())
def test_a_released_cell_that_only_shows_is_left_out_of_the_isolated_run(source, runs):
    nb = nbformat.v4.new_notebook(cells=[new_code_cell(source), new_code_cell("question('otra')")])
    expected = [source] * runs + ["question('otra')"]  # what the trainee wrote runs, whatever it is
    assert autograde._worth_running(nb, {source.strip()}) == expected

import copy
import json
import multiprocessing
from pathlib import Path

import jsonschema
import pytest

from ciberaula.classroom.participant import pseudonym
from ciberaula.classroom.record import LearningRecord, read_statements
from ciberaula.classroom.workplace import Workplace
from ciberaula.errors import UserError
from tests.classroom.content import ALL, write_notebook

SCHEMA = json.loads(Path(__file__).with_name("xapi-1.0.3.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
WHOLE = {
    "l1-single": "b",
    "l1-multiple": ["a", "b"],
    "l1-ordering": ["contener", "valorar", "avisar"],
    "l1-matching": {"salud": "sensible", "hora": "comun"},
    "l1-number": 5,
    "l1-text": "palabras muy privadas",
    "l1-form": {"canal": "chat", "datos": ["cita"], "motivo": "otras muy privadas"},
    "l1-table": {"columns": ["a"], "rows": [["fila privada"]]},
}
RESPONSES = {
    "l1-single": "b",
    "l1-multiple": "a[,]b",
    "l1-ordering": "contener[,]valorar[,]avisar",
    "l1-matching": "salud[.]sensible[,]hora[.]comun",
    "l1-number": "5",
}
PATH = {"path": [["inicio", "borrar"], ["aviso", "registrar"]]}


def answer(place, id, value, *, checked=True):
    question, graded = place.find(id)
    return place.save(question, value, graded=graded, checked=checked)


def verbs(place):
    return [
        (one["verb"]["id"].rpartition("/")[2], one["object"]["id"].rpartition("/")[2])
        for one in place.record.statements()
    ]


def test_the_schema_itself_is_sound_and_refuses_what_is_wrong(lesson):
    VALIDATOR.check_schema(SCHEMA)
    place = Workplace(lesson)
    answer(place, "l1-single", "b")
    (good,) = place.record.statements()
    assert VALIDATOR.is_valid(good)
    for path, value in [
        (("id",), "1"),
        (("actor", "name2"), "x"),
        (("actor", "mbox"), "mailto:a@b.c"),
        (("verb", "id"), "answered"),
        (("verb", "display"), {"español de aquí": "x"}),
        (("object", "id"), "l1-single"),
        (("object", "objectType"), "Agent"),
        (("result", "score"), {"scaled": 1.5}),
        (("result", "duration"), "5 min"),
        (("result", "success"), "sí"),
        (("timestamp",), "ayer"),
        (("version",), "2.0"),
        (("extra",), 1),
    ]:
        bad = copy.deepcopy(good)
        place_in = bad
        for name in path[:-1]:
            place_in = place_in[name]
        place_in[path[-1]] = value
        assert not VALIDATOR.is_valid(bad), path


def test_every_statement_of_every_kind_has_the_xapi_shape_and_no_private_word(lesson):
    place = Workplace(lesson)
    for id, value in WHOLE.items():
        assert answer(place, id, value).saved
    answer(place, "decision-grupo", PATH)
    place.opened("l1-single")
    statements = list(place.record.statements())
    for statement in statements:
        VALIDATOR.validate(statement)
    text = (lesson / "registro.jsonl").read_text(encoding="utf-8")
    assert "privada" not in text
    assert len({one["id"] for one in statements}) == len(statements)
    assert {one["actor"]["account"]["name"] for one in statements} == {"p-prueba"}
    found = {one["object"]["id"].rpartition("/")[2]: one["result"].get("response") for one in statements[: len(ALL)]}
    assert found == {id: RESPONSES.get(id) for id in WHOLE}
    assert statements[0]["object"]["id"] == "https://ciberaula.invalid/actividades/05-prueba/l1-single"


def test_success_is_told_for_formative_answers_only(lesson, assignment):
    formative = Workplace(lesson)
    answer(formative, "l1-single", "b")
    answer(formative, "l1-single", "a")
    answer(formative, "l1-text", "tres palabras aquí")
    assert [one["result"].get("success") for one in formative.record.statements()] == [True, False, None]
    graded = Workplace(assignment)
    answer(graded, "p-single", "b", checked=False)
    answer(graded, "decision-grupo", PATH, checked=False)
    assert all("success" not in one["result"] for one in graded.record.statements())
    assert verbs(graded) == [("answered", "p-single"), ("answered", "decision-grupo"), ("completed", "decision-grupo")]


def test_a_draft_and_the_same_answer_twice_are_not_recorded(lesson):
    place = Workplace(lesson)
    answer(place, "l1-single", "b", checked=False)
    assert verbs(place) == []
    answer(place, "l1-single", "b")
    answer(place, "l1-single", "b")
    assert verbs(place) == [("answered", "l1-single")]


def test_a_scenario_is_passed_only_without_poor_decisions_and_earlier_paths_stay(lesson):
    place = Workplace(lesson)
    answer(place, "decision-grupo", {"path": PATH["path"][:1]}, checked=False)
    assert verbs(place) == []
    answer(place, "decision-grupo", {"path": [["inicio", "callar"]]})
    answer(place, "decision-grupo", PATH)
    name = "decision-grupo"
    assert verbs(place) == [
        ("answered", name), ("completed", name),
        ("answered", name), ("completed", name), ("passed", name),
    ]  # fmt: skip
    responses = [one["result"].get("response") for one in place.record.statements()]
    assert responses[0] == "inicio[.]callar"
    assert responses[2] == "inicio[.]borrar[,]aviso[.]registrar"


def test_a_lesson_is_completed_once_when_all_it_shows_has_a_counted_answer(lesson):
    write_notebook(
        lesson / "leccion-1.ipynb", 'question("l1-single")', "question('l1-number')", 'scenario("decision-grupo")'
    )
    write_notebook(lesson / "leccion-2.ipynb", 'question("l1-multiple")')
    place = Workplace(lesson)
    place.opened("l1-single")
    place.opened("l1-number")
    assert verbs(place) == [("experienced", "leccion-1")]
    answer(place, "l1-single", "a")
    answer(place, "l1-number", 5, checked=False)
    answer(place, "decision-grupo", PATH)
    assert ("completed", "leccion-1") not in verbs(place)
    answer(place, "l1-number", 5)
    assert verbs(place)[-1] == ("completed", "leccion-1")
    answer(place, "l1-single", "b")
    assert verbs(place).count(("completed", "leccion-1")) == 1
    answer(place, "l1-multiple", ["a", "c"])
    assert verbs(place)[-1] == ("completed", "leccion-2")
    for statement in place.record.statements():
        VALIDATOR.validate(statement)


def test_a_torn_last_line_is_closed_and_passed_over(lesson):
    place = Workplace(lesson)
    answer(place, "l1-single", "b")
    path = lesson / "registro.jsonl"
    path.write_bytes(path.read_bytes() + b'{"id": "a medio escri')
    answer(place, "l1-single", "a")
    assert len(list(place.record.statements())) == 2
    assert len(path.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    "line", ["[]", "3", "{}", '{"id": 1, "verb": {"id": "x"}, "object": {"id": "x"}}', "[" * 9999, "\xff"]
)
def test_foreign_lines_are_passed_over(tmp_path, line):
    path = tmp_path / "registro.jsonl"
    path.write_bytes(line.encode("latin-1") + b"\n")
    assert list(read_statements(path)) == []
    assert list(read_statements(tmp_path / "nada.jsonl")) == []


def _append(folder, count):
    record = LearningRecord(folder)
    for turn in range(count):
        record.add("answered", record.question_activity(f"q{turn}", "x" * 500, "single"))


def test_two_kernels_append_whole_lines(tmp_path, monkeypatch):
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_append, args=(tmp_path, 40)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert len(list(read_statements(tmp_path / "registro.jsonl"))) == 80


def test_a_record_that_cannot_be_written_never_refuses_the_answer(lesson):
    (lesson / "registro.jsonl").mkdir()
    outcome = answer(Workplace(lesson), "l1-single", "b")
    assert outcome.saved
    assert "registro de aprendizaje no se pudo escribir" in outcome.message


def test_the_pseudonym_is_random_and_found_upwards(tmp_path, monkeypatch):
    monkeypatch.delenv("CIBERAULA_PSEUDONYM", raising=False)
    inner = tmp_path / "modules" / "05"
    inner.mkdir(parents=True)
    name = pseudonym(tmp_path)
    assert name.startswith("p-")
    assert pseudonym(inner) == name
    other = tmp_path.parent / "otra"
    other.mkdir()
    assert pseudonym(other) != name


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pseudonym": 3}', '{"pseudonym": "Ana María"}'])
def test_a_damaged_pseudonym_file_is_one_line(tmp_path, monkeypatch, text):
    monkeypatch.delenv("CIBERAULA_PSEUDONYM", raising=False)
    (tmp_path / ".ciberaula").mkdir()
    (tmp_path / ".ciberaula" / "participante.json").write_text(text)
    with pytest.raises(UserError, match=r"participante\.json"):
        pseudonym(tmp_path)


def test_a_pseudonym_from_outside_must_be_plain(tmp_path, monkeypatch):
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "Ana <b>")
    with pytest.raises(UserError, match="CIBERAULA_PSEUDONYM"):
        pseudonym(tmp_path)

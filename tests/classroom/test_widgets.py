import json
import os
import subprocess
import sys
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ciberaula.classroom.fields import Field, Section
from ciberaula.classroom.forms import Action, FormWidget, ToolWidget
from ciberaula.classroom.sheetfile import read_answers
from ciberaula.classroom.widgets import QuestionWidget, ScenarioWidget, question, scenario
from ciberaula.errors import UserError
from tests.classroom.content import ALL, DECISION

SECRETS = [
    text
    for one in ALL
    for text in [
        one.get("explanation"),
        *(part.get("why") for name in ("options", "left", "fields") for part in one.get(name, [])),
    ]
    if text
] + [turn["feedback"] for node in DECISION["nodes"].values() for turn in node.get("options", [])]
VIEW = "application/vnd.jupyter.widget-view+json"


def bundle(widget):
    return widget._repr_mimebundle_()[0]


def said(widget):
    return widget.state["status"]["text"]


def save(widget, value):
    widget._take({"type": "save", "value": value})


def press(widget, button, value):
    widget._take({"type": "press", "button": button, "value": value})


@pytest.mark.parametrize("id", [one["id"] for one in ALL])
def test_nothing_explains_itself_before_it_is_answered(lesson, id):
    widget = question(id)
    everything = json.dumps([widget.spec, widget.state, bundle(widget)], ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret.strip("*") in everything]


def test_the_scenario_explains_only_what_was_decided_and_at_its_end(lesson):
    widget = scenario("decision-grupo")
    everything = json.dumps([widget.spec, widget.state, bundle(widget)], ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in everything]
    widget._take({"type": "choose", "node": "inicio", "option": "borrar"})
    assert "Porque" not in json.dumps(widget.state)
    assert "Pasa lo que sigue" in widget.state["story"]["last"]["consequence"]
    widget._take({"type": "choose", "node": "aviso", "option": "nada"})
    first, second = widget.state["story"]["path"]
    assert first["remark"]["word"] == "Decisión sólida"
    assert second["remark"]["word"] == "Decisión mejorable"
    assert len(second["others"]) == 2
    assert read_answers(lesson / "respuestas.json")["decision-grupo"] == {
        "path": [["inicio", "borrar"], ["aviso", "nada"]],
        "end": "fin-malo",
    }


@pytest.mark.parametrize(
    "message", [{"node": "aviso", "option": "nada"}, {"node": "inicio", "option": ["x"]}, {}, {"node": 1}]
)
def test_the_story_takes_no_step_that_it_does_not_offer(lesson, message):
    widget = scenario("decision-grupo")
    widget._take({"type": "choose", **message})
    assert widget.state["story"]["node"] == "inicio"
    assert widget.state["status"]["level"] == "error"
    assert not (lesson / "respuestas.json").exists()


def test_starting_again_keeps_the_saved_path_until_the_next_decision(lesson):
    widget = scenario("decision-grupo")
    widget._take({"type": "choose", "node": "inicio", "option": "callar"})
    widget._take({"type": "restart"})
    assert widget.state["story"]["node"] == "inicio"
    assert read_answers(lesson / "respuestas.json")["decision-grupo"]["end"] == "fin-malo"
    widget._take({"type": "choose", "node": "inicio", "option": "pedir"})
    assert read_answers(lesson / "respuestas.json")["decision-grupo"]["end"] is None


def test_a_formative_answer_is_saved_at_once_and_explains_every_option_when_checked(lesson):
    widget = question("l1-single")
    save(widget, "a")
    assert read_answers(lesson / "respuestas.json") == {"l1-single": "a"}
    assert widget.state["feedback"] is None
    press(widget, "check", "a")
    explained: Any = widget.state["feedback"]
    said_of = explained["items"]
    assert {id: one["word"] for id, one in said_of.items()} == {
        "a": "No corresponde",
        "b": "Correcta",
        "c": "No corresponde",
    }
    assert all(one["why"] for one in said_of.values())
    again = question("l1-single")
    assert again.state["value"] == "a"
    assert again.state["feedback"] == widget.state["feedback"]
    save(again, "b")
    assert question("l1-single").state["feedback"] is None  # another answer, not yet checked


def test_an_unfinished_answer_is_kept_but_not_explained(lesson):
    widget = question("l1-matching")
    press(widget, "check", {"salud": "comun"})
    assert "falta 1 pareja" in said(widget)
    assert widget.state["feedback"] is None
    assert read_answers(lesson / "respuestas.json") == {"l1-matching": {"salud": "comun"}}
    press(question("l1-single"), "check", None)
    assert "l1-single" not in read_answers(lesson / "respuestas.json")


def test_a_graded_answer_only_says_that_it_is_saved(assignment):
    widget = question("p-single")
    save(widget, "a")
    assert said(widget) == "Respuesta guardada."
    press(widget, "check", "b")  # a button that graded questions don't have
    assert widget.state["feedback"] is None
    assert widget.spec["title"] == "Pregunta calificada"
    story = scenario("decision-grupo")
    story._take({"type": "choose", "node": "inicio", "option": "callar"})
    assert story.state["story"]["path"][0]["remark"] is None
    assert story.state["story"]["path"][0]["others"] == []


@pytest.mark.parametrize(
    "message", [None, 3, [], {}, {"type": "save", "value": "z"}, {"type": "save", "value": {"a": 1}}]
)
def test_a_browser_that_sends_nonsense_changes_nothing(lesson, message):
    widget = question("l1-single")
    save(widget, "b")
    widget._take(message)
    assert read_answers(lesson / "respuestas.json") == {"l1-single": "b"}
    assert widget.state["value"] == "b"


def test_every_message_is_answered_with_its_stamp(lesson):
    widget = question("l1-single")
    for turn, message in enumerate([{"type": "save", "value": "b"}, {"type": "save", "value": "z"}, {"type": "otro"}]):
        widget._take({**message, "stamp": f"vista-{turn}"})
        assert widget.state["stamp"] == f"vista-{turn}"
    widget._take({"type": "save", "value": "c", "stamp": 7})
    assert widget.state["stamp"] == ""


def test_a_browser_cannot_set_what_python_shows(lesson):
    widget = question("l1-single")
    widget.set_state({"spec": {"title": "otra"}, "state": {}})
    assert widget.spec["title"] == "Para practicar"


def test_a_second_session_sees_the_answer_when_its_widget_is_shown(lesson):
    widget = question("l1-single")
    code = "from ciberaula.classroom import submit_answer; submit_answer('l1-single', 'c')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=lesson, capture_output=True)
    assert widget.state["value"] is None
    widget._take({"type": "shown"})
    assert widget.state["value"] == "c"


def test_an_answer_to_an_earlier_version_of_the_question_is_not_shown_and_stays(lesson):
    save(question("l1-single"), "c")
    path = lesson / "preguntas.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("id: c\n", "id: d\n"), encoding="utf-8")
    later = path.stat().st_mtime_ns + 10**9  # an author takes longer than a tick of the file system's clock
    os.utime(path, ns=(later, later))
    assert question("l1-single").state["value"] is None
    assert read_answers(lesson / "respuestas.json") == {"l1-single": "c"}


def test_the_notice_of_a_damaged_sheet_is_shown_once(lesson):
    (lesson / "respuestas.json").write_text("{")
    widgets = [question("l1-single"), question("l1-number")]
    assert "dañada" in said(widgets[0])
    assert said(widgets[1]) == ""


def test_the_question_s_name_decides_what_is_shown(lesson):
    assert isinstance(question("decision-grupo"), ScenarioWidget)
    assert isinstance(question("l1-single"), QuestionWidget)
    with pytest.raises(UserError, match="es una pregunta"):
        scenario("l1-single")
    wrong: Any
    for wrong in ("no-existe", "../secreto", "decision-otra", 3):
        with pytest.raises(UserError) as raised:
            question(wrong)
        assert "\n" not in str(raised.value)


def test_without_a_questions_file_one_line_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="No se encontró preguntas"):
        question("l1-single")


@pytest.mark.parametrize(
    ("id", "value", "shown"),
    [
        ("l1-single", "b", ["◉ Invitarla a un canal privado (su respuesta)", "○ Pedirle allí mismo su cédula"]),
        ("l1-multiple", ["a"], ["☑ Un nombre para llamarla (su respuesta)", "☐ Su religión"]),
        ("l1-ordering", ["valorar", "contener", "avisar"], ["Su orden:", "Valorar el riesgo"]),
        ("l1-matching", {"salud": "comun"}, ["Un diagnóstico → Dato común (su respuesta)", "La hora de la cita → …"]),
        ("l1-number", 3.5, ["Su respuesta: 3,5 días"]),
        ("l1-text", "uno <b>dos</b>\ntres", ["uno <b>dos</b>"]),
        ("l1-form", {"canal": "chat", "motivo": "<i>"}, ["◉ Chat cifrado · ○ Muro público", "<i>", "…"]),
        ("l1-table", None, ["Entregue la tabla.", "Sin respuesta todavía."]),
    ],
)
def test_the_static_rendering_shows_question_options_and_answer(lesson, id, value, shown):
    widget = question(id)
    save(widget, value)
    data = bundle(widget)
    for text in shown:
        assert text in data["text/plain"]
    assert "Ejecutar todas las celdas" in data["text/plain"]
    assert "<b>dos" not in data["text/html"]
    assert "<i>" not in data["text/html"]
    assert data[VIEW]["model_id"] == widget.model_id


def test_the_static_output_follows_the_answer(lesson, monkeypatch):
    shell = InteractiveShell.instance()
    shown = []
    monkeypatch.setattr(shell.display_pub, "publish", lambda data, **options: shown.append((data, options)))
    widget = question("l1-single")
    widget._ipython_display_()
    (static, first), (view, _options) = shown
    assert VIEW not in static
    assert set(view) == {VIEW, "text/html", "text/plain"}
    assert view["text/html"] == ""
    save(widget, "b")
    updated, options = shown[-1]
    assert "◉ Invitarla a un canal privado (su respuesta)" in updated["text/plain"]
    assert options["update"]
    assert options["transient"]["display_id"] == first["transient"]["display_id"]


def test_the_static_rendering_of_a_story_shows_where_it_stands(lesson):
    widget = scenario("decision-grupo")
    assert "○ Borrar el mensaje y avisar" in bundle(widget)["text/plain"]
    widget._take({"type": "choose", "node": "inicio", "option": "callar"})
    text = bundle(widget)["text/plain"]
    assert "Su recorrido:" in text
    assert "Error crítico. Porque esperar a que nadie lo lea" in text


def test_a_table_answer_is_told(lesson):
    from ciberaula.classroom.checks import submit_table

    waiting = question("l1-table")
    assert "Todavía no se ha entregado" in waiting.state["result"]
    submit_table("l1-table", [{"a": 1}, {"a": 2}])
    assert "tabla de 2 filas y 1 columna." in bundle(question("l1-table"))["text/html"]
    assert "tabla de 2 filas y 1 columna." in waiting.state["result"]


def test_a_tool_computes_when_its_fields_are_filled_or_its_button_is_pressed():
    fields = [Field("dias", "Días", kind="number", required=True, minimum=1), Field("nota", "Nota")]
    calls = []

    def compute(values):
        calls.append(values)
        if values["dias"] == 13:
            raise UserError("Trece no.")
        return f"<p>{values['dias'] * 2}</p>"

    tool = ToolWidget("Doble", fields, compute)
    assert (tool.state["result"], calls) == ("<p>Para ver el resultado, complete «Días».</p>", [])
    save(tool, {"dias": 4})
    assert tool.state["result"] == "<p>8</p>"
    save(tool, {"dias": 13})
    assert (said(tool), tool.state["result"]) == ("Trece no.", "")
    save(tool, {"dias": 0})
    assert said(tool) == "«Días»: escriba un número desde 1."
    later = ToolWidget("Doble", fields, compute, button="Calcular")
    save(later, {"dias": 4})
    assert later.state["result"] == ""
    press(later, "compute", {})
    assert said(later) == "Falta completar «Días»."
    press(later, "compute", {"dias": 5})
    assert later.state["result"] == "<p>10</p>"
    assert "<p>10</p>" in bundle(later)["text/html"]


def test_a_form_reports_every_change_and_runs_its_actions():
    seen = []

    def on_change(values):
        seen.append(values)
        return "Guardado."

    form = FormWidget(
        "Documento",
        [Section("Uno", [Field("nombre", "Nombre")]), Section("Dos", [Field("fecha", "Fecha", kind="date")])],
        values={"nombre": "Rosa"},
        on_change=on_change,
        actions=[Action("word", "Descargar", lambda values: f"Listo: {values['nombre']}.")],
    )
    assert form.values == {"nombre": "Rosa"}
    save(form, {"nombre": "Ana", "fecha": "2026-01-31"})
    assert (said(form), seen[-1]) == ("Guardado.", {"nombre": "Ana", "fecha": "2026-01-31"})
    press(form, "word", {"nombre": "Luz"})
    assert said(form) == "Listo: Luz."
    press(form, "otra", {"nombre": "x"})
    save(form, {"apellido": "x"})
    assert "no tiene el campo «apellido»" in said(form)
    assert form.values == {"nombre": "Luz"}
    assert "Rosa" not in bundle(form)["text/plain"]


def test_importing_the_classroom_is_light():
    code = (
        "import sys; import ciberaula.classroom as c; c.question, c.check; "
        "heavy = {'pandas', 'matplotlib', 'numpy', 'docx', 'fpdf'} & set(sys.modules); "
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_that_was_moved_away_shows_that_nothing_was_saved(lesson):
    widget, told = question("l1-single"), scenario("decision-grupo")
    away = lesson.rename(lesson.with_name("otra"))
    save(widget, "a")
    assert widget.state["status"]["level"] == "error"
    assert said(widget).startswith("No se pudo guardar: la carpeta «05-prueba» ya no está en su lugar")
    widget._take({"type": "check", "value": "b"})
    assert said(widget).startswith("No se pudo guardar: la carpeta")
    told._take({"type": "choose", "node": "inicio", "option": "borrar"})
    assert said(told).startswith("No se pudo guardar: la carpeta")
    away.rename(lesson)
    save(widget, "c")
    assert read_answers(lesson / "respuestas.json")["l1-single"] == "c"

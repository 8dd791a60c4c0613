"""Every mistake of a story file is one Spanish line with the file and the line on which it lies."""

import re

import pytest

from ciberaula.casework.stories.__main__ import main
from ciberaula.casework.stories.load import load_story
from ciberaula.errors import UserError
from tests.casework.stories.conftest import SAMPLE

TEXT = SAMPLE.read_text(encoding="utf-8")


def refusal(tmp_path, text):
    path = tmp_path / SAMPLE.name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        load_story(path)
    return str(caught.value)


# (what is replaced, by what, what the line says)
MISTAKES = {
    "unknown role": ("role: supervisor", "role: jefa", r"users › ruth › role» no admite «jefa»"),
    "unknown player": ("player: marlene", "player: marta", r"«marta» no es un usuario"),
    "a supervisor plays": ("player: marlene", "player: ruth", r"quien juega tiene la función"),
    "unknown user": ("by: lia,", "by: laura,", r"«laura» no es un usuario"),
    "unknown organisation": (
        "{do: refer, to: centro-mujer, data",
        "{do: refer, to: centro, data",
        r"«centro» no es un",
    ),
    "unknown person": ("who: vecina", "who: vecino", r"«vecino» no es una persona"),
    "unknown case": ('text: "¿Puede hablar?", case: c1', 'text: "¿Puede?", case: c9', r"«c9» no es un caso"),
    "a case nobody opens": (
        "vecina: {name: La vecina, case: c1}",
        "vecina: {name: La vecina, case: c2}",
        r"«c2» no es un",
    ),
    "unknown situation": (
        "open: manana, after: 30m",
        "open: mañana-no, after: 30m",
        r"no tiene la forma|no es una situ",
    ),
    "undefined consequence": ("open: manana, after: 30m", "open: tarde, after: 30m", r"«tarde» no es una situación"),
    "unknown ending": (
        "effects: [{end: fin, after: 1d}]",
        "effects: [{end: final, after: 1d}]",
        r"«final» no es un final",
    ),
    "two consequences in one": (
        "[{set: segura}, {open",
        "[{set: segura, end: fin}, {open",
        r"una sola de estas claves",
    ),
    "unknown flag": ("when: {none: [{flag: segura}]}", "when: {none: [{flag: segur}]}", r"«segur» no es una marca"),
    "a flag of no use": ("[{set: segura}, {open", "[{set: segura}, {set: otra}, {open", r"«otra» no se usa"),
    "unknown action": ("{do: contact, who: elvia, channel: phone, purpose: confirmar}", "{do: llamar}", r"llamar"),
    "a year out of every calendar": ("start: 2026", "start: 9999", r"año entre 2000 y 2100"),
    "an argument too many": ("purpose: confirmar}", "purpose: confirmar, motivo: x}", r"sobra «.*motivo"),
    "an unknown channel": (
        "who: elvia, channel: phone, purpose: conf",
        "who: elvia, channel: fax, purpose: conf",
        r"fax",
    ),
    "an entity of nobody": ('transition: "@last:refer"', "transition: ref-1", r"«ref-1» no es el «id» de una acción"),
    "last of nothing": ('"@last:request_approval"', '"@last:aprobar"', r"«aprobar» no es una acción"),
    "an option that waits": (
        "    consequence: Pasan los días.",
        "    acts: [{do: wait, until: next}]\n        consequence: x",
        r"solo lo hace quien juega",
    ),
    "a condition on an unknown action": (
        "{happened: {do: refer, to: centro-mujer}}",
        "{happened: {do: referir}}",
        r"«referir» no es una acción",
    ),
    "a condition on an unknown argument": (
        "{happened: {do: refer, to: centro-mujer}}",
        "{happened: {do: refer, too: x}}",
        r"«too» no es un dato de «refer»",
    ),
    "a condition on an unknown option": (
        "{happened: {do: refer, to: centro-mujer}}",
        "{chose: mensaje/z}",
        r"«mensaje/z» no es una opción",
    ),
    "a condition on an unknown word": (
        "{happened: {do: refer, to: centro-mujer}}",
        "{happened: {do: contact, channel: fax}}",
        r"«fax» no es «channel»",
    ),
    "a match that asks nothing": (
        "{happened: {do: refer, to: centro-mujer}}",
        "{happened: {do: refer, to: {}}}",
        r"falta decir cómo",
    ),
    "before after the start": ('at: "D0 16:00"', 'at: "D2 16:00"', r"antes del comienzo"),
    "after the end": ('at: "D5 09:00"', 'at: "D15 09:00"', r"no está entre el comienzo"),
    "an hour that is none": ('at: "D5 09:00"', 'at: "D5 29:00"', r"no tiene la forma"),
    "no time to decide": ("within: 12h", "within: 0h", r"debe durar algo"),
    "two options alike": ("      - id: b\n        text: Llamar", "      - id: a\n        text: Llamar", r"mismo «id»"),
    "two reactions alike": ("- id: cierre", "- id: deriva", r"dos veces en «reactions»"),
    "two acts alike": (
        "purpose: preguntar, data",
        "id: ref-centro, purpose: preguntar, data",
        r"«ref-centro» ya nombra",
    ),
    "a reserved id": ("id: ref-centro", "id: p-3", r"«p-3» está reservado"),
    "a message for two": ("{id: m2, from", "{id: m1, from", r"«m1» nombra dos mensajes"),
    "a message like a situation": ("{id: m2, from", "{id: cita, from", r"«cita» ya nombra una situación"),
    "no ending for the deadline": ("  fin-plazo: {title: Ocho", "  otro: {title: Ocho", r"«fin-plazo»|no es un final"),
    "an ending never reached": (
        "endings:\n",
        "endings:\n  nunca: {title: x, text: x}\n",
        r"al final «nunca» no se llega",
    ),
    "start with a time zone": ("start: 2026-03-09 08:00:00", "start: 2026-03-09T08:00:00Z", r"zona horaria"),
    "another file's id": ("id: historia-muestra", "id: historia-otra", r"nombre del archivo, «historia-muestra»"),
    "code instead of data": (
        "prebrief: |-\n",
        "prebrief: !!python/object/apply:os.system [ls]\nx: |-\n",
        r"tipo que no se admite",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_place(name, tmp_path):
    old, new, says = MISTAKES[name]
    assert TEXT.count(old) >= 1
    line = refusal(tmp_path, TEXT.replace(old, new, 1))
    assert re.search(says, line)
    assert re.match(r"historia-muestra\.yml, línea \d+", line)
    assert "\n" not in line and line.endswith(".")


def test_the_line_of_the_file_is_the_one_that_is_wrong(tmp_path):
    text = TEXT.replace("by: lia,", "by: laura,")
    number = 1 + text[: text.index("by: laura,")].count("\n")
    assert refusal(tmp_path, text).startswith(f"historia-muestra.yml, línea {number}:")


def test_a_situation_that_nothing_opens(tmp_path):
    lost = TEXT[TEXT.index("  cita:\n") : TEXT.index("reactions:")].replace("  cita:\n", "  perdida:\n", 1)
    line = refusal(tmp_path, TEXT.replace("reactions:\n", f"{lost}reactions:\n", 1))
    assert "a la situación «perdida» no se llega nunca" in line


@pytest.mark.parametrize(
    ("never", "ever"),
    [
        ("when: {chose: perdida/a}, effects: [{open: perdida}]", "when: {chose: cita/a}, effects: [{open: perdida}]"),
        ("when: {came: perdida}, effects: [{open: perdida}]", "when: {came: mensaje}, effects: [{open: perdida}]"),
        (
            "when: {all: [{came: mensaje}, {ignored: perdida}]}, effects: [{open: perdida}]",
            "when: {any: [{came: mensaje}, {ignored: perdida}]}, effects: [{open: perdida}]",
        ),
        (
            "when: {came: mensaje}, effects: [{open: perdida, after: 900d}]",
            "when: {came: mensaje}, effects: [{open: perdida, after: 1d}]",
        ),
    ],
)
def test_a_situation_that_only_itself_opens_or_that_comes_too_late(tmp_path, never, ever):
    lost = TEXT[TEXT.index("  cita:\n") : TEXT.index("reactions:")].replace("  cita:\n", "  perdida:\n", 1)
    text = TEXT.replace("reactions:\n", f"{lost}reactions:\n  - {{id: tarde, {never}}}\n", 1)
    assert "a la situación «perdida» no se llega nunca" in refusal(tmp_path, text)
    path = tmp_path / SAMPLE.name
    path.write_text(text.replace(never, ever), encoding="utf-8")
    assert "perdida" in load_story(path).situations


def test_a_choice_after_which_nothing_comes(tmp_path):
    text = TEXT.replace(
        "consequence: El centro la llama a la casa.\n        effects: [{end: fin, after: 1d}]",
        "consequence: El centro la llama a la casa.",
    )
    line = refusal(tmp_path, text)
    assert "callejón sin salida en «cita», la opción «c»" in line


def test_nobody_deciding_must_lead_somewhere_too(tmp_path):
    text = TEXT.replace(", effects: [{end: fin-plazo, after: 1h}]}", "}")
    assert "callejón sin salida en «cita», si nadie decide" in refusal(tmp_path, text)


def test_two_situations_that_only_open_each_other_are_a_dead_end(tmp_path):
    """A situation opens once: going in a circle is no way to an end."""
    text = re.sub(r"effects: \[\{end: fin[a-z-]*, after: 1[dh]\}\]", "effects: [{open: mensaje, after: 1d}]", TEXT)
    line = refusal(tmp_path, text.replace("  fin: {title", "  fin-sin-uso: {title"))
    assert "callejón sin salida" in line or "no se llega nunca" in line


def test_a_reaction_that_the_choice_rules_out_leads_nowhere(tmp_path):
    reaction = "reactions:\n  - id: final\n    when: {chose: cita/a}\n    effects: [{end: fin}]\n"
    text = TEXT.replace("reactions:\n", reaction, 1)
    text = text.replace("effects: [{end: fin, after: 1d}]", "effects: []")
    text = text.replace(", effects: [{end: fin-plazo, after: 1h}]}", "}")
    line = refusal(tmp_path, text)
    assert "«cita», la opción «b»" in line
    assert "2 errores más" in line


def test_several_mistakes_are_counted(tmp_path):
    text = TEXT.replace("by: lia,", "by: laura,").replace("who: vecina", "who: vecino")
    assert "(y 1 error más)." in refusal(tmp_path, text)


def test_the_command_for_authors_tells_every_mistake(tmp_path, capsys):
    bad = tmp_path / SAMPLE.name
    bad.write_text(TEXT.replace("by: lia,", "by: laura,").replace("who: vecina", "who: vecino"), encoding="utf-8")
    assert main([str(bad), str(tmp_path / "no-esta.yml")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert "laura" in "".join(lines) and "vecino" in "".join(lines) and "No se encontró no-esta.yml" in lines[2]


def test_the_command_tries_out_a_story_that_is_well(capsys):
    assert main([str(SAMPLE)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("historia-muestra.yml: bien.")
    assert "la mesa rechazó siempre la opción «mensaje/c»" in said
    assert "tiene 3 situaciones" in said


def test_what_was_before_must_be_possible(tmp_path, capsys):
    path = tmp_path / SAMPLE.name
    early = '  - {at: "D0 17:00", by: marlene, action: {do: refer, case: c1, to: casa-segura, reason: x}}\nanswers:\n'
    path.write_text(TEXT.replace("answers:\n", early, 1), encoding="utf-8")
    assert main([str(path)]) == 1
    assert "lo n.º 3 de «before» no se puede hacer: Falta el consentimiento" in capsys.readouterr().out

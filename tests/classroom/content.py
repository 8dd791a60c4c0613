"""A small course folder with every kind of question, formative and graded, for the tests of the classroom."""

from pathlib import Path
from typing import Any

import nbformat
import yaml

COMMON: dict[str, Any] = {"competence": "datos.base-legal", "coverage": ["EC-25"]}
SINGLE = {
    **COMMON,
    "id": "l1-single",
    "kind": "single",
    "prompt": "Una persona pide ayuda por el **chat** público. ¿Qué debería hacer primero?",
    "options": [
        {"id": "a", "text": "Pedirle allí mismo su cédula", "why": "Expone un dato que no hace falta."},
        {"id": "b", "text": "Invitarla a un canal privado", "correct": True, "why": "Protege lo que va a contar."},
        {"id": "c", "text": "Borrar su mensaje sin avisar", "why": "La deja sin respuesta."},
    ],
}
MULTIPLE = {
    **COMMON,
    "id": "l1-multiple",
    "kind": "multiple",
    "prompt": "¿Qué datos hacen falta para agendar una cita?",
    "options": [
        {"id": "a", "text": "Un nombre para llamarla", "correct": True, "why": "Basta con el que ella elija."},
        {"id": "b", "text": "Su religión", "why": "Es un dato sensible que no hace falta."},
        {"id": "c", "text": "Una hora segura", "correct": True, "why": "Evita que otra persona conteste."},
    ],
}
ORDERING = {
    **COMMON,
    "id": "l1-ordering",
    "kind": "ordering",
    "prompt": "Ordene la respuesta a un incidente.",
    "options": [
        {"id": "avisar", "text": "Avisar a las personas afectadas", "why": "Ya se sabe a quién y de qué."},
        {"id": "contener", "text": "Contener", "why": "Primero se corta el daño."},
        {"id": "valorar", "text": "Valorar el riesgo", "why": "Decide a quién se avisa."},
    ],
    "order": ["contener", "valorar", "avisar"],
}
MATCHING = {
    **COMMON,
    "id": "l1-matching",
    "kind": "matching",
    "prompt": "Una cada dato con su clase.",
    "left": [
        {"id": "salud", "text": "Un diagnóstico", "why": "La salud es sensible."},
        {"id": "hora", "text": "La hora de la cita", "why": "No revela nada íntimo."},
    ],
    "right": [{"id": "sensible", "text": "Dato sensible"}, {"id": "comun", "text": "Dato común"}],
    "pairs": {"salud": "sensible", "hora": "comun"},
}
NUMBER = {
    **COMMON,
    "id": "l1-number",
    "kind": "number",
    "prompt": "¿Cuántos días dura el término?",
    "unit": "días",
    "min": 0,
    "max": 60,
    "correct_value": 5,
    "explanation": "Son **cinco** días hábiles.",
}
TEXT = {
    **COMMON,
    "id": "l1-text",
    "kind": "text",
    "prompt": "Reescriba el aviso sin datos que identifiquen.",
    "min_words": 3,
    "max_words": 30,
    "explanation": "Una persona de la zona necesita acompañamiento.",
}
FORM = {
    **COMMON,
    "id": "l1-form",
    "kind": "form",
    "prompt": "Elija herramienta y canal.",
    "fields": [
        {
            "id": "canal",
            "label": "Canal",
            "kind": "choice",
            "options": [{"id": "chat", "text": "Chat cifrado"}, {"id": "muro", "text": "Muro público"}],
            "correct": "chat",
            "why": "Solo lo lee quien debe.",
        },
        {
            "id": "datos",
            "label": "Datos que viajan",
            "kind": "multiple",
            "options": [{"id": "cita", "text": "La hora"}, {"id": "historia", "text": "La historia"}],
            "correct": ["cita"],
            "why": "Lo mínimo.",
        },
        {
            "id": "fecha",
            "label": "Fecha de revisión",
            "kind": "date",
            "required": False,
            "why": "Toda decisión se revisa.",
        },
        {"id": "motivo", "label": "Motivo", "kind": "text", "why": "Se deja constancia."},
    ],
}
TABLE = {
    **COMMON,
    "id": "l1-table",
    "kind": "table",
    "prompt": "Entregue la tabla.",
    "explanation": "Con k de tres o más.",
}
ALL = [SINGLE, MULTIPLE, ORDERING, MATCHING, NUMBER, TEXT, FORM, TABLE]


def _turn(id: str, text: str, next: str, quality: str) -> dict[str, str]:
    return {
        "id": id,
        "text": text,
        "consequence": f"Pasa lo que sigue a «{text}».",
        "next": next,
        "quality": quality,
        "feedback": f"Porque {text.lower()} tiene ese efecto.",
    }


DECISION: dict[str, Any] = {
    "schema": 1,
    "id": "decision-grupo",
    "graded": False,
    "title": "Un mensaje en el grupo equivocado",
    **COMMON,
    "situation": "inicio",
    "nodes": {
        "inicio": {
            "text": "Usted envió un informe al **grupo** equivocado.",
            "options": [
                _turn("borrar", "Borrar el mensaje y avisar", "aviso", "good"),
                _turn("callar", "Esperar a que nadie lo lea", "fin-malo", "critical"),
                _turn("pedir", "Pedir al grupo que no lo abra", "aviso", "acceptable"),
            ],
        },
        "aviso": {
            "text": "Dos personas ya lo habían leído.",
            "options": [
                _turn("registrar", "Registrar el incidente", "fin-bueno", "good"),
                _turn("nada", "Dejarlo así", "fin-malo", "poor"),
                _turn("volver", "Volver a revisar el chat", "inicio", "acceptable"),
            ],
        },
        "fin-bueno": {
            "text": "La institución responde a tiempo.",
            "end": True,
            "closing": "Ninguna persona quedó expuesta.",
        },
        "fin-malo": {"text": "La persona se entera por otra vía.", "end": True},
    },
}
IMPORTS = "from ciberaula.classroom import answers, check, question, scenario, submit_answer, submit_table"
KEYS = ("correct", "why", "explanation", "order", "pairs", "correct_value", "tolerance", "feedback", "quality")


def graded(data: Any) -> Any:
    """``data`` of a formative file without keys and explanations, and its ids turned from ``l1-…`` to ``p-…``."""
    if isinstance(data, dict):
        return {name: graded(value) for name, value in data.items() if name not in KEYS}
    if isinstance(data, list):
        return [graded(item) for item in data]
    return data.replace("l1-", "p-") if isinstance(data, str) else data


def write_folder(folder: Path, *, is_graded: bool = False) -> Path:
    """``preguntas.yml`` and ``decision-grupo.yml`` in ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    questions = graded(ALL) if is_graded else ALL
    decision = {**graded(DECISION), "graded": True} if is_graded else DECISION
    write_yaml(folder / "preguntas.yml", {"schema": 1, "graded": is_graded, "questions": questions})
    write_yaml(folder / "decision-grupo.yml", decision)
    return folder


def write_yaml(path: Path, data: Any) -> Path:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def write_notebook(path: Path, *sources: str) -> Path:
    """A notebook of code cells, after one that imports the classroom, folded as the course's cells are."""
    cells = [nbformat.v4.new_code_cell(IMPORTS), *map(nbformat.v4.new_code_cell, sources)]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path

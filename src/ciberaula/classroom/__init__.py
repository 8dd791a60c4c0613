"""What a trainee touches: ``from ciberaula.classroom import question, scenario, check, answers, …``.

Names load when first used, so that the import stays light in a notebook and needs no widget where there is none.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ciberaula.classroom.checks import answers, check, submit_answer, submit_table
    from ciberaula.classroom.coding import coding_room
    from ciberaula.classroom.data_view import data, labels, load
    from ciberaula.classroom.desk_app import story
    from ciberaula.classroom.desk_room import practice_room
    from ciberaula.classroom.desk_shared import shared_desk
    from ciberaula.classroom.documents import document
    from ciberaula.classroom.explorer_widget import explorer
    from ciberaula.classroom.handover import delivery, module_progress
    from ciberaula.classroom.legal_view import legal_card
    from ciberaula.classroom.tools import anonymity_lab, term_calculator
    from ciberaula.classroom.widgets import question, scenario

# Where each name lives. No submodule may bear the name of a function: importing it would put the module in its place.
_HOMES = {
    "anonymity_lab": "tools",
    "answers": "checks",
    "check": "checks",
    "coding_room": "coding",
    "data": "data_view",
    "delivery": "handover",
    "document": "documents",
    "explorer": "explorer_widget",
    "labels": "data_view",
    "legal_card": "legal_view",
    "load": "data_view",
    "module_progress": "handover",
    "practice_room": "desk_room",
    "question": "widgets",
    "scenario": "widgets",
    "shared_desk": "desk_shared",
    "story": "desk_app",
    "submit_answer": "checks",
    "submit_table": "checks",
    "term_calculator": "tools",
}

# Those that put a widget or a page under their cell, and do nothing else until somebody touches it.
SHOWING = frozenset(_HOMES) - {"answers", "check", "data", "labels", "load", "submit_answer", "submit_table"}

__all__ = [
    "SHOWING",
    "anonymity_lab",
    "answers",
    "check",
    "coding_room",
    "data",
    "delivery",
    "document",
    "explorer",
    "labels",
    "legal_card",
    "load",
    "module_progress",
    "practice_room",
    "question",
    "scenario",
    "shared_desk",
    "story",
    "submit_answer",
    "submit_table",
    "term_calculator",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__

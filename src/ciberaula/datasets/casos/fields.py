"""How columns of ``casos`` that come again and again are described."""

from collections.abc import Sequence
from typing import Any

from ciberaula.datasets.cantons import PROVINCES
from ciberaula.datasets.spec import YES_NO, Column, Reference
from ciberaula.i18n import _

CASE_ID = r"SIM-\d{6,}"
WORKER, SUPERVISOR, ORGANISATION = r"T\d{3}", r"S\d{2}", r"O\d{2}"


def id_of(name: str, label: str, letter: str, **more: Any) -> Column:
    return Column(name, label, pattern=rf"{CASE_ID}-{letter}\d+", **more)


def key(name: str, label: str, letter: str) -> Column:
    return id_of(name, label, letter, unique=True)


def case() -> Column:
    return Column("caso_id", _("Caso"), pattern=CASE_ID)


def when(name: str, label: str, *, required: bool = False, about: str = "") -> Column:
    return Column(name, label, "datetime", required=required, about=about)


def word(name: str, label: str, categories: Sequence[str], **more: Any) -> Column:
    return Column(name, label, categories=tuple(categories), **more)


def yes(name: str, label: str, **more: Any) -> Column:
    return word(name, label, YES_NO, **more)


def text(name: str, label: str, **more: Any) -> Column:
    return Column(name, label, **more)


def worker(name: str = "profesional_id", label: str = "", **more: Any) -> Column:
    return Column(name, label or _("Profesional"), pattern=WORKER, **more)


def data(**more: Any) -> Column:
    about = _("Clases de datos que se cuentan, separadas por «; ».")
    return Column("datos", _("Datos que se comparten"), required=False, about=about, **more)


def organisation(label: str, *, required: bool = False) -> Column:
    return Column("organizacion_id", label, required=required, pattern=ORGANISATION)


def place() -> tuple[Column, ...]:
    return (
        Column("canton_id", _("Código del cantón"), pattern=r"C\d{3}", about=_("Une con la tabla de conectividad.")),
        word("provincia", _("Provincia"), PROVINCES, role="quasi"),
        Column("canton", _("Cantón"), role="quasi"),
    )


def to(column: str, table: str, to: str | None = None) -> Reference:
    return Reference((column,), table, (to or column,))

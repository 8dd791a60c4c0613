"""How figures, dates and states are said in Spanish."""

from datetime import datetime

from ciberaula.i18n import _
from ciberaula.progress.tables import ModuleRow, Reason, ReviewStatus, State, Status

# Nothing: the sign for a figure that does not exist. It is not a zero.
NONE = "—"


def state(name: State) -> str:
    """The state of a module, as a reader sees it."""
    return {
        "completed": _("Completó"),
        "in_progress": _("En curso"),
        "needs_help": _("Necesita ayuda"),
        "not_started": _("Sin empezar"),
        "planned": _("En preparación"),
    }[name]


def reason(name: Reason, pass_share: float, days: int) -> str:
    """Why somebody may need help."""
    return {
        "low_score": _("puntaje bajo {share}").format(share=percent(pass_share)),
        "critical_error": _("una decisión crítica por repetir"),
        "inactive": _("más de {days} días sin actividad").format(days=days),
    }[name]


def status(name: Status) -> str:
    """Why an answer has no points yet, or that it has."""
    return {
        "scored": _("Calificada"),
        "unanswered": _("Sin respuesta"),
        "awaiting_review": _("Pendiente de revisión"),
        "not_gradable": _("No se pudo calificar"),
        "submitted": _("Entregada, sin calificar"),
    }[name]


def review(name: ReviewStatus) -> str:
    """Why something is in the list of what a person must look at."""
    return {
        "awaiting_review": _("Espera a una persona"),
        "not_gradable": _("No se pudo leer"),
        "failed": _("No se pudo calificar"),
    }[name]


def kind(name: str) -> str:
    """The kind of an item."""
    known = {
        "single": _("elegir una opción"),
        "multiple": _("elegir varias"),
        "ordering": _("ordenar"),
        "matching": _("emparejar"),
        "number": _("número"),
        "text": _("texto breve"),
        "form": _("formulario"),
        "table": _("tabla de datos"),
        "scenario": _("caso con decisiones"),
        "story": _("historia en la mesa de casos"),
        "written": _("juicio escrito"),
    }
    return known.get(name, name)


def setting(name: str) -> str:
    """Urban, rural, or not said."""
    return {"urban": _("Urbana"), "rural": _("Rural")}.get(name, _("Sin dato"))


def percent(share: float | None) -> str:
    """A share from 0 to 1 as a whole percentage, with the thin space that keeps figure and sign together."""
    return NONE if share is None else f"{round(share * 100)}\u202f%"


def score(row: ModuleRow) -> str:
    """A module's score, saying so where a part of it is still to come; never a zero for what nobody graded."""
    if row.score is None:
        return _("sin calificar") if row.submitted_at else NONE
    if row.awaiting_review or row.not_gradable:
        return _("{score} (parcial)").format(score=percent(row.score))
    return percent(row.score)


def number(value: float) -> str:
    """A number with a decimal comma and no decimals it does not need."""
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")


def day(moment: datetime | None) -> str:
    """A date in words, in the server's own time zone."""
    if moment is None:
        return NONE
    local = moment.astimezone()
    return _("{day} de {month} de {year}").format(day=local.day, month=_months()[local.month - 1], year=local.year)


def short_day(moment: datetime | None) -> str:
    """A date for a narrow column: «9 jun»."""
    if moment is None:
        return NONE
    local = moment.astimezone()
    return f"{local.day} {_months()[local.month - 1][:3]}"


def moment_of(moment: datetime) -> str:
    """Date and time in words."""
    return _("{day}, {time}").format(day=day(moment), time=moment.astimezone().strftime("%H:%M"))


def _months() -> list[str]:
    return _("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre").split()

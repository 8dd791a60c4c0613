"""Numbers, lists, and what still has no mark, as a reader of Spanish expects them: the same words in every command."""

from collections.abc import Sequence

from ciberaula.i18n import _, ngettext

NAMED = 10
"""Ids that a line names before it counts the rest."""


def number(value: float) -> str:
    """``value`` with at most two decimals, none where there is none, and a decimal comma: ``1,5``."""
    return f"{round(float(value), 2):g}".replace(".", ",")


def some(names: Sequence[str], most: int = NAMED) -> str:
    """«a, b, c» of ``names``, and after the first ``most`` how many more there are."""
    more = len(names) - most
    if more <= 0:
        return ", ".join(names)
    return _("{names} y {count} más").format(names=", ".join(names[:most]), count=more)


def awaiting_person(answers: int, submissions: int) -> str:
    """How many answers wait for a person to judge them."""
    return ngettext(
        "{answers} respuesta de {submissions} espera a una persona",
        "{answers} respuestas de {submissions} esperan a una persona",
        answers,
    ).format(answers=answers, submissions=_submissions(submissions))


def not_read(answers: int, submissions: int) -> str:
    """How many answers could not be read, in submissions that otherwise have their marks."""
    return ngettext(
        "{answers} respuesta de {submissions} no se pudo leer",
        "{answers} respuestas de {submissions} no se pudieron leer",
        answers,
    ).format(answers=answers, submissions=_submissions(submissions))


def not_graded(submissions: int) -> str:
    """How many submissions could not be graded at all."""
    return ngettext(
        "{count} entrega no se pudo calificar", "{count} entregas no se pudieron calificar", submissions
    ).format(count=submissions)


def not_yet_graded(submissions: int) -> str:
    """How many submissions nobody has tried to grade."""
    return ngettext("{count} entrega está sin calificar", "{count} entregas están sin calificar", submissions).format(
        count=submissions
    )


def _submissions(count: int) -> str:
    return ngettext("{count} entrega", "{count} entregas", count).format(count=count)

"""The figures of an item analysis in plain words, for people who teach and do not calculate.

The limits are the customary ones (Ebel, R. L. & Frisbie, D. A. (1991). Essentials of educational measurement, ch. 13:
0.20 and 0.30 for discrimination; Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric theory, ch. 7: 0.70 for alpha).
They are habits, not laws, and words say less than a figure with decimals would seem to.
"""

import math

from ciberaula.i18n import _, ngettext
from ciberaula.progress.items import ENOUGH, FIRM, Analysis, ItemStats, Reliability

_EASY, _MOSTLY_EASY, _MIDDLE, _HARD = 0.9, 0.7, 0.4, 0.2
_TELLS, _TELLS_LITTLE, _BACKWARDS = 0.3, 0.2, -0.1
_MANY_BLANK = 0.2
_GOOD_ALPHA, _FAIR_ALPHA, _POOR_ALPHA = 0.8, 0.7, 0.5


def difficulty(one: ItemStats) -> str:
    """How hard the question was."""
    if one.difficulty is None:
        return _("sin respuestas calificadas")
    for least, words in (
        (_EASY, _("fácil para casi todas las personas")),
        (_MOSTLY_EASY, _("fácil para la mayoría")),
        (_MIDDLE, _("de dificultad media")),
        (_HARD, _("difícil para la mayoría")),
    ):
        if one.difficulty >= least:
            return words
    return _("difícil para casi todas las personas")


def discrimination(one: ItemStats) -> str:
    """Whether those who do well in the rest do better here too; empty where too few people answered."""
    if one.n < ENOUGH:
        return ""
    if one.discrimination is None:
        return _("no distingue: a todas las personas les fue igual")
    if one.discrimination <= _BACKWARDS:
        return _("va al revés")
    if one.discrimination >= _TELLS:
        return _("distingue bien")
    if one.discrimination >= _TELLS_LITTLE:
        return _("distingue poco")
    if one.difficulty is not None and one.difficulty >= _EASY:
        return _("no distingue, porque casi nadie falla")
    return _("no distingue")


def advice(one: ItemStats) -> str:
    """What an instructor might do about the question; empty where there is no reason to do anything."""
    told = []
    if one.n and one.blank / one.n >= _MANY_BLANK:
        told.append(_("Muchas personas la dejaron en blanco: ¿se ve, se entiende, alcanza el tiempo?"))
    if one.n >= ENOUGH and one.difficulty is not None and one.discrimination is not None:
        if one.discrimination <= _BACKWARDS:
            told.append(
                _("Revise la clave y el enunciado: le va mejor a quien obtiene menos puntos en el resto de la tarea.")
            )
        elif one.difficulty < _MIDDLE and one.discrimination < _TELLS_LITTLE:
            told.append(_("Revise si el enunciado se entiende y si las lecciones trabajan este tema."))
        elif one.difficulty < _MIDDLE:
            told.append(_("Conviene volver sobre este tema con el grupo."))
    elif one.n and one.difficulty is not None and one.difficulty < _HARD:
        told.append(_("Conviene volver sobre este tema con el grupo."))
    return " ".join(told)


def reading(one: ItemStats, *, advise: bool = True) -> str:
    """The question in a sentence or two. ``advise=False`` leaves out the advice, which could tell of few people."""
    said = "; ".join(part for part in (difficulty(one), discrimination(one)) if part)
    return " ".join(part for part in (f"{said[:1].upper()}{said[1:]}.", advice(one) if advise else "") if part)


def consistency(found: Reliability | None) -> str:
    """Alpha and what it allows, or why none is shown."""
    if found is None or found.people < ENOUGH:
        return _(
            "Todavía no se muestra el alfa de la tarea: hacen falta al menos {enough} personas con todo calificado."
        ).format(enough=ENOUGH)
    if found.alpha < 0:
        words = _(
            "sale negativo: a quien le va bien en unas preguntas le va mal en otras. Revise las claves antes que nada"
        )
    elif found.alpha < _POOR_ALPHA:
        words = _("bajo: los puntos sirven para conversar con cada persona, no para comparar personas")
    elif found.alpha < _FAIR_ALPHA:
        words = _("moderado: los puntos orientan y no bastan para decidir")
    elif found.alpha < _GOOD_ALPHA:
        words = _("suficiente para un curso")
    else:
        words = _("alto para un curso")
    return _("Alfa de Cronbach: {alpha}, {words}.").format(alpha=decimal(found.alpha), words=words)


def basis(found: Reliability | None) -> str:
    """On what alpha rests, and how far a score may be from what the person can do; empty where no alpha is shown."""
    if found is None or found.people < ENOUGH:
        return ""
    told = [
        _("Se calculó con {items} preguntas y las {people} personas que tienen puntos en todas.").format(
            items=found.items, people=found.people
        )
    ]
    if found.left_out:
        told.append(
            ngettext(
                "Quedó fuera {count} pregunta que casi nadie tiene calificada todavía.",
                "Quedaron fuera {count} preguntas que casi nadie tiene calificadas todavía.",
                len(found.left_out),
            ).format(count=len(found.left_out))
        )
    if found.error is not None:
        told.append(
            _(
                "Con esa consistencia, el puntaje de una misma persona suele moverse hasta unos {error} puntos de {maximum}, "
                "hacia arriba o hacia abajo, solo por azar. Cerca de la línea para aprobar, mire su trabajo y no la cifra."
            ).format(error=decimal(found.error, 1), maximum=f"{found.maximum:g}".replace(".", ","))
        )
    return " ".join(told)


def caution(found: Analysis) -> str:
    """How firm all of it is, by the number of people; empty where there are enough."""
    if found.people < ENOUGH:
        return _(
            "Son {people} personas: muy pocas para hablar de las preguntas. Lea las respuestas una por una."
        ).format(people=found.people)
    if found.people < FIRM:
        return _(
            "Con menos de {firm} personas (aquí, {people}) todo esto es una pista: otro grupo podría dar otra cosa."
        ).format(firm=FIRM, people=found.people)
    return ""


def meaning() -> str:
    """What the words mean, once, beside the table."""
    return _(
        "Puntos obtenidos: qué parte de los puntos ganó el grupo; cuanto más alto, más fácil. Distingue: si a quien le va bien "
        "en el resto de la tarea también le va bien aquí (correlación entre la pregunta y el resto, de −1 a 1; desde 0,30 es "
        "buena). Una pregunta que casi nadie falla no distingue, y está bien: puede ser lo que el grupo ya sabe. En blanco "
        "cuenta como cero; lo que espera revisión no cuenta."
    )


def alike(lowest: float, highest: float) -> str:
    """How much texts share: «de 41 a 97 %», or one figure. Cut off, for 100 % is said only of a text that is all in the other."""
    low, high = (math.floor(100 * share + 1e-9) for share in (lowest, highest))
    if low == high:
        return _("{share} %").format(share=high)
    return _("de {low} a {high} %").format(low=low, high=high)


def decimal(value: float, places: int = 2) -> str:
    """A figure with a decimal comma and a real minus sign; no «−0,00»."""
    text = f"{value:z.{places}f}".replace(".", ",")
    return text.replace("-", "−")

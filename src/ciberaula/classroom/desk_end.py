"""The last screen of a story: for practice the debrief from one's own log, for graded ones what happened, without judging."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ciberaula.casework.assessment.debrief import Debrief, Stage, Why
from ciberaula.casework.assessment.report import DilemmaResult
from ciberaula.casework.stories.log import Moment, MomentKind
from ciberaula.casework.stories.spec import Ending
from ciberaula.casework.vocabulary import label
from ciberaula.classroom.desk_parts import (
    Part,
    bullets,
    button,
    buttons,
    card,
    facts,
    fold,
    form,
    heading,
    line,
    prose,
    screen,
    table,
)
from ciberaula.classroom.desk_texts import short_moment
from ciberaula.classroom.fields import Field
from ciberaula.i18n import _, ngettext

KINDS: Mapping[str, str] = {
    "message": _("Llegó"),
    "situation": _("Por decidir"),
    "decision": _("Su decisión"),
    "action": _("Usted"),
    "refusal": _("No se hizo"),
    "consequence": _("Qué siguió"),
    "ignored": _("Sin respuesta"),
    "connection": _("Conexión"),
    "other": _("Otra persona"),
    "ending": _("Final"),
}
_AGAIN = {"do": "again"}
_TURNS = ("ignored", "refusal")


def reflection_fields(prompts: Sequence[str]) -> list[Field]:
    """The two short boxes of «qué me llevo»."""
    asked = (*prompts, *_PROMPTS[len(prompts) :])[:2]
    return [Field(f"r{n}", text, multiline=True) for n, text in enumerate(asked, 1)]


_PROMPTS = (_("¿Qué haría igual?"), _("¿Qué haría distinto mañana, con un caso suyo?"))


def graded_end(ending: Ending, timeline: Sequence[Moment]) -> dict[str, Any]:
    """A graded story at its end: what happened, and that its assessment comes with the grade."""
    return screen(
        "end",
        ending.title,
        [
            prose(ending.text),
            line(_("Su historia quedó guardada; la devolución llega con la calificación.")),
            *_path(timeline),
            line(_("Si algo de la historia le pesa, háblelo hoy con alguien de confianza o con quien la supervisa.")),
        ],
    )


def practice_end(
    ending: Ending, timeline: Sequence[Moment], found: Debrief | None, reflection: Mapping[str, Any], problem: str = ""
) -> dict[str, Any]:
    """A practice story at its end. ``problem``: why there is no debrief, where there is none."""
    if found is None:
        parts = [prose(ending.text), line(problem), *_path(timeline)]
        return screen("end", ending.title, [*parts, buttons(button(_("Volver a jugar"), _AGAIN))])
    stages = found.stages
    happened, why, takeaway, replay = (stages[id] for id in ("happened", "why", "takeaway", "replay"))
    parts = [
        prose(ending.text),
        *_begin(1, stages["reactions"]),
        *_begin(2, happened),
        *_events(found),
        *_begin(3, why),
        *_critical(found.critical),
        *[line(sentence) for sentence in found.summary],
        *[_criterion(one) for one in found.criteria],
        *_dilemmas(found.dilemmas),
        *_begin(4, takeaway, prompts=False),
        prose(found.takeaway),
        line(_("Lo que escriba aquí queda en su hoja de respuestas y no se califica."), quiet=True),
        form("reflection", reflection_fields(takeaway.prompts), {"do": "reflect"}, "", values=reflection, saves=True),
        *_begin(5, replay),
        *([bullets([one.text for one in found.changes])] if found.changes else []),
        buttons(button(_("Volver a jugar"), _AGAIN, main=True)),
    ]
    return screen("end", ending.title, parts)


def _begin(n: int, stage: Stage, *, prompts: bool = True) -> list[Part]:
    parts = [heading(f"{n}. {stage.title}"), line(stage.intro)]
    return [*parts, bullets(stage.prompts)] if prompts and stage.prompts else parts


def _path(timeline: Sequence[Moment]) -> list[Part]:
    rows = [[short_moment(one.at), KINDS[one.kind], one.text] for one in timeline]
    course = _course((short_moment(one.at), one.kind, one.text) for one in timeline)
    return [course, _step_by_step((_("Cuándo"), _("Qué"), _("Detalle")), rows)]


def _events(found: Debrief) -> list[Part]:
    rows = [
        [one.when, KINDS[one.kind], one.text, ", ".join(label(criterion) for criterion in one.criteria)]
        for one in found.events
    ]
    course = _course((one.when, one.kind, one.text) for one in found.events)
    return [course, _step_by_step((_("Cuándo"), _("Qué"), _("Detalle"), _("Contó para")), rows)]


def _step_by_step(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Part:
    name = ngettext(
        "Todo el recorrido, paso a paso ({n} paso)", "Todo el recorrido, paso a paso ({n} pasos)", len(rows)
    )
    return fold(name.format(n=len(rows)), [table(_("Qué pasó, en orden"), columns, rows)])


def _course(events: Iterable[tuple[str, MomentKind, str]]) -> Part:
    """What she decided and what followed from it, or why nothing did: what a tired person can read. Triples of when, kind
    and text.
    """
    rows: list[list[str]] = []
    for when, kind, text in events:
        if kind == "decision":
            rows.append([when, text, ""])
        elif kind in _TURNS:
            rows.append([when, KINDS[kind], text])
        elif kind == "consequence" and rows and not rows[-1][2]:
            rows[-1][2] = text
    return table(_("Su recorrido, en breve"), (_("Cuándo"), _("Qué decidió"), _("Qué siguió")), rows)


def _critical(texts: Sequence[str]) -> list[Part]:
    if not texts:
        return []
    return [card(_("Errores críticos"), [line(_("Se nombran aparte de los puntos.")), bullets(texts)])]


def _criterion(one: Why) -> Part:
    rows = [
        [
            f"{reason.sign} {reason.words}",
            reason.text,
            "\n".join(reason.shown_by),
            reason.points,
        ]
        for one_reason in [one.reasons]
        for reason in one_reason
    ]
    columns = (_("Cómo"), _("Por qué"), _("Qué lo muestra"), _("Puntos"))
    return fold(one.summary, [table(one.name, columns, rows)])


def _dilemmas(results: Sequence[DilemmaResult]) -> list[Part]:
    if not results:
        return []
    cards = [
        card(
            one.title,
            [
                facts(
                    [
                        (_("Usted eligió"), one.chosen),
                        (_("Un bien"), one.goods[0]),
                        (_("El otro bien"), one.goods[1]),
                        (_("Qué inclinó la balanza"), one.said),
                    ]
                )
            ],
        )
        for one in results
    ]
    return [fold(_("Los dilemas: dos bienes en juego"), cards)]

"""The debrief of a played story, from the trainee's own log: plain data, in the order of PEARLS, for whatever shows it.

Reactions → what happened → why → what I take with me, and then playing again, compared with a time before. (PEARLS:
Eppich & Cheng, Simulation in Healthcare 10(2), 2015.) What a person thinks at a prompt is hers: nothing of it is kept
or judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ciberaula.casework.assessment.report import CriterionResult, DilemmaResult, Line, Report
from ciberaula.casework.assessment.words import percent, points
from ciberaula.casework.stories.clock import in_words
from ciberaula.casework.stories.log import Happened, MomentKind
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Criterion, label
from ciberaula.i18n import _

StageId = Literal["reactions", "happened", "why", "takeaway", "replay"]
SIGNS = {"met": "✔", "partly": "◐", "missing": "○", "cost": "✘"}


@dataclass(frozen=True, slots=True)
class Stage:
    """How a part of the debrief begins: its title, what it is for, and questions to think about."""

    id: StageId
    title: str
    intro: str
    prompts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A line of what happened. ``when`` in words. ``criteria``: those for which it counted, for better or worse."""

    when: str
    kind: MomentKind
    text: str
    n: int = 0
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """A line of a criterion. ``sign`` and ``words`` say of what kind; ``shown_by``: the actions that show it, in words."""

    sign: str
    words: str
    points: str
    text: str
    shown_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """A criterion, explained."""

    criterion: Criterion
    name: str
    summary: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A criterion (or, with ``criterion`` ``None``, the whole story) before and now, 0–100, and how to say it."""

    criterion: Criterion | None
    before: float
    now: float
    text: str


@dataclass(frozen=True, slots=True)
class Debrief:
    """All of it, in order. ``changes`` is empty the first time."""

    stages: Mapping[StageId, Stage]
    events: tuple[Event, ...]
    summary: tuple[str, ...]
    criteria: tuple[Why, ...]
    dilemmas: tuple[DilemmaResult, ...]
    critical: tuple[str, ...]
    takeaway: str
    changes: tuple[Change, ...] = ()


def debrief(play: Play, report: Report, *, earlier: Report | None = None) -> Debrief:
    """The debrief of ``play``, which ``report`` assesses, compared with ``earlier`` where it was played before."""
    return Debrief(
        stages=_stages(earlier is not None),
        events=tuple(_events(play, report)),
        summary=report.summary,
        criteria=explained(play, report),
        dilemmas=report.dilemmas,
        critical=report.critical,
        takeaway=report.takeaway,
        changes=compare(report, earlier) if earlier else (),
    )


def _events(play: Play, report: Report) -> list[Event]:
    counted: dict[int, list[Criterion]] = {}
    for result in report.criteria:
        for line in result.lines:
            for n in line.evidence:
                if result.criterion not in counted.setdefault(n, []):
                    counted[n].append(result.criterion)
    return [
        Event(in_words(one.at), one.kind, one.text, one.n, tuple(counted.get(one.n, ()) if one.n else ()))
        for one in play.timeline
    ]


def explained(play: Play, report: Report) -> tuple[Why, ...]:
    """Each criterion with its reasons and the actions that show them, in words."""
    records = {record.n: record for record in play.log}
    return tuple(_why(result, records) for result in report.criteria)


def _why(result: CriterionResult, records: Mapping[int, Happened]) -> Why:
    return Why(
        result.criterion,
        result.name,
        result.summary,
        tuple(
            Reason(
                SIGNS[line.kind],
                line.words,
                _points(line, result),
                line.text,
                tuple(f"{in_words(records[n].at)}: {records[n].line}" for n in line.evidence if n in records),
            )
            for line in result.lines
        ),
    )


def _points(line: Line, result: CriterionResult) -> str:
    """What a line earned or took; nothing where it could do neither."""
    if line.kind == "missing" or not result.total:
        return ""
    return f"−{points(line.points)}" if line.kind == "cost" else f"+{points(line.points)}"


def compare(now: Report, before: Report) -> tuple[Change, ...]:
    """The whole story and each criterion that both times had, then and now."""
    whole = Change(None, before.score, now.score, _change(_("Toda la historia"), before.score, now.score))
    changes = [whole]
    for criterion, share in now.shares.items():
        if criterion in before.shares:
            then, here = 100 * before.shares[criterion], 100 * share
            changes.append(Change(criterion, then, here, _change(label(criterion), then, here)))
    return tuple(changes)


def _change(name: str, before: float, now: float) -> str:
    """Figures and their direction in words, so that no reader needs a colour or an arrow."""
    if abs(now - before) < 0.5:
        words = _("{name}: sigue en {now}.")
    elif now > before:
        words = _("{name}: subió de {before} a {now}.")
    else:
        words = _("{name}: bajó de {before} a {now}.")
    return words.format(name=name, before=percent(before / 100), now=percent(now / 100))


def _stages(again: bool) -> dict[StageId, Stage]:
    stages = (
        Stage(
            "reactions",
            _("Cómo queda usted"),
            _("Antes de mirar qué pasó, tome un momento. Lo que piense aquí es suyo: no se guarda ni se califica."),
            (
                _("¿Con qué sensación termina la historia?"),
                _("¿Qué momento le pesó más?"),
                _("¿Hay algo que quiera conversar con alguien de confianza antes de seguir?"),
            ),
        ),
        Stage(
            "happened",
            _("Qué pasó"),
            _("Este es su propio recorrido: lo que llegó, lo que hizo y lo que siguió."),
            (
                _("¿Qué sabía en cada momento, y qué no?"),
                _("¿Dónde cambió el rumbo de la historia?"),
            ),
        ),
        Stage(
            "why",
            _("Por qué"),
            _(
                "Cada criterio dice qué lo muestra en su recorrido. En los dilemas había dos bienes: se explica qué "
                "cuidaba cada uno y qué inclinó la balanza aquí."
            ),
            (_("¿Qué razón pesó en su decisión? ¿La escribiría igual en la nota del caso?"),),
        ),
        Stage(
            "takeaway",
            _("Qué me llevo"),
            _("Una sola cosa, concreta, para la próxima vez."),
            (
                _("¿Qué haría igual?"),
                _("¿Qué haría distinto mañana, con un caso suyo?"),
            ),
        ),
        Stage(
            "replay",
            _("Volver a jugar"),
            _("Así cambió desde la vez anterior.")
            if again
            else _("Puede jugarla otra vez y comparar: repetir con una idea en mente es lo que más enseña."),
        ),
    )
    return {stage.id: stage for stage in stages}

"""What a played story shows, criterion by criterion: points, and for each line the actions that show it.

A criterion: what was earned of its expectations less the cost of what should have been avoided, between 0 and the
whole. The story: the same over all criteria that have expectations. Critical errors are named apart and change no
points.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ciberaula.casework.assessment import rules
from ciberaula.casework.assessment.spec import Assessment, Expectation
from ciberaula.casework.assessment.words import percent, points
from ciberaula.casework.stories.evaluate import Evidence, holds
from ciberaula.casework.stories.play import Play
from ciberaula.casework.vocabulary import Criterion, label
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

LineKind = Literal["met", "partly", "missing", "cost"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that counted. ``points``: earned, or for a ``cost`` what it took away. ``evidence``: ``n`` of records.

    ``id`` is that of the expectation or avoidance, or the name of the general rule.
    """

    kind: LineKind
    points: float
    text: str
    evidence: tuple[int, ...] = ()
    id: str = ""

    @property
    def words(self) -> str:
        """The kind of line, as people read it."""
        return {"met": _("Logrado"), "partly": _("En parte"), "missing": _("Faltó"), "cost": _("Resta")}[self.kind]


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """``earned`` of ``total`` points, costs taken off; with a ``total`` of 0 it is told and does not count."""

    criterion: Criterion
    earned: float
    total: float
    lines: tuple[Line, ...]

    @property
    def share(self) -> float | None:
        """From 0 to 1; ``None`` where nothing was expected."""
        return self.earned / self.total if self.total else None

    @property
    def name(self) -> str:
        return label(self.criterion)

    @property
    def summary(self) -> str:
        """«Canal y cuenta: 4 de 5 puntos»."""
        if not self.total:
            return _("{name}: sin puntos en esta historia").format(name=self.name)
        return _("{name}: {earned} de {total} puntos").format(
            name=self.name, earned=points(self.earned), total=points(self.total)
        )


@dataclass(frozen=True, slots=True)
class DilemmaResult:
    """A decision between two goods: what was chosen (``None``: nothing in time), what each good cares for, what tipped it."""

    situation: str
    title: str
    option: str | None
    chosen: str
    goods: tuple[str, str]
    said: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole assessment of a played story; ``score`` from 0 to 100."""

    story: str
    title: str
    ended: bool
    score: float
    criteria: tuple[CriterionResult, ...]
    critical: tuple[str, ...]
    dilemmas: tuple[DilemmaResult, ...]
    takeaway: str

    @property
    def shares(self) -> Mapping[Criterion, float]:
        """Share of each criterion that counts, from 0 to 1."""
        return {one.criterion: one.share for one in self.criteria if one.share is not None}

    @property
    def summary(self) -> tuple[str, ...]:
        """The result in a few Spanish sentences."""
        return tuple(_summary(self))


def assess(play: Play, assessment: Assessment) -> Report:
    """Assess a played story. The same log gives the same report. Raises ``UserError`` for another story's assessment."""
    if assessment.story != play.story.id:
        raise UserError(
            _("La valoración es de «{other}» y la historia es «{id}»: use la suya.").format(
                other=assessment.story, id=play.story.id
            )
        )
    lines: dict[Criterion, list[Line]] = {criterion: [] for criterion in Criterion}
    totals = dict.fromkeys(Criterion, 0.0)
    for expectation in assessment.expect:
        if expectation.only_if is None or holds(expectation.only_if, play) is not None:
            totals[expectation.criterion] += expectation.points
            lines[expectation.criterion].append(_expected(expectation, play))
    critical: list[str] = []
    for avoidance in assessment.avoid:
        shown = holds(avoidance.when, play)
        if shown is not None:
            lines[avoidance.criterion].append(
                Line("cost", avoidance.cost, avoidance.said, _numbers(shown), avoidance.id)
            )
            if avoidance.critical:
                critical.append(avoidance.critical)
    for one in rules.violations(play, assessment):
        lines[one.criterion].append(Line("cost", assessment.rule_cost, one.text, one.evidence, one.rule))
    criteria = tuple(_result(criterion, lines[criterion], totals[criterion]) for criterion in Criterion)
    used = tuple(one for one in criteria if one.total or one.lines)
    whole = sum(one.total for one in used)
    return Report(
        story=play.story.id,
        title=play.story.title,
        ended=play.ending is not None,
        score=round(100 * sum(one.earned for one in used) / whole, 1) if whole else 0.0,
        criteria=used,
        critical=tuple(dict.fromkeys(critical)),
        dilemmas=tuple(_dilemmas(play, assessment)),
        takeaway=assessment.takeaway,
    )


def _expected(expectation: Expectation, play: Play) -> Line:
    """The line of an expectation: the first way that holds counts."""
    for way in expectation.ways:
        shown = holds(way.when, play)
        if shown is not None:
            earned = way.share * expectation.points
            return Line("met" if way.share == 1 else "partly", earned, way.said, _numbers(shown), expectation.id)
    return Line("missing", 0.0, expectation.missing, (), expectation.id)


def _numbers(evidence: Evidence) -> tuple[int, ...]:
    return tuple(record.n for record in evidence.records)


def _result(criterion: Criterion, lines: Iterable[Line], total: float) -> CriterionResult:
    kept = tuple(lines)
    net = sum(-line.points if line.kind == "cost" else line.points for line in kept)
    return CriterionResult(criterion, min(max(net, 0.0), total), total, kept)


def _dilemmas(play: Play, assessment: Assessment) -> Iterator[DilemmaResult]:
    """The dilemmas that came up, in the order of the story."""
    taken = {
        str(one.args["situation"]): str(one.args["option"]) for one in play.log.of("choose") if one.outcome == "done"
    }
    for id, situation in play.story.situations.items():
        if id not in assessment.dilemmas or not (id in taken or id in play.ignored):
            continue
        option = taken.get(id)
        text = next((one.text for one in situation.options if one.id == option), _("No decidió a tiempo."))
        dilemma = assessment.dilemmas[id]
        yield DilemmaResult(id, situation.title, option, text, dilemma.goods, dilemma.said)


def _summary(report: Report) -> Iterator[str]:
    counted = [one for one in report.criteria if one.share is not None]
    yield _("{title}: {score} de 100.").format(title=report.title, score=points(report.score))
    if not report.ended:
        yield _("La historia quedó sin terminar: cuenta lo que alcanzó a hacer.")
    if counted:
        best = max(counted, key=lambda one: one.share or 0.0)
        worst = min(counted, key=lambda one: one.share or 0.0)
        if (best.share or 0.0) > (worst.share or 0.0):
            yield _("Lo más firme: {best} ({high}). Lo que más puede crecer: {worst} ({low}).").format(
                best=best.name.lower(),
                high=percent(best.share or 0.0),
                worst=worst.name.lower(),
                low=percent(worst.share or 0.0),
            )
    if report.critical:
        count = len(report.critical)
        yield ngettext(
            "Hubo {count} error crítico: se nombra aparte de los puntos y conviene repetir la historia.",
            "Hubo {count} errores críticos: se nombran aparte de los puntos y conviene repetir la historia.",
            count,
        ).format(count=count)

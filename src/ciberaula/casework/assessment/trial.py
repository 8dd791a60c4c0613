"""A story on trial: what the reference players score in it, and whether that tells good practice from bad."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean
from typing import Any

from ciberaula.casework.assessment.load import load_assessment
from ciberaula.casework.assessment.report import Report, assess
from ciberaula.casework.assessment.spec import Assessment
from ciberaula.casework.assessment.words import percent, points
from ciberaula.casework.players import NAMES, PlayerName, StoryFiles, load_players, play_script
from ciberaula.casework.players_random import random_player
from ciberaula.casework.stories.load import load_story
from ciberaula.casework.stories.play import Play
from ciberaula.casework.stories.spec import Story
from ciberaula.casework.vocabulary import Criterion, label
from ciberaula.errors import UserError
from ciberaula.i18n import _

SEEDS = range(40)
GOOD_FROM, CARELESS_BELOW, OVER_CAUTIOUS_BELOW, RANDOM_BELOW = 90.0, 40.0, 60.0, 35.0
# The good player of a graded story is the reference answer of its item, which earns every point.
WHOLE = 100.0
APART = 0.25
FREE_SHARE = 0.4
RANDOM = "random"


@dataclass(frozen=True)
class Trial:
    """What came of it. ``scores`` (0–100) and ``shares`` (by criterion, 0–1) by player; that of ``random`` is a mean."""

    story: Story
    assessment: Assessment
    plays: Mapping[PlayerName, Play]
    reports: Mapping[PlayerName, Report]
    scores: Mapping[str, float]
    shares: Mapping[str, Mapping[Criterion, float]]

    @property
    def failures(self) -> list[str]:
        """Each requirement that is not met, in Spanish; empty where all are."""
        return list(_failures(self))


def try_story(files: StoryFiles, *, seeds: Sequence[int] = SEEDS) -> Trial:
    """Play and assess a story with all its reference players. Raises ``UserError`` for a mistake in its files."""
    story = load_story(files.story)
    assessment = load_assessment(files.assessment, story)
    scripts = load_players(files.players, story)
    plays: dict[PlayerName, Play] = {}
    for name in NAMES:
        try:
            plays[name] = play_script(story, scripts.steps(name))
        except UserError as error:
            raise UserError(f"{files.players.name}, {name}: {error}") from error
    reports = {name: assess(play, assessment) for name, play in plays.items()}
    drawn = [assess(random_player(story, seed), assessment) for seed in seeds]
    scores: dict[str, float] = {name: report.score for name, report in reports.items()}
    shares: dict[str, Mapping[Criterion, float]] = {name: report.shares for name, report in reports.items()}
    return Trial(
        story,
        assessment,
        plays,
        reports,
        {**scores, RANDOM: mean(report.score for report in drawn)},
        {**shares, RANDOM: _means(drawn)},
    )


def _means(reports: Sequence[Report]) -> dict[Criterion, float]:
    found: dict[Criterion, list[float]] = {}
    for report in reports:
        for criterion, share in report.shares.items():
            found.setdefault(criterion, []).append(share)
    return {criterion: mean(shares) for criterion, shares in found.items()}


def _failures(trial: Trial) -> Iterator[str]:
    good = WHOLE if trial.story.graded else GOOD_FROM
    due: tuple[tuple[str, str, float], ...] = (
        ("good", _("al menos"), good),
        ("careless", _("menos de"), CARELESS_BELOW),
        ("over_cautious", _("menos de"), OVER_CAUTIOUS_BELOW),
        (RANDOM, _("menos de"), RANDOM_BELOW),
    )
    for name, bound, limit in due:
        score = trial.scores[name]
        if not (score >= limit if name == "good" else score < limit):
            yield _("{name}: obtuvo {score} y debe obtener {bound} {limit:g}.").format(
                name=name, score=points(score), bound=bound, limit=limit
            )
    for criterion in sorted({one.criterion for one in trial.assessment.expect}):
        shares = [shares[criterion] for shares in trial.shares.values() if criterion in shares]
        if not any(abs(one - other) >= APART for one, other in combinations(shares, 2)):
            yield _("{criterion}: no separa a ninguna pareja por {points} puntos o más.").format(
                criterion=label(criterion), points=round(100 * APART)
            )
    free = free_share(trial.assessment)
    if free < FREE_SHARE:
        yield _("solo {free} de los puntos viene de acciones libres y debe ser al menos {least}.").format(
            free=percent(free), least=percent(FREE_SHARE)
        )
    for name in NAMES:
        if trial.plays[name].ending is None:
            yield _("{name}: la historia no llegó a un final.").format(name=name)


def free_share(assessment: Assessment) -> float:
    """The share of the points that choosing options alone cannot earn: those with no way that only looks at choices."""
    free = sum(
        one.points for one in assessment.expect if not any(_only_chooses(way.when.model_dump()) for way in one.ways)
    )
    return free / sum(one.points for one in assessment.expect)


def _only_chooses(condition: Mapping[str, Any]) -> bool:
    """Does what a condition asks for come from choosing alone?"""
    if condition["chose"] is not None:
        return True
    happened = condition["happened"]
    if isinstance(happened, Mapping):
        return bool(happened["do"] == "choose")
    for key in ("all", "any"):
        parts = condition[key]
        if isinstance(parts, list | tuple):
            several = [_only_chooses(part) for part in parts]
            return all(several) if key == "all" else any(several)
    return False


def lines(trial: Trial) -> Iterator[str]:
    """The trial as lines of text: a table of scores by criterion, then what each player lost, then what fails."""
    names = [*NAMES, RANDOM]
    width = max(len(label(criterion)) for criterion in Criterion)
    yield f"{trial.story.id}: {trial.story.title}"
    yield "  " + " " * width + "".join(f"{name:>15}" for name in names)
    yield "  " + _("Todo").ljust(width) + "".join(f"{points(trial.scores[name]):>15}" for name in names)
    for criterion in Criterion:
        cells = [trial.shares[name].get(criterion) for name in names]
        if any(cell is not None for cell in cells):
            told = "".join(f"{'—' if cell is None else points(100 * cell):>15}" for cell in cells)
            yield "  " + label(criterion).ljust(width) + told
    yield _("  Puntos de acciones libres: {free}").format(free=percent(free_share(trial.assessment)))
    for name in NAMES:
        yield from _told(trial, name)
    failures = trial.failures
    yield _("Cumple todos los requisitos.") if not failures else _("NO CUMPLE:")
    yield from (f"  - {one}" for one in failures)


def _told(trial: Trial, name: PlayerName) -> Iterator[str]:
    yield f"· {name}"
    for result in trial.reports[name].criteria:
        for line in result.lines:
            shown = f" [{', '.join(map(str, line.evidence))}]" if line.evidence else ""
            yield f"    {result.criterion}: {line.words} {points(line.points)} ({line.id}) {line.text}{shown}"
    for critical in trial.reports[name].critical:
        yield _("    error crítico: {critical}").format(critical=critical)
    play = trial.plays[name]
    yield from (_("    la historia no pudo hacer lo de otros: {fault}").format(fault=fault) for fault in play.faults)
    for record in play.log.happened:
        if record.by == play.actor.id and record.outcome == "denied":
            yield _("    la mesa no lo hizo, n.º {n} ({do}): {line}").format(n=record.n, do=record.do, line=record.line)

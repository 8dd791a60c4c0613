"""How each question of an assignment worked, by classical test theory: exact, in plain Python, fast enough for a page.

Every figure is over the people whose answer to that question has points. An answer left blank counts as the zero that it
earns, and is told apart. What waits for a person or could not be graded is no zero: it counts nowhere. Points are taken
as shares of the question's maximum, so that questions of 2 and of 8 points compare.

None of it judges a person, and with few people none of it is firm: ``FIRM`` and ``ENOUGH`` say from when on what is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from ciberaula.progress.tables import ItemRow, ModulePlan, SlipRow

# Under this many people a correlation is noise: with 10 and no relation at all, one in twenty still passes 0.63.
ENOUGH = 10
# Under this many, what is shown is a clue: a correlation of 0.30 may be anything from −0.07 to 0.60 (Fisher's z, 95 %).
FIRM = 30
# Kelley, T. L. (1939). The selection of upper and lower groups for the validation of test items. Journal of Educational
# Psychology, 30(1), 17-24: with 27 % at each end, the difference between the ends is told with most certainty.
GROUP_SHARE = 0.27
# An item that fewer than this share of the people have graded is left out of alpha, instead of leaving the people out.
_GRADED_BY = 0.5
_NOTHING = 1e-12  # of a variance: shares of thirds don't add up exactly in binary


@dataclass(frozen=True)
class ItemStats:
    """One question over ``n`` people. Shares are from 0 to 1; ``None`` where the figure does not exist.

    ``difficulty``: the mean share of its points, also called its facility or p: *high is easy*. ``discrimination``: the
    corrected item-rest correlation, −1 to 1. ``upper`` and ``lower``: the mean share of those who did best, and worst, in
    the rest of the assignment. ``blank``: people who left it blank. ``waiting``, ``not_gradable``: answers without points.
    """

    item: str
    kind: str
    competence: str
    maximum: float
    n: int
    difficulty: float | None
    blank: int
    discrimination: float | None
    upper: float | None
    lower: float | None
    waiting: int
    not_gradable: int

    @property
    def spread(self) -> float | None:
        """``upper`` − ``lower``: the index D of Kelley's groups."""
        return None if self.upper is None or self.lower is None else self.upper - self.lower


@dataclass(frozen=True)
class Reliability:
    """Cronbach's alpha of ``items`` questions over the ``people`` who have points in all of them.

    ``error``: the standard error of measurement in points, out of ``maximum``; ``None`` where alpha is under 0.
    ``left_out``: questions that too few have graded yet.
    """

    alpha: float
    items: int
    people: int
    error: float | None
    maximum: float
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Analysis:
    """The questions of a module's assignment in its order, and how consistent the whole is. ``people``: with any points."""

    items: tuple[ItemStats, ...]
    people: int
    reliability: Reliability | None


def analyse(plan: ModulePlan, rows: Iterable[ItemRow]) -> Analysis:
    """Analyse the module ``plan`` over ``rows`` (those of other modules are passed over)."""
    found: dict[str, list[ItemRow]] = {item: [] for item in plan.items}
    for row in rows:
        if row.module == plan.id and row.item in found:
            found[row.item].append(row)
    points = {
        item: {row.pseudonym: row.earned for row in mine if row.earned is not None and row.maximum > 0}
        for item, mine in found.items()
    }
    maxima = {item: max((row.maximum for row in mine), default=plan.items[item][2]) for item, mine in found.items()}
    rest = _Rest(points, maxima)
    stats = tuple(_stats(plan, item, mine, points[item], maxima[item], rest) for item, mine in found.items())
    return Analysis(stats, len(rest.earned), reliability(points, maxima))


class _Rest:
    """What each person earned altogether, so that the rest of any question is one subtraction."""

    def __init__(self, points: Mapping[str, Mapping[str, float]], maxima: Mapping[str, float]) -> None:
        self.earned: dict[str, float] = {}
        self.possible: dict[str, float] = {}
        for item, by_person in points.items():
            for person, earned in by_person.items():
                self.earned[person] = self.earned.get(person, 0.0) + earned
                self.possible[person] = self.possible.get(person, 0.0) + maxima[item]

    def share_without(self, person: str, earned: float, maximum: float) -> float | None:
        """The person's share of the points of all their other graded questions; ``None`` where there is no other."""
        possible = self.possible[person] - maximum
        return (self.earned[person] - earned) / possible if possible > _NOTHING else None


def _stats(
    plan: ModulePlan, item: str, rows: Sequence[ItemRow], points: Mapping[str, float], maximum: float, rest: _Rest
) -> ItemStats:
    kind, competence, _points = plan.items[item]
    pairs = [
        (earned / maximum, other)
        for person, earned in points.items()
        if (other := rest.share_without(person, earned, maximum)) is not None
    ]
    upper, lower = ends(pairs)
    return ItemStats(
        item=item,
        kind=kind,
        competence=competence,
        maximum=maximum,
        n=len(points),
        difficulty=fsum(points.values()) / maximum / len(points) if points else None,
        blank=sum(row.status == "unanswered" for row in rows),
        discrimination=correlation(pairs),
        upper=upper,
        lower=lower,
        waiting=sum(row.status in {"awaiting_review", "submitted"} for row in rows),
        not_gradable=sum(row.status == "not_gradable" for row in rows),
    )


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r of (share of the question, share of the rest); ``None`` for under three people or no variation.

    With the rest and not the total, for a question always agrees with itself: the *corrected* item-total correlation
    (Henrysson, S. (1963). Correction of item-total correlations in item analysis. Psychometrika, 28(2), 211-218).

        r = Σ(x−x̄)(y−ȳ) / √( Σ(x−x̄)² · Σ(y−ȳ)² )
    """
    if len(pairs) < 3:
        return None
    mean_x = fsum(x for x, _y in pairs) / len(pairs)
    mean_y = fsum(y for _x, y in pairs) / len(pairs)
    square_x = fsum((x - mean_x) ** 2 for x, _y in pairs)
    square_y = fsum((y - mean_y) ** 2 for _x, y in pairs)
    if min(square_x, square_y) < _NOTHING:
        return None
    together = fsum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return max(-1.0, min(1.0, together / sqrt(square_x * square_y)))


def ends(pairs: Sequence[tuple[float, float]]) -> tuple[float | None, float | None]:
    """The mean share of the question among the 27 % who did best in the rest, and the 27 % who did worst.

    Where the limit falls among people with the same rest, each of them counts in part, so that the order of the list
    decides nothing. ``None`` twice for fewer than four people or where all did alike.
    """
    if len(pairs) < 4:
        return None, None
    levels: dict[float, list[float]] = {}
    for share, rest in pairs:
        levels.setdefault(round(rest, 9), []).append(share)
    if len(levels) < 2:
        return None, None
    size = GROUP_SHARE * len(pairs)
    ordered = sorted(levels)
    return _mean_of_first(size, [levels[one] for one in reversed(ordered)]), _mean_of_first(
        size, [levels[one] for one in ordered]
    )


def _mean_of_first(size: float, levels: Iterable[Sequence[float]]) -> float:
    missing, total = size, 0.0
    for shares in levels:
        taken = min(missing, float(len(shares)))
        total += taken * fsum(shares) / len(shares)
        missing -= taken
        if missing <= _NOTHING:
            break
    return total / size


def reliability(points: Mapping[str, Mapping[str, float]], maxima: Mapping[str, float]) -> Reliability | None:
    """Cronbach's alpha of the points: ``points`` maps a question to (person -> points), ``maxima`` to its maximum.

    With k questions, variances σᵢ² of each and σₓ² of the sum (n − 1 below; the ratio is the same with n):

        α = k/(k−1) · (1 − Σσᵢ² / σₓ²)          error of measurement = σₓ · √(1−α)

    (Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16(3), 297-334; Lord &
    Novick, 1968, for the error.) It says how far the questions order people alike, not whether they measure what they
    should; a short assignment on several competences has a low one for good reasons (Cortina, 1993, J. of Applied
    Psychology 78(1)). Over people with points in every question; questions that under half of the people have graded
    are left out. ``None`` for fewer than two questions or three people, or where the sums do not vary.
    """
    everybody = {person for by_person in points.values() for person in by_person}
    kept = [item for item, by_person in points.items() if by_person and len(by_person) >= _GRADED_BY * len(everybody)]
    left_out = tuple(item for item in points if item not in kept)
    complete = [person for person in everybody if all(person in points[item] for item in kept)]
    if len(kept) < 2 or len(complete) < 3:
        return None
    parts = fsum(variance([points[item][person] for person in complete]) for item in kept)
    whole = variance([fsum(points[item][person] for item in kept) for person in complete])
    if whole < _NOTHING:
        return None
    alpha = len(kept) / (len(kept) - 1) * (1 - parts / whole)
    return Reliability(
        alpha=alpha,
        items=len(kept),
        people=len(complete),
        error=sqrt(whole * (1 - alpha)) if 0 <= alpha <= 1 else None,
        maximum=fsum(maxima[item] for item in kept),
        left_out=left_out,
    )


def variance(values: Sequence[float]) -> float:
    """The sample variance (over n − 1) of at least two values."""
    mean = fsum(values) / len(values)
    return fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def common_slips(rows: Iterable[SlipRow], module: str, most: int) -> dict[str, list[tuple[str, int]]]:
    """By question of ``module``, the ``most`` common wrong answers with how many people gave each, most common first.

    What one person alone answered is not common, and is left out.
    """
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        if row.module == module:
            of_item = counts.setdefault(row.item, {})
            of_item[row.answer] = of_item.get(row.answer, 0) + row.count
    found: dict[str, list[tuple[str, int]]] = {}
    for item, of_item in counts.items():
        several = [(answer, count) for answer, count in of_item.items() if count > 1]
        if several:
            found[item] = sorted(several, key=lambda pair: (-pair[1], pair[0]))[:most]
    return found

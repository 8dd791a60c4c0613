"""Scoring of answers that pick among what the question offers: single, multiple, ordering, matching."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ciberaula.grading.scoring.result import (
    ItemScore,
    earned,
    is_blank,
    require_author,
    require_points,
    unanswered,
    unexpected,
)
from ciberaula.grading.scoring.wording import Wording, sentence
from ciberaula.i18n import _

Why = Mapping[str, str]


def single(
    item: str,
    answer: Any,
    *,
    points: float,
    key: str,
    why: Why,
    partial: Mapping[str, float] | None = None,
) -> ItemScore:
    """Score one option. ``why`` explains every option; ``partial`` gives a defensible second best its fraction."""
    fractions = dict(partial or {})
    require_points(item, points)
    require_author(key in why, item, _("la opción correcta «{key}» no tiene explicación").format(key=key))
    require_author(
        all(option in why and option != key and 0 < value < 1 for option, value in fractions.items()),
        item,
        _("cada crédito parcial va entre 0 y 1, sobre otra opción que tenga explicación"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not isinstance(answer, str) or answer not in why:
        return unexpected(item, points=points)
    words = Wording(item)
    lines = [why[answer]]
    if answer != key:
        lines.append(_("Lo más indicado: {option} {why}").format(option=sentence(words.option(key)), why=why[key]))
    fraction = 1.0 if answer == key else fractions.get(answer, 0.0)
    return earned(item, fraction, points=points, answered=words.option(answer), explanation=lines)


def multiple(item: str, answer: Any, *, points: float, keys: Sequence[str], why: Why) -> ItemScore:
    """Score a set of options: (hits − wrong picks) / number of keys, never under 0.

    Marking everything therefore earns only what the keys exceed the distractors by.
    """
    right = set(keys)
    require_points(item, points)
    require_author(
        bool(right) and len(right) == len(keys) and right <= set(why),
        item,
        _("las claves van sin repetir y cada opción lleva su explicación"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not _is_texts(answer) or not set(answer) <= set(why):
        return unexpected(item, points=points)
    words = Wording(item)
    chosen = set(answer)
    lines = []
    for option, reason in why.items():
        if option in right:
            mark = _("Bien marcada") if option in chosen else _("Faltó marcar")
        else:
            mark = _("No correspondía marcar") if option in chosen else _("Bien descartada")
        lines.append(f"{mark}: {sentence(words.option(option))} {reason}")
    fraction = (len(chosen & right) - len(chosen - right)) / len(right)
    answered = "; ".join(words.option(option) for option in why if option in chosen)
    return earned(item, fraction, points=points, answered=answered, explanation=lines)


def ordering(item: str, answer: Any, *, points: float, order: Sequence[str], why: Why) -> ItemScore:
    """Score an order by its share of pairs in the right relative order (Kendall's distance).

    A random order has half of its pairs right, so that half earns nothing: ``max(0, 2·share − 1)``. The answer must
    hold every step once.
    """
    require_points(item, points)
    require_author(
        len(order) >= 3 and len(set(order)) == len(order) and set(order) == set(why),
        item,
        _("el orden lleva al menos tres pasos distintos, cada uno con su explicación"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    if not _is_texts(answer) or len(answer) != len(order) or set(answer) != set(order):
        return unexpected(item, points=points)
    words = Wording(item)
    place = {step: index for index, step in enumerate(answer)}
    pairs = list(combinations(order, 2))
    share = sum(place[first] < place[second] for first, second in pairs) / len(pairs)
    lines = []
    for index, step in enumerate(order):
        moved = place[step] - index
        note = "" if not moved else _(" (usted lo puso en el lugar {place})").format(place=place[step] + 1)
        lines.append(f"{index + 1}. {words.option(step)}{note}. {why[step]}")
    answered = " → ".join(words.option(step) for step in answer)
    return earned(item, 2 * share - 1, points=points, answered=answered, explanation=lines)


def matching(item: str, answer: Any, *, points: float, pairs: Mapping[str, str], why: Why) -> ItemScore:
    """Score a matching by its share of right pairs. A left side without a pair earns nothing and costs nothing."""
    require_points(item, points)
    require_author(
        len(pairs) >= 2 and set(pairs) == set(why),
        item,
        _("cada elemento de la izquierda lleva su pareja y su explicación"),
    )
    if is_blank(answer):
        return unanswered(item, points=points)
    sound = isinstance(answer, Mapping) and all(
        left in pairs and (right is None or isinstance(right, str)) for left, right in answer.items()
    )
    if not sound:
        return unexpected(item, points=points)
    words = Wording(item)
    hits = 0
    lines, told = [], []
    for left, right in pairs.items():
        given = answer.get(left)
        hits += given == right
        if given:
            told.append(f"{words.left(left)} → {words.right(given)}")
        mark = _("Bien") if given == right else _("Revise")
        lines.append(f"{mark}: {words.left(left)} → {sentence(words.right(right))} {why[left]}")
    return earned(item, hits / len(pairs), points=points, answered="; ".join(told), explanation=lines)


def _is_texts(answer: Any) -> bool:
    """True for a list of different texts."""
    if not isinstance(answer, list) or not all(isinstance(value, str) for value in answer):
        return False
    return len(set(answer)) == len(answer)

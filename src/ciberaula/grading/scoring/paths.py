"""Scoring of a decision path: the road a trainee took through a branching scenario."""

from collections.abc import Mapping
from typing import Any

from ciberaula.errors import UserError
from ciberaula.grading.scoring.result import (
    ItemScore,
    earned,
    is_blank,
    require_author,
    require_points,
    unanswered,
    unexpected,
)
from ciberaula.grading.scoring.wording import Wording
from ciberaula.i18n import _

Step = tuple[str, str]
Graph = Mapping[str, Mapping[str, str]]


def path(
    item: str,
    answer: Any,
    *,
    points: float,
    graph: Graph,
    worth: Mapping[Step, float],
    why: Mapping[Step, str],
    critical: Mapping[Step, str] | None = None,
) -> ItemScore:
    """Score a walk through a scenario: the worth of the decisions taken, over that of the best walk there is.

    ``graph`` maps each decision node to ``{option: next node}``; the first node is the start, a node that is no key is
    an ending, and there are no loops. ``worth`` gives each step ``(node, option)`` its fraction (0 where it is left
    out) and ``why`` explains every step. ``critical`` names critical errors: they are listed in the score and change no
    points. ``answer`` is ``{"path": [[node, option], …], "end": node}``; a walk that stops before an ending earns what
    it decided. A step that the scenario does not allow makes the whole answer unexpected.
    """
    named = dict(critical or {})
    require_points(item, points)
    steps = {(node, option) for node, options in graph.items() for option in options}
    require_author(bool(steps), item, _("el escenario no tiene decisiones"))
    require_author(set(why) == steps, item, _("cada decisión lleva su explicación, y ninguna sobra"))
    require_author(
        set(worth) <= steps and all(0 <= value <= 1 for value in worth.values()) and set(named) <= steps,
        item,
        _("el valor de una decisión va de 0 a 1 y toda decisión nombrada existe en el escenario"),
    )
    best = _best(item, graph, worth)
    if is_blank(answer):
        return unanswered(item, points=points)
    walked = _walk(graph, answer)
    if walked is None:
        return unexpected(item, points=points)
    taken, arrived = walked
    if not taken:
        return unanswered(item, points=points)
    words = Wording(item)
    lines = [f"{index}. {why[step]}" for index, step in enumerate(taken, start=1)]
    if not arrived:
        lines.append(_("La historia quedó sin terminar: cuentan las decisiones que alcanzó a tomar."))
    return earned(
        item,
        sum(worth.get(step, 0.0) for step in taken) / best,
        points=points,
        answered=" → ".join(words.step(*step) for step in taken),
        explanation=lines,
        critical=[named[step] for step in taken if step in named],
    )


def _walk(graph: Graph, answer: Any) -> tuple[list[Step], bool] | None:
    """The steps of a legal walk and whether it reached an ending; ``None`` when it is no legal walk."""
    raw = answer.get("path") if isinstance(answer, Mapping) else None
    if not isinstance(raw, list):
        return None
    node = next(iter(graph))
    taken: list[Step] = []
    for step in raw:
        if not (isinstance(step, (list, tuple)) and len(step) == 2 and all(isinstance(part, str) for part in step)):
            return None
        if step[0] != node or step[1] not in graph.get(node, {}):
            return None
        taken.append((step[0], step[1]))
        node = graph[node][step[1]]
    arrived = node not in graph
    end = answer.get("end")
    return (taken, arrived) if end is None or (arrived and end == node) else None


def _best(item: str, graph: Graph, worth: Mapping[Step, float]) -> float:
    """The largest worth that a walk from the start can gather. Raises ``UserError`` for loops or a worthless scenario."""
    found: dict[str, float] = {}

    def reach(node: str, above: tuple[str, ...]) -> float:
        if node not in graph:
            return 0.0
        require_author(node not in above, item, _("el escenario vuelve sobre «{node}»").format(node=node))
        if node not in found:
            require_author(bool(graph[node]), item, _("«{node}» no tiene opciones").format(node=node))
            found[node] = max(
                worth.get((node, option), 0.0) + reach(then, (*above, node)) for option, then in graph[node].items()
            )
        return found[node]

    best = reach(next(iter(graph)), ())
    if best <= 0 or set(found) != set(graph):
        raise UserError(
            _("Clave de {item} mal definida: ningún camino vale puntos o hay decisiones a las que no se llega.").format(
                item=item
            )
        )
    return best

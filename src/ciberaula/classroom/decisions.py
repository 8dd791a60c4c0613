"""Branching decision scenarios (``decision-*.yml``) as typed objects, checked as a graph.

::

    schema: 1
    id: decision-grupo
    graded: false
    title: Un mensaje en el grupo equivocado
    competence: datos.incidente
    coverage: [CW-41]
    situation: inicio            # the node where the story begins
    nodes:
      inicio:
        text: …
        options:                 # three or more
          - {id: a, text: …, consequence: …, feedback: …, quality: good, next: avisar}
      avisar: {text: …, end: true, closing: …}

``feedback`` and ``quality`` (good, acceptable, poor, critical) belong to formative scenarios only.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from ciberaula.classroom.markup import expand_placeholders
from ciberaula.classroom.spec import Coverage, Flag, refuse_keys
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, Text, distinct_ids, read_yaml, validate

Quality = Literal["good", "acceptable", "poor", "critical"]
Step = tuple[str, str]
"""A node and the option taken in it."""


class Turn(Strict):
    """One way on from a node."""

    id: Id
    text: Text
    consequence: Text
    next: Id
    feedback: str = ""
    quality: Quality | None = None


class Node(Strict):
    """A moment of the story; an ``end`` has no options and may have a ``closing``."""

    text: Text
    options: list[Turn] = Field(default_factory=list)
    end: bool = False
    closing: str = ""

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.end and self.options:
            raise ValueError(_("un final («end: true») no lleva opciones: quítelas."))
        if not self.end and len(self.options) < 3:
            raise ValueError(_("hacen falta al menos tres opciones, o «end: true» si la historia termina aquí."))
        if self.closing and not self.end:
            raise ValueError(_("«closing» solo va en un final («end: true»)."))
        distinct_ids(self.options, "options")
        return self

    def option(self, id: str) -> Turn | None:
        return next((turn for turn in self.options if turn.id == id), None)


class Decision(Strict):
    """A whole scenario. Answer: ``{"path": [[node, option], …], "end": node or None while it goes on}``."""

    schema_: Literal[1] = Field(alias="schema")
    id: Id
    graded: Flag
    title: Text
    competence: Id
    coverage: Coverage = Field(default_factory=list)
    situation: Id
    nodes: Annotated[dict[Id, Node], Field(min_length=2)]

    kind: ClassVar[Literal["scenario"]] = "scenario"

    def graph_mistake(self) -> str | None:
        """The first thing wrong with the graph, in Spanish, or ``None``."""
        if self.situation not in self.nodes:
            return _("«situation» nombra el nodo «{id}», que no existe").format(id=self.situation)
        for name, node in self.nodes.items():
            for turn in node.options:
                if turn.next not in self.nodes:
                    return _("nodo «{node}», opción «{option}»: «next» nombra «{next}», que no existe").format(
                        node=name, option=turn.id, next=turn.next
                    )
        unreached = set(self.nodes) - _closure({self.situation}, self._ways_on())
        if unreached:
            return _("al nodo «{id}» no se llega por ningún camino: enlácelo o quítelo").format(id=min(unreached))
        ends = {name for name, node in self.nodes.items() if node.end}
        trapped = set(self.nodes) - _closure(ends, self._ways_back())
        if trapped:
            return _("desde el nodo «{id}» no se llega a ningún final: dele una salida").format(id=min(trapped))
        return None

    def feedback_gap(self) -> str | None:
        """The first option of a formative scenario that does not explain itself, in Spanish, or ``None``."""
        for name, node in self.nodes.items():
            for turn in node.options:
                if not turn.feedback or turn.quality is None:
                    return _("nodo «{node}», opción «{option}»: faltan «feedback» y «quality»").format(
                        node=name, option=turn.id
                    )
        return None

    def walk(self, path: Sequence[Step]) -> str | None:
        """The node where ``path`` leads from the beginning, or ``None`` where it is no legal walk."""
        here = self.situation
        for node, option in path:
            turn = self.nodes[here].option(option) if node == here else None
            if turn is None:
                return None
            here = turn.next
        return here

    def _ways_on(self) -> Mapping[str, set[str]]:
        return {name: {turn.next for turn in node.options} for name, node in self.nodes.items()}

    def _ways_back(self) -> Mapping[str, set[str]]:
        back: dict[str, set[str]] = {name: set() for name in self.nodes}
        for name, targets in self._ways_on().items():
            for target in targets:
                back[target].add(name)
        return back


def load_decision(path: Path) -> Decision:
    """Read and check a ``decision-*.yml``. Raises ``UserError``: file, node, what is wrong, what to do."""
    file = read_yaml(path)
    if file.data.get("graded") is True:
        refuse_keys(file.data, path.name)
    decision = validate(Decision, file, expand_placeholders(file.data, path.name))
    mistake = decision.graph_mistake() or (None if decision.graded else decision.feedback_gap())
    if mistake:
        raise UserError(f"{path.name}: {mistake}.")
    return decision


def _closure(start: set[str], ways: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for name in ways[waiting.pop()] - reached:
            reached.add(name)
            waiting.append(name)
    return reached

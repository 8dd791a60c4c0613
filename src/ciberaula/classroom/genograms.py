"""Genogram and ecomap of a case file: who belongs to whom, and what sustains or strains them.

Signs follow the usual convention of family practice: a square for a man, a circle for a woman, a diamond for whoever is
neither or prefers not to say, a thick edge for the person the case is about, a dashed line for a tie that ended. Ties that
strain are marked by words and zigzag, never by colour alone. Both are drawn from the people and ties of the desk.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ciberaula.casework.entities import CaseFile, Person, Relation
from ciberaula.classroom.drawing import Drawing, Label, Line, Point, Shape, lines_of
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

_STEP_X, _STEP_Y, _MARGIN, _SIZE = 150, 190, 90, 54
_HEAD = 120  # room above the first row, for the ties that pass over it
_BOND_STEP = 15
_FORMS = {"man": "square", "woman": "circle"}
_COUPLES = ("partner", "former_partner")
_FAMILY = frozenset({"parent", "sibling", *_COUPLES})
MOST_PEOPLE = 24

KINDS: Mapping[str, str] = {
    "parent": _("{one} es madre o padre de {other}."),
    "partner": _("{one} y {other} son pareja."),
    "former_partner": _("{one} y {other} fueron pareja."),
    "sibling": _("{one} y {other} son hermanas o hermanos."),
    "carer": _("{one} cuida a {other}."),
    "support": _("{one} y {other}: vínculo de apoyo."),
    "tension": _("{one} y {other}: vínculo con tensión."),
    "cut_off": _("{one} y {other}: vínculo interrumpido."),
}
_MARKS = {"carer": _("cuida"), "support": _("apoyo"), "tension": _("tensión"), "cut_off": _("interrumpido")}


@dataclass(frozen=True)
class _Placed:
    person: Person
    x: float
    y: float


def genogram(file: CaseFile, title: str = "") -> Drawing:
    """The family of ``file`` by generations: grandparents above, children below.

    Raises ``UserError`` where somebody would be her own ancestor, or where there are more than 24 people.
    """
    people, ties = _people(file), file.of(Relation)
    kin = [tie for tie in ties if tie.one in people and tie.other in people]
    rows = _rows(people, _generations(people, kin, file.case.subject), kin)
    head = _HEAD if any(tie.kind in _MARKS for tie in kin) else _MARGIN // 2 + _SIZE // 2
    placed = {
        person.id: _Placed(person, _MARGIN + column * _STEP_X, head + row * _STEP_Y)
        for row, members in enumerate(rows)
        for column, person in _spread(members, max(map(len, rows)))
    }
    widest = max(map(len, rows))
    width, height = 2 * _MARGIN + (widest - 1) * _STEP_X, head + _MARGIN + (len(rows) - 1) * _STEP_Y
    lines, marks = _family_lines(placed, kin)
    shapes = [_sign(one, file.case.subject) for one in placed.values()]
    names = [label for one in placed.values() for label in _name(one)]
    return Drawing(
        title or _("Genograma"),
        int(max(width, 300)),
        int(height),
        tuple(lines),
        tuple(shapes),
        (*names, *marks),
        tuple(_facts(file, people, kin)),
    )


def ecomap(file: CaseFile, names: Mapping[str, str], title: str = "") -> Drawing:
    """The subject in the middle, and around her whoever sustains or strains: people and organisations.

    ``names``: id -> name, for the organisations, which are no people of the file.
    """
    subject = file.get(Person, file.case.subject)
    around: dict[str, list[Relation]] = {}
    for tie in file.of(Relation):
        if file.case.subject in (tie.one, tie.other):
            around.setdefault(tie.other if tie.one == file.case.subject else tie.one, []).append(tie)
    # Few ties need little paper, and none only the room of a name.
    radius = 205.0 if len(around) > 4 else 150.0 if around else 0.0
    middle, centre = radius + 95, radius + 60
    lines: list[Line] = []
    shapes: list[Shape] = []
    labels: list[Label] = []
    known = {**names, **{one.id: one.name for one in file.of(Person)}}
    for index, (id, ties) in enumerate(around.items()):
        angle = 2 * math.pi * index / len(around) - math.pi / 2
        x, y = middle + radius * math.cos(angle), centre + radius * math.sin(angle)
        # One line for all that is between two people: what sustains or strains says more here than kinship.
        marks = list(dict.fromkeys(_MARKS[tie.kind] for tie in ties if tie.kind in _MARKS))
        shown = next((tie for tie in reversed(ties) if tie.kind in _MARKS), ties[-1])
        lines.append(_tie_line(shown.kind, (middle, centre), (x, y)))
        shapes.append(Shape("circle" if file.get(Person, id) else "frame", x, y, 124, 58))
        labels += _centred(known.get(id, id), x, y)
        if marks:
            labels.append(Label((middle + x) / 2, (centre + y) / 2 + 4, ", ".join(marks), small=True))
    shapes.append(Shape("circle", middle, centre, 130, 70, bold=True))
    labels += _centred(subject.name if subject else file.case.subject, middle, centre)
    facts = [_("En el centro: {name}.").format(name=subject.name if subject else file.case.subject)]
    facts += [_fact(tie, known) for ties in around.values() for tie in ties] or [_("Todavía no hay vínculos anotados.")]
    return Drawing(
        title or _("Ecomapa"),
        int(2 * middle),
        int(2 * centre),
        tuple(lines),
        tuple(shapes),
        tuple(labels),
        tuple(facts),
    )


def _people(file: CaseFile) -> dict[str, Person]:
    people = {one.id: one for one in file.of(Person)}
    if len(people) > MOST_PEOPLE:
        raise UserError(
            _("El genograma admite hasta {most} personas y el caso tiene {n}: deje las que importan al plan.").format(
                most=MOST_PEOPLE, n=len(people)
            )
        )
    return people


def _generations(people: Mapping[str, Person], ties: list[Relation], subject: str) -> dict[str, int]:
    """person -> generation, the oldest 0. People without family ties stand with the subject."""
    level = {subject: 0} if subject in people else {}
    waiting = list(level)
    neighbours: dict[str, list[tuple[str, int]]] = {id: [] for id in people}
    for tie in ties:
        if tie.kind in _FAMILY:
            down = 1 if tie.kind == "parent" else 0
            neighbours[tie.one].append((tie.other, down))
            neighbours[tie.other].append((tie.one, -down))
    for start in people:
        if start not in level:
            waiting.append(start) if not level else None
        while waiting:
            one = waiting.pop(0)
            level.setdefault(one, 0)
            for other, shift in neighbours[one]:
                if other not in level:
                    level[other] = level[one] + shift
                    waiting.append(other)
    for id in people:
        level.setdefault(id, 0)
    for tie in ties:
        if tie.kind == "parent" and level[tie.one] >= level[tie.other]:
            raise UserError(
                _(
                    "Los vínculos no cierran: {one} no puede ser madre o padre de {other}. Corrija uno de los dos."
                ).format(one=people[tie.one].name, other=people[tie.other].name)
            )
    oldest = min(level.values())
    return {id: found - oldest for id, found in level.items()}


def _rows(people: Mapping[str, Person], level: Mapping[str, int], ties: list[Relation]) -> list[list[Person]]:
    """People by generation, couples side by side and siblings together, below their parents as far as it goes."""
    rows: list[list[Person]] = [[] for _generation in range(max(level.values()) + 1)]
    couples: dict[str, list[str]] = {}
    parents: dict[str, list[str]] = {}
    for tie in ties:
        if tie.kind in _COUPLES:
            couples.setdefault(tie.one, []).append(tie.other)
            couples.setdefault(tie.other, []).append(tie.one)
        elif tie.kind == "parent":
            parents.setdefault(tie.other, []).append(tie.one)
    for generation, row in enumerate(rows):
        above = [one.id for one in rows[generation - 1]] if generation else []
        members = [id for id in people if level[id] == generation]
        members.sort(key=lambda id: min((above.index(one) for one in parents.get(id, []) if one in above), default=99))
        for id in members:
            if people[id] not in row:
                row.append(people[id])
            for other in couples.get(id, []):
                if level[other] == generation and people[other] not in row:
                    row.insert(row.index(people[id]) + 1, people[other])
    return rows


def _spread(members: list[Person], widest: int) -> Iterator[tuple[float, Person]]:
    """Columns of one row, centred below the widest."""
    start = (widest - len(members)) / 2
    for index, person in enumerate(members):
        yield start + index, person


def _sign(one: _Placed, subject: str) -> Shape:
    form = _FORMS.get(one.person.gender, "diamond")
    return Shape(form, one.x, one.y, _SIZE, _SIZE, bold=one.person.id == subject)


def _name(one: _Placed) -> Iterator[Label]:
    if one.person.age is not None:
        yield Label(one.x, one.y + 5, str(one.person.age))
    for index, line in enumerate(lines_of(one.person.name)):
        yield Label(one.x, one.y + _SIZE / 2 + 18 + 15 * index, line)


def _centred(text: str, x: float, y: float) -> list[Label]:
    lines = lines_of(text)
    return [Label(x, y + 5 + 15 * (index - (len(lines) - 1) / 2), line) for index, line in enumerate(lines)]


def _family_lines(placed: Mapping[str, _Placed], ties: list[Relation]) -> tuple[list[Line], list[Label]]:
    lines: list[Line] = []
    marks: list[Label] = []
    couples = {frozenset((tie.one, tie.other)) for tie in ties if tie.kind in _COUPLES}
    parents: dict[str, list[str]] = {}
    passing: Counter[float | frozenset[str]] = Counter()
    for tie in ties:
        one, other = placed[tie.one], placed[tie.other]
        if tie.kind in _COUPLES:
            lines.append(Line(((one.x, one.y), (other.x, other.y)), dashed=tie.kind == "former_partner"))
        elif tie.kind == "parent":
            parents.setdefault(tie.other, []).append(tie.one)
        elif tie.kind == "sibling":
            y = one.y - _SIZE / 2 - 14
            lines.append(Line(((one.x, one.y), (one.x, y), (other.x, y), (other.x, other.y))))
        else:
            # How many pass there already: over the heads of that row, or between the same two of different rows.
            way = one.y if one.y == other.y else frozenset((tie.one, tie.other))
            line, mark = _bond(tie.kind, one, other, passing[way])
            passing[way] += 1
            lines.append(line)
            marks.append(mark)
    for child, known in parents.items():
        lines += _descent(placed, placed[child], known, couples)
    return lines, marks


def _descent(
    placed: Mapping[str, _Placed], child: _Placed, parents: list[str], couples: set[frozenset[str]]
) -> Iterator[Line]:
    """From between a couple, or from each parent who is no couple, down to the child."""
    middle = child.y - _SIZE / 2 - 22
    pairs = [pair for pair in couples if pair <= set(parents)]
    together = set().union(*pairs)
    starts = [(sum(placed[id].x for id in pair) / 2, placed[next(iter(pair))].y) for pair in sorted(pairs, key=sorted)]
    starts += [(placed[id].x, placed[id].y) for id in parents if id not in together]
    for x, y in starts:
        yield Line(((x, y), (x, middle), (child.x, middle), (child.x, child.y)))


def _bond(kind: str, one: _Placed, other: _Placed, already: int) -> tuple[Line, Label]:
    """A tie of another nature than kinship: over the heads of a row, else straight, beside those ``already`` there."""
    if one.y != other.y:
        beside = 12 * min(already, 3)
        middle = ((one.x + other.x) / 2 + beside, (one.y + other.y) / 2 + _BOND_STEP * already)
        line = _tie_line(kind, (one.x + beside, one.y), (other.x + beside, other.y))
        return line, Label(*middle, _MARKS[kind], small=True)
    height = one.y - _SIZE / 2 - 34 - _BOND_STEP * min(already, 3)
    inward = 8 + 4 * min(already, 3)
    left, right = (one.x + inward, other.x - inward) if one.x < other.x else (one.x - inward, other.x + inward)
    arch = _tie_line(kind, (left, height), (right, height))
    points = ((left, one.y), *arch.points, (right, one.y))
    return Line(points, arch.dashed, arch.double), Label((left + right) / 2, height + 4, _MARKS[kind], small=True)


def _tie_line(kind: str, start: Point, end: Point) -> Line:
    if kind == "tension":
        return Line(_zigzag(start, end))
    return Line((start, end), dashed=kind in ("cut_off", "former_partner"), double=kind in ("support", "carer"))


def _zigzag(start: Point, end: Point, teeth: int = 12, height: float = 6) -> tuple[Point, ...]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1
    return (
        start,
        *(
            (
                start[0] + dx * i / teeth - dy / length * height * (-1) ** i,
                start[1] + dy * i / teeth + dx / length * height * (-1) ** i,
            )
            for i in range(1, teeth)
        ),
        end,
    )


def _facts(file: CaseFile, people: Mapping[str, Person], ties: list[Relation]) -> Iterator[str]:
    names = {id: one.name for id, one in people.items()}
    for person in people.values():
        told = _("{name}, {relation}").format(name=person.name, relation=person.relation)
        if person.age is not None:
            told += ", " + ngettext("{n} año", "{n} años", person.age).format(n=person.age)
        yield told + (_(" (de quien trata el caso).") if person.id == file.case.subject else ".")
    for tie in ties:
        yield _fact(tie, names)


def _fact(tie: Relation, names: Mapping[str, str]) -> str:
    return KINDS[tie.kind].format(one=names.get(tie.one, tie.one), other=names.get(tie.other, tie.other))

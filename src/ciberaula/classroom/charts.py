"""Charts of a few plain kinds as SVG text, for the screen and for grey print.

They need no network, no script and no style sheet. The ground is white in a dark theme too, so that colours stay what they
are. Fills are Okabe and Ito's colours (Color Universal Design, 2008; the green darkened), dark and light in turn, each with
a hatch of its own and an outline; lines differ by dash and mark. Nothing is told by colour alone, and the figures stand on
the chart.

Hatches are drawn line by line, not as SVG patterns: those are found by an id, which a notebook shows twice.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ciberaula.classroom.drawing import INK
from ciberaula.classroom.values import number_text

GROUND = "#ffffff"
GRID = "#767676"
WIDTH = 340  # at 300 pixels, as on a phone, letters are still 12 pixels high
FONT = 14
_MOST_WIDE = 460
_BAR, _GAP, _LINE = 18, 10, 18
_MARGIN = 8


@dataclass(frozen=True)
class Look:
    """How a series looks: its fill, the colour of its hatch, the hatch itself, and the mark and dash of its line."""

    fill: str
    hatch_ink: str
    hatch: str
    mark: str
    dash: str


LOOKS: tuple[Look, ...] = (
    Look("#0072B2", "#ffffff", "", "circle", ""),
    Look("#E69F00", INK, "diagonal", "square", "7 4"),
    Look("#F0E442", INK, "dots", "triangle", "2 4"),
    Look("#000000", "#ffffff", "rows", "diamond", "10 3 2 3"),
    Look("#CC79A7", INK, "cross", "plus", "5 2"),
    Look("#00664B", "#ffffff", "columns", "ring", "12 4"),
)
MOST_SERIES = len(LOOKS)


@dataclass(frozen=True)
class Series:
    """Figures of one kind, one a category or month; ``None`` where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Cloud:
    """Points of one kind: x, y, and how many rows lie on that spot."""

    name: str
    points: Sequence[tuple[float, float, int]]


def bars(title: str, told: str, categories: Sequence[str], series: Sequence[Series], unit: str = "") -> str:
    """Horizontal bars from zero, one a category, or one a category and series (at most six of these)."""
    values = [value for one in series for value in one.values if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    longest = max((len(_figure(value, unit)) for value in values), default=1)
    left, right = _MARGIN, WIDTH - _MARGIN - longest * FONT * 0.62 - 6
    scale = (right - left) / ((high - low) or 1)
    zero = left - low * scale
    parts, y = _legend(series) if len(series) > 1 else ([], float(_MARGIN))
    for index, category in enumerate(categories):
        for line in _wrapped(category):
            y += _LINE
            parts.append(_text(left, y - 4, line, bold=len(series) > 1))
        begun = y
        for number, one in enumerate(series):
            value = one.values[index]
            x, size = left + (min(value or 0.0, 0.0) - low) * scale, abs(value or 0.0) * scale
            parts.append(filled(x, y, size, _BAR, LOOKS[number]))
            end = left + (max(value or 0.0, 0.0) - low) * scale
            parts.append(_text(end + 6, y + 14, "—" if value is None else _figure(value, unit)))
            y += _BAR + 3
        parts.append(_rule(zero, begun - 1, zero, y - 2, INK))
        y += _GAP
    return _svg(title, told, y + 2, parts)


def columns(title: str, told: str, names: Sequence[str], values: Sequence[float], axis: str) -> str:
    """A histogram: upright bars side by side, from zero. ``names`` of the intervals, ``axis`` what they measure."""
    left, top, floor, right = 44.0, 26.0, 226.0, float(WIDTH - _MARGIN)
    high = max([*values, 1])
    parts = _y_axis(left, right, top, floor, 0.0, high)
    step = (right - left) / len(names)
    widest = max(len(name) for name in names) * FONT * 0.62
    every = max(1, math.ceil((widest + FONT) / step))
    for index, (name, value) in enumerate(zip(names, values, strict=True)):
        size = (floor - top) * value / high
        parts.append(filled(left + index * step, floor - size, step, size, LOOKS[0]))
        if step >= len(_figure(value)) * FONT * 0.6:
            parts.append(_text(left + (index + 0.5) * step, floor - size - 4, _figure(value), anchor="middle"))
        if index % every == 0 and left + (index + 0.5) * step + widest / 2 <= WIDTH:
            parts.append(_text(left + (index + 0.5) * step, floor + 18, name, anchor="middle"))
    words, depth = _axis_name(axis, floor + 40)
    return _svg(title, told, depth, [*parts, *words])


def lines(title: str, told: str, names: Sequence[str], series: Sequence[Series], unit: str = "") -> str:
    """One line a series through the figures of each moment, with marks; the scale begins at zero."""
    parts, head = _legend(series, strokes=True) if len(series) > 1 else ([], float(_MARGIN))
    left, right, top, floor = 48.0, float(WIDTH - 16), head + 22, head + 212
    values = [value for one in series for value in one.values if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    parts += _y_axis(left, right, top, floor, low, high or 1.0, unit)
    step = (right - left) / max(len(names) - 1, 1)
    every = max(1, math.ceil((max(len(name) for name in names) + 1) * FONT * 0.62 / step))
    for index in range(0, len(names), every):
        edge = "end" if index == len(names) - 1 and index else "start" if index == 0 else "middle"
        parts.append(_text(left + index * step, floor + 18, names[index], anchor=edge))
    for number, one in enumerate(series):
        spots = [
            None
            if value is None
            else (left + index * step, floor - (floor - top) * (value - low) / ((high - low) or 1))
            for index, value in enumerate(one.values)
        ]
        parts += _path_of(spots, LOOKS[number])
    return _svg(title, told, floor + 26, parts)


def scatter(title: str, told: str, clouds: Sequence[Cloud], x_name: str, y_name: str) -> str:
    """One mark a spot, larger where more rows lie on it. The scales begin near the smallest values."""
    parts, head = _legend([Series(one.name, ()) for one in clouds], marks=True) if len(clouds) > 1 else ([], 8.0)
    for line in _wrapped(f"↑ {y_name}"):
        head += _LINE
        parts.append(_text(_MARGIN, head - 4, line))
    left, right, top, floor = 48.0, float(WIDTH - 16), head + 12, head + 232
    points = [point for one in clouds for point in one.points]
    (x_low, x_high), (y_low, y_high) = (_span([point[n] for point in points]) for n in (0, 1))
    parts += _y_axis(left, right, top, floor, y_low, y_high)
    for value in _ticks(x_low, x_high):
        x = left + (right - left) * (value - x_low) / (x_high - x_low)
        parts += [_rule(x, floor, x, floor + 5, INK), _text(x, floor + 20, number_text(value), anchor="middle")]
    most = max((point[2] for point in points), default=1)
    for number, one in enumerate(clouds):
        for x, y, count in one.points:
            spot = (
                left + (right - left) * (x - x_low) / (x_high - x_low),
                floor - (floor - top) * (y - y_low) / (y_high - y_low),
            )
            parts.append(_mark(spot, LOOKS[number], 3.5 + 4.5 * math.sqrt((count - 1) / most)))
    words, depth = _axis_name(f"→ {x_name}", floor + 40)
    return _svg(title, told, depth + 2, [*parts, *words])


def filled(x: float, y: float, width: float, height: float, look: Look) -> str:
    """A box with the fill, the hatch and the outline of a series."""
    if width <= 0 or height <= 0:
        return ""
    box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{look.fill}" stroke="{INK}"/>'
    return box + _hatch(x, y, width, height, look)


def _hatch(x: float, y: float, width: float, height: float, look: Look) -> str:
    pieces = []
    if look.hatch in ("diagonal", "cross"):
        pieces += _slanted(width, height)
    if look.hatch == "cross":
        pieces += [(x1, height - y1, x2, height - y2) for x1, y1, x2, y2 in _slanted(width, height)]
    if look.hatch == "rows":
        pieces += [(0.0, at, width, at) for at in _steps(height, 6)]
    if look.hatch == "columns":
        pieces += [(at, 0.0, at, height) for at in _steps(width, 6)]
    if look.hatch == "dots":
        pieces += [(at, down, at + 0.1, down) for at in _steps(width, 7) for down in _steps(height, 7)]
    if not pieces:
        return ""
    path = "".join(f"M{x + x1:.1f} {y + y1:.1f}L{x + x2:.1f} {y + y2:.1f}" for x1, y1, x2, y2 in pieces)
    thick = 3 if look.hatch == "dots" else 1.5
    return f'<path d="{path}" stroke="{look.hatch_ink}" stroke-width="{thick}" stroke-linecap="round" fill="none"/>'


def _slanted(width: float, height: float, apart: float = 8) -> list[tuple[float, float, float, float]]:
    """Lines at 45 degrees inside a box: x1, y1, x2, y2 from its corner."""
    found = []
    at = apart
    while at < width + height:
        found.append((max(0.0, at - height), min(at, height), min(at, width), max(0.0, at - width)))
        at += apart
    return found


def _steps(length: float, apart: float) -> list[float]:
    count = int(length / apart)
    return [apart * (n + 0.5) for n in range(count)]


def _path_of(spots: Sequence[tuple[float, float] | None], look: Look) -> list[str]:
    drawn, before = [], None
    path = ""
    for spot in spots:
        if spot is not None:
            path += f"{'L' if before else 'M'}{spot[0]:.1f} {spot[1]:.1f}"
        before = spot
    # A light colour would be lost on white: each line has a dark edge.
    drawn.append(f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="4.5" stroke-dasharray="{look.dash}"/>')
    drawn.append(
        f'<path d="{path}" fill="none" stroke="{look.fill}" stroke-width="2.5" stroke-dasharray="{look.dash}"/>'
    )
    return drawn + [_mark(spot, look, 4.5) for spot in spots if spot is not None]


def _mark(spot: tuple[float, float], look: Look, size: float) -> str:
    x, y = spot
    style = f'fill="{look.fill}" stroke="{INK}" stroke-width="1.2"'
    if look.mark in ("circle", "ring"):
        ground = style if look.mark == "circle" else f'fill="{GROUND}" stroke="{look.fill}" stroke-width="2.5"'
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {ground}/>'
    shapes = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1.2), (1.2, 1), (-1.2, 1)),
        "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "plus": (
            *((-0.5, -1.3), (0.5, -1.3), (0.5, -0.5), (1.3, -0.5), (1.3, 0.5), (0.5, 0.5)),
            *((0.5, 1.3), (-0.5, 1.3), (-0.5, 0.5), (-1.3, 0.5), (-1.3, -0.5), (-0.5, -0.5)),
        ),
    }
    corners = " ".join(f"{x + size * dx:.1f},{y + size * dy:.1f}" for dx, dy in shapes[look.mark])
    return f'<polygon points="{corners}" {style}/>'


def _legend(series: Sequence[Series], *, strokes: bool = False, marks: bool = False) -> tuple[list[str], float]:
    """A line a series with its sign; the height that it takes."""
    parts, y = [], float(_MARGIN)
    for number, one in enumerate(series):
        look = LOOKS[number]
        if marks:
            parts.append(_mark((_MARGIN + 12, y + 8), look, 5))
        elif strokes:
            parts += _path_of([(_MARGIN, y + 8), (_MARGIN + 26, y + 8)], look)
        else:
            parts.append(filled(_MARGIN, y, 26, 15, look))
        parts.append(_text(_MARGIN + 34, y + 13, _short(one.name, 34)))
        y += 22
    return parts, y + 4


def _y_axis(left: float, right: float, top: float, floor: float, low: float, high: float, unit: str = "") -> list[str]:
    parts = [_rule(left, floor, right, floor, INK), _rule(left, top, left, floor, INK)]
    for value in _ticks(low, high):
        y = floor - (floor - top) * (value - low) / ((high - low) or 1)
        parts.append(_text(left - 6, y + 5, _figure(value, unit), anchor="end"))
        if y < floor - 1:
            parts.append(_rule(left, y, right, y, GRID, dashed=True))
    return parts


def _axis_name(name: str, y: float) -> tuple[list[str], float]:
    """Its lines under the axis, and where the chart ends below them."""
    rows = _wrapped(name)
    parts = [_text(WIDTH - _MARGIN, y + _LINE * index, row, anchor="end") for index, row in enumerate(rows)]
    return parts, y + _LINE * (len(rows) - 1) + 4


def _ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most ``most`` round values from ``low`` to ``high``."""
    span = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next((factor * power for factor in (1, 2, 5, 10, 20) if span / (factor * power) <= most), 20 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(step * n, 10) for n in range(first, last + 1)]


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    edge = (high - low) * 0.05 or 0.5
    return low - edge, high + edge


def _figure(value: float, unit: str = "") -> str:
    return f"{number_text(round(value, 2))}{unit}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _wrapped(text: str, most: int = 40) -> list[str]:
    """``text`` in lines that fit the width; two at most."""
    rows = [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if len(longer) <= most or not rows[-1]:
            rows[-1] = longer
        else:
            rows.append(word)
    kept = [_short(row, most) for row in rows[:2]]
    return kept if len(rows) <= 2 else [kept[0], _short(f"{kept[1]}…", most)]


def _text(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{FONT}" font-family="sans-serif" fill="{INK}" '
        f'text-anchor="{anchor}"{weight}>{html.escape(text)}</text>'
    )


def _rule(x1: float, y1: float, x2: float, y2: float, ink: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="2 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}"{dash}/>'


def _svg(title: str, told: str, height: float, parts: Sequence[str]) -> str:
    name, words = html.escape(title), html.escape(told)
    return (
        f'<svg class="ciberaula-chart" role="img" aria-label="{name}. {words}" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="100%" style="display:block;max-width:{_MOST_WIDE}px;height:auto" xmlns="http://www.w3.org/2000/svg" lang="es">'
        f"<title>{name}</title><desc>{words}</desc>"
        f'<rect width="100%" height="100%" fill="{GROUND}"/>{"".join(parts)}</svg>'
    )

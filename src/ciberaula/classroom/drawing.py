"""Line drawings made of a few plain shapes, as accessible SVG for the screen and as PNG for documents.

Positions and sizes are in SVG units (one pixel at normal size). A drawing always comes with its text: whoever cannot see
it reads the same facts as a list, and nothing is told by colour alone.
"""

import html
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ciberaula.i18n import _

if TYPE_CHECKING:
    from PIL import ImageDraw

INK = "#1a1a1a"
FONT_SIZE = 13
_ENLARGED = 2  # a PNG is drawn at twice its size, so that print stays sharp

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A broken line through ``points``; ``dashed`` tells an ended or weak tie, ``double`` a strong one."""

    points: tuple[Point, ...]
    dashed: bool = False
    double: bool = False


@dataclass(frozen=True)
class Shape:
    """A sign around a centre: ``square``, ``circle``, ``diamond`` or ``frame`` (a wide box). ``bold`` marks who it is about."""

    form: str
    x: float
    y: float
    width: float
    height: float
    bold: bool = False


@dataclass(frozen=True)
class Label:
    """A short text centred on a point, over a white ground where a line passes below it."""

    x: float
    y: float
    text: str
    small: bool = False


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet of ``width`` × ``height``. ``facts``: the same in words, a line each."""

    title: str
    width: int
    height: int
    lines: tuple[Line, ...]
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]
    facts: tuple[str, ...] = field(default=())

    @property
    def description(self) -> str:
        """The facts as one text, for the alternative text of a picture."""
        return " ".join(self.facts)

    def svg(self, id: str) -> str:
        """The drawing as an SVG element. ``id`` is unique on the page: the title and the description hang on it."""
        inside = "".join([*map(_line_svg, self.lines), *map(_shape_svg, self.shapes), *map(_label_svg, self.labels)])
        name, told = html.escape(self.title), html.escape(self.description)
        return (
            f'<svg class="ciberaula-drawing" role="img" aria-labelledby="{id}-t {id}-d" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" xmlns="http://www.w3.org/2000/svg" lang="es">'
            f'<title id="{id}-t">{name}</title><desc id="{id}-d">{told}</desc>'
            f'<rect width="100%" height="100%" fill="#fff"/>{inside}</svg>'
        )

    def figure(self, id: str) -> str:
        """The drawing with its caption and, folded, the same facts as a list."""
        facts = "".join(f"<li>{html.escape(fact)}</li>" for fact in self.facts)
        words = _("Lo mismo en palabras")
        return (
            f'<figure class="ciberaula-figure"><div class="ciberaula-scroll" tabindex="0" role="group" '
            f'aria-label="{html.escape(self.title)}">{self.svg(id)}</div><figcaption>{html.escape(self.title)}</figcaption>'
            f"<details><summary>{words}</summary><ul>{facts}</ul></details></figure>"
        )

    def png(self) -> bytes:
        """The drawing as a PNG of few colours, twice its size. The letters come with matplotlib."""
        from PIL import Image, ImageDraw

        picture = Image.new("L", (self.width * _ENLARGED, self.height * _ENLARGED), 255)
        pen = ImageDraw.Draw(picture)
        for line in self.lines:
            _draw_line(pen, line)
        for shape in self.shapes:
            _draw_shape(pen, shape)
        for label in self.labels:
            _draw_label(pen, label)
        stream = io.BytesIO()
        picture.quantize(8).save(stream, "PNG", optimize=True)
        return stream.getvalue()


def lines_of(text: str, most: int = 16) -> list[str]:
    """``text`` in at most two short lines, so that a name fits beside its neighbours."""
    words, lines = text.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        elif len(lines) == 1:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1][: most - 1]}…"
            break
    return [line if len(line) <= most else f"{line[: most - 1]}…" for line in lines]


def _path(points: Sequence[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _line_svg(line: Line) -> str:
    dash = ' stroke-dasharray="6 5"' if line.dashed else ""
    width = 5 if line.double else 2
    drawn = f'<polyline points="{_path(line.points)}" fill="none" stroke="{INK}" stroke-width="{width}"{dash}/>'
    if line.double:
        drawn += f'<polyline points="{_path(line.points)}" fill="none" stroke="#fff" stroke-width="2"/>'
    return drawn


def _corners(shape: Shape) -> list[Point]:
    x, y, w, h = shape.x, shape.y, shape.width / 2, shape.height / 2
    if shape.form == "diamond":
        return [(x, y - h), (x + w, y), (x, y + h), (x - w, y)]
    return [(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)]


def _shape_svg(shape: Shape) -> str:
    style = f'fill="#fff" stroke="{INK}" stroke-width="{4 if shape.bold else 2}"'
    if shape.form == "circle":
        return (
            f'<ellipse cx="{shape.x:g}" cy="{shape.y:g}" rx="{shape.width / 2:g}" ry="{shape.height / 2:g}" {style}/>'
        )
    return f'<polygon points="{_path(_corners(shape))}" {style}/>'


def _label_svg(label: Label) -> str:
    size = FONT_SIZE - 2 if label.small else FONT_SIZE
    return (
        f'<text x="{label.x:g}" y="{label.y:g}" font-size="{size}" font-family="sans-serif" fill="{INK}" '
        f'text-anchor="middle" stroke="#fff" stroke-width="4" paint-order="stroke">{html.escape(label.text)}</text>'
    )


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * _ENLARGED, y * _ENLARGED) for x, y in points]


def _draw_line(pen: "ImageDraw.ImageDraw", line: Line) -> None:
    width = (5 if line.double else 2) * _ENLARGED
    if line.dashed:
        for piece in _dashes(line.points):
            pen.line(_scaled(piece), fill=26, width=width)
        return
    pen.line(_scaled(line.points), fill=26, width=width, joint="curve")
    if line.double:
        pen.line(_scaled(line.points), fill=255, width=2 * _ENLARGED, joint="curve")


def _dashes(points: Sequence[Point], on: float = 6, off: float = 5) -> Iterator[tuple[Point, Point]]:
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        at = 0.0
        while at < length:
            end = min(at + on, length)
            yield (
                (x1 + (x2 - x1) * at / length, y1 + (y2 - y1) * at / length),
                (x1 + (x2 - x1) * end / length, y1 + (y2 - y1) * end / length),
            )
            at = end + off


def _draw_shape(pen: "ImageDraw.ImageDraw", shape: Shape) -> None:
    width = (4 if shape.bold else 2) * _ENLARGED
    if shape.form == "circle":
        x, y, w, h = shape.x, shape.y, shape.width / 2, shape.height / 2
        pen.ellipse(_flat(_scaled([(x - w, y - h), (x + w, y + h)])), fill=255, outline=26, width=width)
    else:
        pen.polygon(_scaled(_corners(shape)), fill=255, outline=26, width=width)


def _flat(points: Sequence[Point]) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = points
    return left, top, right, bottom


def _draw_label(pen: "ImageDraw.ImageDraw", label: Label) -> None:
    from pathlib import Path

    import matplotlib
    from PIL import ImageFont

    face = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    size = (FONT_SIZE - 2 if label.small else FONT_SIZE) * _ENLARGED
    font = ImageFont.truetype(str(face), size - 2)
    at = (label.x * _ENLARGED, label.y * _ENLARGED)
    pen.text(at, label.text, font=font, fill=26, anchor="ms", stroke_width=3 * _ENLARGED, stroke_fill=255)

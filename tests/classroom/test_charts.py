"""Charts: colours that survive colour blindness and grey print, words for whoever cannot see, figures where they belong."""

import itertools
import math
import re
import xml.etree.ElementTree as ET

import pytest

from ciberaula.classroom.charts import (
    FONT,
    GROUND,
    LOOKS,
    WIDTH,
    Cloud,
    Look,
    Series,
    bars,
    columns,
    filled,
    lines,
    scatter,
)
from ciberaula.classroom.drawing import INK

SVG = "{http://www.w3.org/2000/svg}"
# G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, «A physiologically-based model for simulation of color vision
# deficiency», IEEE TVCG 15(6), 2009: matrices of full severity on linear RGB.
BLIND = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
Rgb = tuple[float, float, float]


def linear(colour: str) -> Rgb:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def luminance(colour: Rgb) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def lightness(colour: str) -> float:
    """CIE L*, 0 to 100: what grey print keeps of a colour."""
    return lab(linear(colour))[0]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: from 1 to 21."""
    low, high = sorted((luminance(linear(one)), luminance(linear(other))))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, kind: str) -> Rgb:
    rgb = linear(colour)
    red, green, blue = (max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True))) for row in BLIND[kind])
    return red, green, blue


def lab(rgb: Rgb) -> Rgb:
    matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    values = [sum(a * b for a, b in zip(row, rgb, strict=True)) / w for row, w in zip(matrix, white, strict=True)]
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in values)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_words_stand_out_from_the_ground() -> None:
    assert contrast(INK, GROUND) >= 7
    assert FONT * 300 / WIDTH >= 12  # a phone of 360 pixels leaves about 300


@pytest.mark.parametrize("look", LOOKS, ids=[look.fill for look in LOOKS])
def test_every_hatch_shows_and_every_shape_has_an_edge(look: Look) -> None:
    if look.hatch:
        assert contrast(look.fill, look.hatch_ink) >= 3
    drawn = filled(0, 0, 60, 18, look)
    assert f'stroke="{INK}"' in drawn
    assert ("<path" in drawn) == bool(look.hatch)
    assert contrast(INK, GROUND) >= 3


def test_series_differ_without_colour() -> None:
    for name in ("fill", "hatch", "mark", "dash"):
        assert len({getattr(look, name) for look in LOOKS}) == len(LOOKS), name
    for one, other in itertools.pairwise(LOOKS):  # neighbours on the chart, in grey print
        assert abs(lightness(one.fill) - lightness(other.fill)) >= 10
    for one, other in itertools.combinations(LOOKS[:4], 2):
        assert abs(lightness(one.fill) - lightness(other.fill)) >= 15


@pytest.mark.parametrize("kind", BLIND)
def test_colours_survive_colour_blindness(kind: str) -> None:
    """CIE 1976 distances; 2.3 is just noticeable. The hatches come on top."""
    apart = {
        (one, other): math.dist(lab(seen(LOOKS[one].fill, kind)), lab(seen(LOOKS[other].fill, kind)))
        for one, other in itertools.combinations(range(len(LOOKS)), 2)
    }
    assert min(apart.values()) >= 10, apart
    assert min(distance for (_one, other), distance in apart.items() if other < 4) >= 15, apart


TITLE, TOLD = 'Uso «sí» & <b> por "área"', "Lo más alto es «urbana», con 40 %."
CHARTS = {
    "bars": bars(TITLE, TOLD, ["urbana", "rural"], [Series("", [40, 15])], " %"),
    "grouped": bars(TITLE, TOLD, ["urbana", "rural"], [Series(f"s{n}", [n, None]) for n in range(6)]),
    "negative": bars(TITLE, TOLD, ["a", "b"], [Series("", [-0.5, 0.25])]),
    "columns": columns(TITLE, TOLD, ["0–4", "5–9"], [3, 0], "Edad"),
    "lines": lines(TITLE, TOLD, ["ene 25", "feb 25", "mar 25"], [Series("a", [1, None, 3]), Series("b", [0, 0, 0])]),
    "scatter": scatter(TITLE, TOLD, [Cloud("a", [(1, 2, 1), (3, 4, 9)]), Cloud("b", [])], "x", "y"),
    "nothing": bars(TITLE, TOLD, [], [Series("", [])]),
    "one spot": scatter(TITLE, TOLD, [Cloud("", [(5, 5, 1)])], "x", "y"),
    "one month": lines(TITLE, TOLD, ["ene 25"], [Series("", [2])]),
    "zeros": columns(TITLE, TOLD, ["0"], [0], "x"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_well_formed_and_says_what_is_seen(name: str) -> None:
    root = ET.fromstring(CHARTS[name])  # noqa: S314 (our own text)
    assert root.get("role") == "img"
    assert root.get("aria-label") == f"{TITLE}. {TOLD}"
    assert root.findtext(f"{SVG}title") == TITLE
    assert root.findtext(f"{SVG}desc") == TOLD
    assert "id=" not in CHARTS[name]  # a saved notebook shows the same chart twice
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", CHARTS[name])
    assert {text.get("font-size") for text in root.iter(f"{SVG}text")} <= {str(FONT)}
    assert "nan" not in CHARTS[name]


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_drawn_outside(name: str) -> None:
    root = ET.fromstring(CHARTS[name])  # noqa: S314 (our own text)
    _x, _y, width, height = map(float, root.get("viewBox", "").split())
    for box in list(root.iter(f"{SVG}rect"))[1:]:
        x, y, wide, tall = (float(box.get(key, "nan")) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + tall <= height
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", "nan")) <= width
        assert 0 < float(text.get("y", "nan")) <= height


def test_bars_are_as_long_as_their_figures() -> None:
    root = ET.fromstring(CHARTS["bars"])  # noqa: S314 (our own text)
    long, short = [float(box.get("width", "nan")) for box in list(root.iter(f"{SVG}rect"))[1:]]
    assert short / long == pytest.approx(15 / 40, abs=0.01)
    assert [text.text for text in root.iter(f"{SVG}text")] == ["urbana", "40 %", "rural", "15 %"]


def test_a_gap_in_a_line_stays_a_gap() -> None:
    first = re.search(r'<path d="(M[^"]*)" fill="none" stroke="#1a1a1a"', CHARTS["lines"].split("b</text>")[1])
    assert first is not None
    assert first[1].count("M") == 2
    assert "—" in CHARTS["grouped"]


def test_intervals_of_a_histogram_are_named_without_touching_and_inside() -> None:
    names = [f"{low}–{low + 19}" for low in range(0, 180, 20)]
    axis = "Horas de formación en herramientas digitales (horas)"
    drawn = ET.fromstring(columns("t", "d", names, [58, 16, 12, 2, 2, 2, 3, 0, 1], axis))  # noqa: S314 (our own text)
    shown = [text for text in drawn.iter(f"{SVG}text") if text.text in names]
    spans = [(float(text.attrib["x"]), len(text.text or "") * FONT * 0.62) for text in shown]
    assert len(spans) >= 3
    assert all(middle - width / 2 >= 0 and middle + width / 2 <= WIDTH for middle, width in spans)
    for (one, wide), (other, also) in itertools.pairwise(spans):
        assert one + wide / 2 < other - also / 2
    assert axis == " ".join(
        text.text or ""
        for text in drawn.iter(f"{SVG}text")
        if text.attrib["text-anchor"] == "end" and not (text.text or "").isdigit()
    )

"""Small pictures as SVG text: a bar, a bar of states, a grid of people.

Why not matplotlib: importing it costs about as long as everything else on the page together, and its SVG has neither title
nor words that a screen reader could use. These three builders are all the views need.

Every picture works without colour: states differ by pattern or shape as well, and the words and figures stand beside them in
HTML, where they wrap on a small screen and can be read aloud. Widths are percentages of the page, so nothing is distorted or
shrunk at 320 px. Colours come from Okabe & Ito's palette, darkened to a contrast of at least 3 on white.
"""

from collections.abc import Mapping, Sequence
from html import escape

from ciberaula.progress.tables import State

BAR_PX = 22
DOT_PX = 26
STATES: tuple[State, ...] = ("completed", "in_progress", "needs_help", "not_started")

_INK = "#1d2b36"
_GREEN = "#00664b"
_GROUND: dict[State, str] = {
    "completed": _GREEN,
    "in_progress": "#d6ebf8",
    "needs_help": "#ffd9bf",
    "not_started": "#ffffff",
}


def _pattern(name: State, inside: str, turned: str = "") -> str:
    return (
        f'<pattern id="ca-{name}" width="8" height="8" patternUnits="userSpaceOnUse"{turned}>'
        f'<rect width="8" height="8" fill="{_GROUND[name]}"/>{inside}</pattern>'
    )


# One definition a page: patterns are found by id. Lines and dots keep states apart in grey print.
PATTERNS = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false"><defs>'
    + _pattern("completed", "")
    + _pattern("in_progress", '<rect width="4" height="8" fill="#5aa7d6"/>', ' patternTransform="rotate(45)"')
    + _pattern("needs_help", '<g fill="#d55e00"><circle cx="2" cy="2" r="2"/><circle cx="6" cy="6" r="2"/></g>')
    + _pattern("not_started", "")
    + "</defs></svg>"
)


def bar(share: float | None, *, mark: float | None = None) -> str:
    """A bar filled to ``share`` (0 to 1), with a line at ``mark``. Decoration: its figure must stand beside it."""
    filled = min(max(share or 0.0, 0.0), 1.0) * 100
    line = ""
    if mark is not None:
        at = mark * 100
        place = f'x1="{at:.2f}%" x2="{at:.2f}%" y1="0" y2="14"'
        line = f'<line {place} stroke="#fff" stroke-width="6"/><line {place} stroke="{_INK}" stroke-width="2"/>'
    return (
        '<svg class="ca-bar" width="100%" height="14" aria-hidden="true" focusable="false">'
        '<rect x="0" y="2" width="100%" height="10" rx="3" fill="#e4e9ed"/>'
        f'<rect x="0" y="2" width="{filled:.2f}%" height="10" rx="3" fill="{_GREEN}"/>{line}</svg>'
    )


def state_bar(counts: Mapping[State, int], title: str, description: str) -> str:
    """A bar split by state, in the order of ``STATES``; ``title`` and ``description`` say it in words."""
    total = sum(counts.get(state, 0) for state in STATES)
    parts, at = [], 0.0
    for state in STATES:
        width = 100 * counts.get(state, 0) / total if total else 0.0
        if width:
            parts.append(
                f'<rect x="{at:.3f}%" y="1" width="{width:.3f}%" height="{BAR_PX - 2}" '
                f'fill="url(#ca-{state})" stroke="{_INK}" stroke-width="1"/>'
            )
        at += width
    return _picture("".join(parts), title, description, f'class="ca-statebar" width="100%" height="{BAR_PX}"')


def dots(people: Sequence[State], title: str, description: str) -> str:
    """One mark a person, in rows that wrap; the shape says the state. For up to a few hundred people."""
    marks = "".join(f'<span class="ca-dot">{symbol(state)}</span>' for state in people)
    return f'<div class="ca-dots" role="img" aria-label="{escape(f"{title}. {description}")}">{marks}</div>'


def swatch(state: State) -> str:
    """A square with the pattern that stands for a state in ``state_bar``."""
    return (
        '<svg class="ca-swatch" width="16" height="16" aria-hidden="true" focusable="false">'
        f'<rect width="16" height="16" fill="url(#ca-{state})"/></svg>'
    )


def symbol(state: State) -> str:
    """The sign of a state, 20 px: tick, half-full circle, exclamation in a diamond, empty circle, dashed circle."""
    shapes = {
        "completed": f'<circle cx="10" cy="10" r="8.5" fill="{_GREEN}"/>'
        '<path d="M5.5 10.5l3 3 6-6.5" fill="none" stroke="#fff" stroke-width="2.4"/>',
        "in_progress": f'<circle cx="10" cy="10" r="8" fill="#fff" stroke="{_INK}" stroke-width="1.6"/>'
        f'<path d="M10 2a8 8 0 0 0 0 16z" fill="#2b7cb0"/>',
        "needs_help": '<path d="M10 .8 19.2 10 10 19.2.8 10z" fill="#b84d00"/>'
        '<path d="M10 5v6.2M10 13.2v2.3" stroke="#fff" stroke-width="2.4"/>',
        "not_started": f'<circle cx="10" cy="10" r="8" fill="#fff" stroke="{_INK}" stroke-width="1.6"/>',
        "planned": '<circle cx="10" cy="10" r="8" fill="none" stroke="#5b6b78" stroke-width="1.6" '
        'stroke-dasharray="3 3"/>',
    }
    return (
        '<svg class="ca-symbol" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">'
        f"{shapes[state]}</svg>"
    )


def _picture(inside: str, title: str, description: str, attributes: str) -> str:
    return (
        f'<svg {attributes} role="img" aria-label="{escape(f"{title}. {description}")}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{inside}</svg>"
    )

"""Pictures say in words and shapes what they show in colour."""

import re
from xml.etree import ElementTree

import pytest

from ciberaula.dashboards import charts
from ciberaula.progress.tables import State

COUNTS: dict[State, int] = {"completed": 5, "in_progress": 0, "needs_help": 3, "not_started": 2}


def test_a_bar_of_states_is_well_formed_and_adds_up_to_its_width():
    svg = ElementTree.fromstring(charts.state_bar(COUNTS, "Módulo <1>", "Completó: 5"))  # noqa: S314 - our own text
    widths = [float(rect.attrib["width"].rstrip("%")) for rect in svg.iter("rect")]
    assert widths == [50, 30, 20]
    assert sum(widths) == 100
    assert (svg.attrib["role"], svg.findtext("title"), svg.findtext("desc")) == ("img", "Módulo <1>", "Completó: 5")


def test_nobody_is_an_empty_bar_and_not_an_error():
    svg = ElementTree.fromstring(charts.state_bar({}, "Módulo", "Nadie"))  # noqa: S314
    assert not list(svg.iter("rect"))


def test_every_state_has_a_shape_and_a_pattern_of_its_own_even_without_colour():
    def without_colour(markup: str) -> str:
        return re.sub(r'(fill|stroke)="#[0-9a-f]+"', "", markup)

    states: tuple[State, ...] = (*charts.STATES, "planned")
    assert len({without_colour(charts.symbol(state)) for state in states}) == 5
    for state in charts.STATES:
        assert f'id="ca-{state}"' in charts.PATTERNS
    # Completed and not started are plain: one is dark, the other white.
    assert {"#00664b", "#ffffff"} <= set(re.findall(r'fill="(#[0-9a-f]{6})"', charts.PATTERNS))


@pytest.mark.parametrize(("share", "width"), [(0.5, "50.00%"), (None, "0.00%"), (1.7, "100.00%"), (-1, "0.00%")])
def test_a_bar_stays_inside_its_track(share, width):
    assert f'width="{width}"' in charts.bar(share)


def test_a_grid_of_people_says_its_numbers():
    grid = charts.dots(["completed", "needs_help"], "Azuay", 'Completó: 1; "Necesita ayuda": 1')
    assert 'role="img" aria-label="Azuay. Completó: 1; &quot;Necesita ayuda&quot;: 1"' in grid
    assert grid.count("ca-dot") == 2 + 1

"""Item analysis: by hand-computed examples, against independent formulas, and in words."""

import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ciberaula.progress import item_table, item_words
from ciberaula.progress.items import (
    Analysis,
    ItemStats,
    Reliability,
    analyse,
    common_slips,
    correlation,
    ends,
    reliability,
)
from ciberaula.progress.suppression import MINIMUM
from ciberaula.progress.tables import ItemRow, ModulePlan, SlipRow, Status

POINTS = {"p1": 1.0, "p2": 1.0, "p3": 2.0}


def plan(points: dict[str, float]) -> ModulePlan:
    return ModulePlan(
        "m", "Módulo", 1.0, True, {}, "Tarea", {item: ("single", "c", most) for item, most in points.items()}
    )


def row(person: str, item: str, earned: float | None, maximum: float, status: Status = "scored") -> ItemRow:
    return ItemRow(person, "m", item, "single", "c", status, earned, maximum, False)


def rows(points: dict[str, float], by_item: dict[str, list[float | None]]) -> list[ItemRow]:
    return [
        row(f"u{number}", item, earned, points[item], "awaiting_review" if earned is None else "scored")
        for item, column in by_item.items()
        for number, earned in enumerate(column)
    ]


# Five people; totals 4, 3, 2, 2, 0.
BY_HAND: dict[str, list[float | None]] = {"p1": [1, 1, 1, 0, 0], "p2": [1, 1, 0, 1, 0], "p3": [2, 1, 1, 1, 0]}


def test_by_hand():
    found = analyse(plan(POINTS), rows(POINTS, BY_HAND))
    one, two, three = found.items
    assert found.people == 5
    assert (one.difficulty, two.difficulty, three.difficulty) == (0.6, 0.6, 0.5)
    # p1 = 1 1 1 0 0 against the rest, p2 + p3 = 3 2 1 2 0: Σ(x−x̄)(y−ȳ) = 6 − 3·1.6 = 1.2; Σ(x−x̄)² = 1.2; Σ(y−ȳ)² = 5.2.
    assert one.discrimination == pytest.approx(1.2 / (1.2 * 5.2) ** 0.5)
    # p3 = 2 1 1 1 0 against p1 + p2 = 2 2 1 1 0: 8 − 5·1·1.2 = 2 (Σxy = 4+2+1+1 = 8); Σ(x−1)² = 2; Σ(y−1.2)² = 2.8.
    assert three.discrimination == pytest.approx(2 / (2 * 2.8) ** 0.5)
    # 27 % of 5 is 1.35 people. p1 by the rest 3 2 2 1 0: 1 + 0.35 · (1+0)/2 over 1.35; and from the other end 0 + 0.35 · 1.
    assert one.upper == pytest.approx(1.175 / 1.35)
    assert one.lower == pytest.approx(0.35 / 1.35)
    assert one.spread == pytest.approx(0.825 / 1.35)


def test_alpha_by_hand():
    found = analyse(plan(POINTS), rows(POINTS, BY_HAND)).reliability
    assert found is not None
    # Variances (n − 1): 0.3, 0.3, 0.5; of the totals 4 3 2 2 0 (mean 2.2): 8.8 / 4 = 2.2.
    assert found.alpha == pytest.approx(1.5 * (1 - 1.1 / 2.2))
    assert found.error == pytest.approx((2.2 * 0.25) ** 0.5)
    assert (found.items, found.people, found.maximum, found.left_out) == (3, 5, 4.0, ())


def test_kuder_richardson_example():
    """Alpha of right-or-wrong questions is KR-20 (Kuder & Richardson, 1937): k/(k−1) · (1 − Σpq/σ²) with variances over n."""
    answers = [[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 1]]
    points = {f"q{i}": {f"u{n}": float(line[i]) for n, line in enumerate(answers)} for i in range(4)}
    shares = [sum(line[i] for line in answers) / 6 for i in range(4)]
    expected = 4 / 3 * (1 - sum(p * (1 - p) for p in shares) / statistics.pvariance([sum(line) for line in answers]))
    found = reliability(points, dict.fromkeys(points, 1.0))
    assert found is not None and found.alpha == pytest.approx(expected)


def test_the_same_question_twice_is_perfectly_consistent():
    points = {item: {"a": 0.0, "b": 1.0, "c": 2.0} for item in ("p", "q")}
    found = reliability(points, {"p": 2.0, "q": 2.0})
    assert found is not None
    assert found.alpha == pytest.approx(1.0)
    assert found.error == pytest.approx(0.0, abs=1e-6)


def test_what_waits_is_no_zero_and_a_blank_is():
    mine = [
        row("a", "p1", 1.0, 1.0),
        row("b", "p1", 0.0, 1.0, "unanswered"),
        row("c", "p1", None, 1.0, "awaiting_review"),
        row("d", "p1", None, 1.0, "not_gradable"),
        row("e", "p1", None, 1.0, "submitted"),
    ]
    (one,) = analyse(plan({"p1": 1.0}), mine).items
    assert (one.n, one.difficulty, one.blank, one.waiting, one.not_gradable) == (2, 0.5, 1, 2, 1)
    assert one.discrimination is None


def test_others_modules_and_unknown_items_are_passed_over():
    mine = [row("a", "p9", 1.0, 1.0), ItemRow("a", "other", "p1", "single", "c", "scored", 1.0, 1.0, False)]
    found = analyse(plan({"p1": 1.0}), mine)
    assert (found.people, found.items[0].n, found.items[0].difficulty, found.reliability) == (0, 0, None, None)


def test_a_question_that_few_have_graded_is_left_out_of_alpha_and_not_the_people():
    columns = {**BY_HAND, "p4": [None, None, None, None, 3.0]}
    points = {**POINTS, "p4": 8.0}
    found = analyse(plan(points), rows(points, columns)).reliability
    assert found is not None
    assert (found.items, found.people, found.left_out, found.maximum) == (3, 5, ("p4",), 4.0)
    assert found.alpha == pytest.approx(0.75)


@pytest.mark.parametrize(
    "columns",
    [
        {"p1": [1.0, 0.0, 1.0]},  # one question
        {"p1": [1.0, 0.0], "p2": [1.0, 0.0]},  # two people
        {"p1": [1.0, 1.0, 1.0], "p2": [0.0, 0.0, 0.0]},  # nothing varies
    ],
)
def test_there_is_no_alpha_of_nothing(columns):
    assert analyse(plan({"p1": 1.0, "p2": 1.0}), rows({"p1": 1.0, "p2": 1.0}, columns)).reliability is None


@pytest.mark.parametrize(
    "pairs",
    [[], [(1.0, 0.0), (0.0, 1.0)], [(0.5, 0.1), (0.5, 0.9), (0.5, 0.3)], [(0.1, 1 / 3), (0.9, 1 / 3), (0.3, 1 / 3)]],
)
def test_there_is_no_correlation_of_nothing(pairs):
    assert correlation(pairs) is None


share = st.integers(0, 12).map(lambda twelfths: twelfths / 12)
pairs_of_shares = st.lists(st.tuples(share, share), min_size=4, max_size=40)


@given(pairs_of_shares)
def test_the_correlation_is_that_of_the_standard_library(pairs):
    xs, ys = [x for x, _y in pairs], [y for _x, y in pairs]
    assume(len(set(xs)) > 1 and len(set(ys)) > 1)
    assert correlation(pairs) == pytest.approx(statistics.correlation(xs, ys), abs=1e-9)


@given(pairs_of_shares)
def test_the_ends_do_not_depend_on_the_order_and_weigh_27_in_100_at_each_end(pairs):
    upper, lower = ends(pairs)
    assert (upper, lower) == pytest.approx(ends(pairs[::-1]))
    if upper is None or lower is None:
        assert len({rest for _share, rest in pairs}) == 1
        return
    # Independently: every person a hundred times over, so that 27 % of n people are 27·n whole copies.
    best = sorted(((rest, x) for x, rest in pairs for _copy in range(100)), key=lambda one: -one[0])
    size = 27 * len(pairs)
    limit = best[size - 1][0]
    inside = [x for rest, x in best if rest > limit]
    tied = [x for rest, x in best if rest == limit]
    expected = (sum(inside) + (size - len(inside)) * sum(tied) / len(tied)) / size
    assert upper == pytest.approx(expected)
    assert ends([(x, 1 - rest) for x, rest in pairs]) == pytest.approx((lower, upper))


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=3, max_size=25))
def test_alpha_is_that_of_the_covariances(lines):
    """An independent form: k/(k−1) · (sum of all covariances between different questions) / (sum of the whole matrix)."""
    columns = list(zip(*lines, strict=True))
    matrix = [[statistics.covariance(a, b) for b in columns] for a in columns]
    whole = sum(map(sum, matrix))
    assume(whole > 1e-6)
    between = whole - sum(matrix[i][i] for i in range(3))
    points = {f"q{i}": {f"u{n}": float(value) for n, value in enumerate(column)} for i, column in enumerate(columns)}
    found = reliability(points, dict.fromkeys(points, 4.0))
    assert found is not None and found.alpha == pytest.approx(1.5 * between / whole)


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=4, max_size=25), st.integers(1, 9))
def test_the_scale_of_the_points_changes_nothing(lines, factor):
    def found(times: int) -> Analysis:
        points = dict.fromkeys(["q0", "q1", "q2"], 4.0 * times)
        columns: dict[str, list[float | None]] = {f"q{i}": [float(line[i] * times) for line in lines] for i in range(3)}
        return analyse(plan(points), rows(points, columns))

    once, more = found(1), found(factor)
    for one, other in zip(once.items, more.items, strict=True):
        assert one.difficulty == pytest.approx(other.difficulty)
        assert one.discrimination == pytest.approx(other.discrimination)
    if once.reliability is not None and more.reliability is not None:
        assert once.reliability.alpha == pytest.approx(more.reliability.alpha)


def stats(**changes: object) -> ItemStats:
    values: dict[str, object] = {
        "item": "p1", "kind": "single", "competence": "c", "maximum": 2.0, "n": 40, "difficulty": 0.6, "blank": 0,
        "discrimination": 0.4, "upper": 0.9, "lower": 0.2, "waiting": 0, "not_gradable": 0,
    }  # fmt: skip
    return ItemStats(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "De dificultad media; distingue bien."),
        ({"difficulty": 0.1}, "Difícil para casi todas las personas; distingue bien. Conviene volver sobre este tema"),
        (
            {"difficulty": 0.95, "discrimination": 0.05},
            "Fácil para casi todas las personas; no distingue, porque casi nadie",
        ),
        ({"difficulty": 0.3, "discrimination": 0.1}, "no distingue. Revise si el enunciado se entiende"),
        ({"discrimination": 0.25}, "distingue poco"),
        ({"discrimination": -0.3}, "va al revés. Revise la clave y el enunciado"),
        ({"discrimination": None}, "a todas las personas les fue igual"),
        ({"blank": 9}, "Muchas personas la dejaron en blanco"),
        ({"n": 0, "difficulty": None, "discrimination": None}, "Sin respuestas calificadas."),
    ],
)
def test_a_reading_in_plain_words(changes, said):
    assert said in item_words.reading(stats(**changes))


@pytest.mark.parametrize("r", [0.9, -0.9, None])
def test_with_few_people_nothing_is_said_of_discrimination(r):
    assert item_words.reading(stats(n=9, discrimination=r)) == "De dificultad media."


@pytest.mark.parametrize(
    ("people", "said"), [(9, "muy pocas"), (10, "es una pista"), (29, "es una pista"), (30, ""), (500, "")]
)
def test_few_people_are_a_clue(people, said):
    told = item_words.caution(Analysis((), people, None))
    assert said in told and bool(told) == bool(said)


@pytest.mark.parametrize(
    ("alpha", "said"),
    [
        (-0.2, "−0,20, sale negativo"),
        (0.3, "no para comparar personas"),
        (0.6, "no bastan para decidir"),
        (0.75, "suficiente"),
        (0.9, "0,90, alto"),
    ],
)
def test_alpha_in_plain_words(alpha, said):
    assert said in item_words.consistency(Reliability(alpha, 5, 30, None, 10.0, ()))


@pytest.mark.parametrize("found", [None, Reliability(0.98, 12, 9, 1.0, 40.0, ())])
def test_of_a_few_people_no_alpha_is_shown(found):
    assert item_words.consistency(found).startswith("Todavía no se muestra")
    assert item_words.basis(found) == ""


def test_what_alpha_rests_on():
    told = item_words.basis(Reliability(0.8, 12, 18, 4.42, 40.0, ("p12",)))
    assert "12 preguntas y las 18 personas" in told and "4,4 puntos de 40" in told and "Quedó fuera 1 pregunta" in told


@pytest.mark.parametrize(("value", "said"), [(-0.001, "0,00"), (0.345, "0,34"), (-0.5, "−0,50")])
def test_figures_are_written_as_in_spanish(value, said):
    assert item_words.decimal(value) == said


def slip(answer: str, count: int, group: str = "A", item: str = "p1") -> SlipRow:
    return SlipRow("m", item, "2026", group, answer, count)


def test_common_slips_add_up_over_groups_most_common_first():
    given_answers = [slip("x", 1), slip("y", 3), slip("x", 3, "B"), slip("z", 2), slip("w", 9, item="p2")]
    assert common_slips(given_answers, "m", 2) == {"p1": [("x", 4), ("y", 3)], "p2": [("w", 9)]}
    assert common_slips(given_answers, "other", 2) == {}


def test_what_one_person_alone_answered_is_not_common():
    assert common_slips([slip("x", 1), slip("y", 2), slip("z", 1, item="p2")], "m", 9) == {"p1": [("y", 2)]}


def table(one: ItemStats, slips: list[tuple[str, int]], *, for_institution: bool = False) -> list[object]:
    """The row of one question, as it goes into the file."""
    found = Analysis((one,), one.n, Reliability(0.8126, 3, one.n, None, 4.0, ()))
    (line,) = item_table.rows(found, {"p1": slips}, {"c": "Competencia"}, for_institution=for_institution)
    assert len(line) == len(item_table.columns())
    assert line[-2:] == ([0.813, one.n] if one.n >= 10 else [None, None])
    return list(line[:-2])


def test_the_instructor_sees_every_figure():
    line = table(stats(blank=2), [("«a»", 3), ("«b»", 1)])
    assert line == [
        *("p1", "Competencia", 2.0, 40, 0.6, 2, 0.4, 0.9, 0.2, 0, 0, "De dificultad media; distingue bien."),
        *("«a»", 3, "«b»", 1, None, None),
    ]


@pytest.mark.parametrize("count", range(1, MINIMUM))
def test_an_institution_sees_no_small_group_nor_what_would_give_it_away(count):
    line = table(stats(blank=count, waiting=count, not_gradable=count), [("«a»", count)], for_institution=True)
    assert line[5] is None and line[9:11] == [None, None] and line[12:] == [None] * 6
    # All but a few: as telling as a few.
    line = table(stats(blank=40 - count), [("«a»", 40 - count), ("«b»", 20)], for_institution=True)
    assert line[5] is None and line[12:] == ["«b»", 20, None, None, None, None]


def test_an_institution_sees_no_question_of_a_few_people():
    line = table(stats(n=4), [("«a»", 4)], for_institution=True)
    assert line == ["p1", "Competencia", 2.0, *[None] * 8, "no se muestra", *[None] * 6]


def test_the_advice_on_blanks_tells_an_institution_no_count():
    """«At least a fifth» and «fewer than five» of twenty people together would be exactly four."""
    line = table(stats(n=20, blank=4), [], for_institution=True)
    assert "en blanco" not in str(line[11])


def test_the_ends_of_a_small_cohort_are_few_people_too():
    line = table(stats(n=18), [], for_institution=True)
    assert line[6:9] == [0.4, None, None]


def test_with_few_people_the_file_has_no_correlation():
    line = table(stats(n=9), [])
    assert line[6:9] == [None, None, None]

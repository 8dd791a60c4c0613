"""Texts that are alike: what is found, what is not, and that it is only a hint."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciberaula.curriculum import Module, load
from ciberaula.errors import UserError
from ciberaula.grading.answer_bank import load_answer_bank
from ciberaula.grading.scoring import MEDIA_TYPE
from ciberaula.paths import course_root
from ciberaula.progress import similarity
from ciberaula.progress.item_words import alike
from ciberaula.progress.similarity import (
    ALIKE,
    LEAST_OWN,
    NEARLY_EQUAL,
    Source,
    Text,
    composed,
    find_alike,
    groups,
    pairs,
    read_texts,
    shared_places,
    source_of,
    written_module,
)
from tests.progress import cohort

VOCABULARY = [f"palabra{number}" for number in range(400)]
NOBODY = Source()


def words(seed: int, count: int = 80) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=count)  # noqa: S311 - reproducible


def text(student: str, said: list[str] | str, item: str = "p12") -> Text:
    return Text(student, item, said if isinstance(said, str) else " ".join(said))


def module() -> Module:
    return next(one for one in load().written if one.id == cohort.MODULE)


def test_texts_written_apart_are_not_alike():
    assert pairs([text(f"s{n}", words(n)) for n in range(40)], NOBODY) == []


def test_a_copy_is_found_whatever_its_accents_case_or_commas():
    said = "Mañana llamaré a Inés, " + " ".join(words(1))
    copy = "MANANA, llamare a ines: " + " ".join(words(1)).upper()
    (pair,) = pairs([text("a", said), text("b", words(2)), text("c", copy)], NOBODY)
    assert (pair.first, pair.second, pair.likeness) == (0, 2, 1.0)


def test_a_text_inside_a_longer_one_is_found():
    short = words(1, 60)
    (pair,) = pairs([text("a", short), text("b", [*words(2, 90), *short, *words(3, 90)])], NOBODY)
    assert pair.likeness == pytest.approx(1.0)


@pytest.mark.parametrize(("every", "found"), [(9, True), (5, True), (2, False)])
def test_replacing_words_lowers_the_likeness(every, found):
    said = words(1, 200)
    changed = [f"otra{index}" if index % every == 0 else word for index, word in enumerate(said)]
    assert bool(pairs([text("a", said), text("b", changed)], NOBODY)) is found


def test_the_likeness_by_hand():
    """30 and 40 words that share 20 in a row: 18 trigrams of 28 and 38, all of weight 1 (two texts have each at most)."""
    shared = [f"s{n}" for n in range(20)]
    one, other = [*shared, *(f"a{n}" for n in range(10))], [*(f"b{n}" for n in range(20)), *shared]
    (pair,) = pairs([text("a", one), text("b", other)], NOBODY, 0.1)
    assert pair.likeness == pytest.approx(18 / 28)


def test_what_eight_wrote_weighs_a_third():
    """Eight texts of 40 words that share the same 22: 20 trigrams of weight 1/3, and 18 of weight 1 each of their own."""
    shared = [f"s{n}" for n in range(22)]
    texts = [text(f"u{one}", [*shared, *(f"u{one}x{n}" for n in range(18))]) for one in range(8)]
    assert {round(pair.likeness, 9) for pair in pairs(texts, NOBODY, 0.1)} == {round(20 / 3 / (20 / 3 + 18), 9)}


def test_what_the_whole_cohort_copied_is_found_all_the_same(monkeypatch):
    """A weight that fell to nothing for what everybody wrote would hide it. Both ways of counting are used."""
    said = words(1, 150)
    texts = [text(f"u{n}", [*said[:75], f"propia{n}", *said[75:]]) for n in range(30)]
    (group,) = groups(texts, NOBODY)
    assert len(group.texts) == 30 and group.nearly_equal
    monkeypatch.setattr(similarity, "_MANY", 10)
    assert groups(texts, NOBODY)[0].likeness == pytest.approx(group.likeness, abs=1e-5)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=14), st.sampled_from([1, 3, 100]), st.sampled_from([1, 4, 256]))
def test_both_ways_of_counting_and_every_block_give_what_the_plain_formula_gives(seeds, many, block):
    texts = [
        text(f"u{n}", [*words(seed, 40), *(f"propia{n}x{k}" for k in range(3 * n % 20))])
        for n, seed in enumerate(seeds)
    ]
    own = [NOBODY.own(one.words) for one in texts]
    times = {t: sum(t in mine for mine in own) for mine in own for t in mine}
    weigh = similarity._weights(own)
    expected = {}
    for b in range(len(texts)):
        for a in range(b):
            shared, least = own[a] & own[b], min(own[a], own[b], key=lambda mine: sum(weigh[t] for t in mine))
            share = sum(weigh[t] for t in shared) / sum(weigh[t] for t in least)
            if share > 0.05:
                expected[a, b] = share
    assert all(weigh[t] == 1 for t, count in times.items() if count <= 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "_MANY", many)
        patch.setattr(similarity, "_BLOCK", block)
        found = {(pair.first, pair.second): pair.likeness for pair in pairs(texts, NOBODY, 0.05)}
    # Equal texts are joined to the first of them only.
    assert set(found) <= set(expected)
    for place, share in found.items():
        assert share == pytest.approx(expected[place], abs=1e-5)
    alone = {b for _a, b in expected} | {a for a, _b in expected}
    assert {one for place in found for one in place} == alone


def test_a_group_tells_its_lowest_and_its_highest_likeness():
    """Two copies and a third that shares the first half: the group is no «100 %»."""
    said = words(1, 80)
    texts = [text("a", said), text("b", said), text("c", [*said[:55], *words(2, 25)])]
    (group,) = groups(texts, NOBODY)
    weigh = similarity._weights([NOBODY.own(one.words) for one in texts])
    own, other = NOBODY.own(texts[0].words), NOBODY.own(texts[2].words)
    share = sum(weigh[t] for t in own & other) / min(sum(weigh[t] for t in mine) for mine in (own, other))
    assert group.likeness == 1.0
    assert group.lowest == pytest.approx(share)
    assert group.nearly_equal and not group.all_nearly_equal
    (copies,) = groups(texts[:2], NOBODY)
    assert (copies.likeness, copies.lowest) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(1.0, 1.0, "100 %"), (0.416, 0.999, "de 41 a 99 %"), (0.83, 0.83, "83 %"), (0.0, 1.0, "de 0 a 100 %")],
)
def test_a_hundred_is_said_only_of_a_text_that_is_all_in_the_other(low, high, told):
    assert alike(low, high) == told


def test_short_texts_are_not_compared():
    said = words(1, LEAST_OWN + 1)  # one trigram too few
    assert pairs([text("a", said), text("b", said)], NOBODY) == []
    said = words(1, LEAST_OWN + 2)
    assert len(pairs([text("a", said), text("b", said)], NOBODY)) == 1


def test_what_everybody_was_given_does_not_count():
    given_text = words(9, 100)
    one, other = [*given_text, *words(1, 40)], [*given_text, *words(2, 40)]
    assert pairs([text("a", one), text("b", other)], NOBODY) != []
    assert pairs([text("a", one), text("b", other)], Source([" ".join(given_text)])) == []
    assert pairs([text("a", given_text), text("b", given_text)], Source([" ".join(given_text)])) == []


def test_groups_hang_together_and_the_rest_is_left_out():
    one, two = words(1), words(2)
    texts = [text("a", one), text("b", words(3)), text("c", two), text("d", one), text("e", two), text("f", one)]
    found = {tuple(member.student for member in group.texts): group.likeness for group in groups(texts, NOBODY)}
    assert found == {("a", "d", "f"): 1.0, ("c", "e"): 1.0}


def test_the_model_answers_of_a_task_written_apart_stay_far_below_the_limit():
    for one in load().written:
        bank = load_answer_bank(one.assignment.id)
        texts = [Text(said.id, item, said.text) for item, known in bank.written.items() for said in known]
        source = source_of(course_root(), one)
        assert len(texts) >= 3
        assert all(pair.likeness < ALIKE / 4 for pair in pairs(texts, source, 0.0))


def test_the_given_wording_holds_the_task_and_the_lessons():
    source = source_of(course_root(), module())
    prompt = "Ponga en orden lo que debería hacerse"
    assert source.own(prompt) == set() and source.own("Nadie ha escrito jamás esto aquí") != set()


def test_marks_are_where_the_words_are_even_with_accents_that_come_apart():
    same = "La próxima llamada será el jueves"
    apart = "Antes: la pro\u0301xima llamada sera el jueves. Y nada más"
    (here, there) = shared_places([text("a", same + " cerca del río"), text("b", apart)], NOBODY)
    assert [same[begin:end] for begin, end in here] == [same]
    assert [composed(apart)[begin:end] for begin, end in there] == ["la próxima llamada sera el jueves"]


def test_texts_are_read_from_graded_notebooks(built):
    found = list(read_texts(built, module()))
    assert [(one.student, one.item) for one in found] == [("azu-1", "p12"), ("man-1", "p12")]
    (group,) = find_alike(built, module(), source_of(course_root(), module()))
    assert group.item == "p12" and [one.student for one in group.texts] == ["azu-1", "man-1"]
    assert ALIKE < group.likeness < 1 and group.nearly_equal == (group.likeness >= NEARLY_EQUAL)


def notebook(home: Path, student: str, content: str | bytes) -> None:
    folder = home / "autograded" / student / cohort.MODULE
    folder.mkdir(parents=True)
    (folder / "a.ipynb").write_bytes(content if isinstance(content, bytes) else content.encode())


def test_a_short_text_is_read_from_its_score_and_lines_of_a_cell_are_joined(tmp_path):
    def cell(item: str, source: object, outputs: list[object]) -> dict[str, object]:
        return {"metadata": {"nbgrader": {"grade_id": item}}, "source": source, "outputs": outputs}

    score = {"output_type": "execute_result", "data": {MEDIA_TYPE: {"answered": "Lo que escribió"}}}
    cells = [
        cell("p11", "check()", [score]),
        cell("p12", ["Uno\n", "dos"], []),
        cell("p01", "x", []),
        cell("p12", " ", []),
    ]
    notebook(tmp_path, "a", json.dumps({"cells": cells}))
    assert [one.words for one in read_texts(tmp_path, module())] == ["Lo que escribió", "Uno\ndos"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", "[]", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000])
def test_a_notebook_that_cannot_be_read_costs_only_itself(tmp_path, content):
    notebook(tmp_path, "a", content)
    assert list(read_texts(tmp_path, module())) == []


def test_a_module_without_written_answers_has_none(tmp_path):
    one = module()
    bare = one.model_copy(update={"assignment": one.assignment.model_copy(update={"items": ()})})
    notebook(tmp_path, "a", '{"cells": []}')
    assert list(read_texts(tmp_path, bare)) == []


def test_a_task_by_its_name():
    assert written_module(course_root(), cohort.MODULE).id == cohort.MODULE
    with pytest.raises(UserError, match="No hay ninguna tarea «nada»: use una de 03-"):
        written_module(course_root(), "nada")

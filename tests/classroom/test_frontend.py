"""What a widget sends: the code of the front end once for a kernel, and nothing that is there already."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from ciberaula.classroom import frontend
from ciberaula.classroom.frontend import CODE, LOADER, FrontendWidget
from ciberaula.classroom.widgets import question


@pytest.fixture
def fresh(monkeypatch):
    """As in a kernel that has shown no widget yet."""
    monkeypatch.setattr(FrontendWidget, "_carrier", None)


@pytest.fixture
def published(monkeypatch):
    """What is displayed and updated, one after the other."""
    shown = []
    monkeypatch.setattr(
        InteractiveShell.instance().display_pub, "publish", lambda data, **options: shown.append((data, options))
    )
    return shown


def test_only_the_first_widget_carries_the_code(lesson, fresh):
    first, second = question("l1-single"), question("l1-text")
    assert first.get_state()["_esm"] == CODE
    assert second.get_state()["_esm"] == LOADER
    assert len(LOADER) < len(CODE) / 30
    assert "_css" not in first.get_state()


def test_another_one_carries_it_once_the_first_was_closed(lesson, fresh):
    first = question("l1-single")
    first.close()
    assert [question("l1-text")._esm, question("l1-text")._esm] == [CODE, LOADER]


def test_a_page_that_lacks_the_code_is_sent_it(lesson, monkeypatch):
    widget = question("l1-text")
    sent: list[dict[str, str]] = []
    monkeypatch.setattr(widget, "send", sent.append)
    turn = widget.state["turn"]
    widget._take({"type": "code"})
    assert sent == [{"type": "code", "code": CODE}]
    assert widget.state["turn"] == turn  # nothing is drawn anew


def test_code_and_loader_find_each_other_by_what_is_in_them(monkeypatch):
    def key(text):
        return text.partition('globalThis["')[2].partition('"')[0]

    assert key(CODE) == key(LOADER) != ""
    assert [key(text) for text in frontend._modules()] == [key(CODE)] * 2
    monkeypatch.setattr(frontend, "_STYLES", ("question.css",))
    assert key(frontend._modules()[0]) == key(frontend._modules()[1]) != key(CODE)


def test_the_code_travels_without_remarks_but_whole():
    lines = CODE.splitlines()
    assert not [line for line in lines if not line or line.startswith(("//", "/*", " "))]
    source = (frontend._PARTS / "inputs.js").read_text(encoding="utf-8")
    told = [line.strip() for line in source.splitlines() if not line.strip().startswith(("//", "/*"))]
    assert "\n".join(line for line in told if line) in CODE


def test_the_first_view_has_the_static_rendering_sent_again_only_where_it_changed(lesson, published):
    widget = question("l1-text")
    widget._ipython_display_()
    assert len(published) == 2
    widget._take({"type": "shown"})
    assert len(published) == 2
    widget._take({"type": "shown"})  # the page was opened again, perhaps with an older rendering
    assert [options["update"] for _data, options in published[2:]] == [True]


def test_an_answer_changed_elsewhere_before_the_first_view_is_rendered(lesson, published):
    widget = question("l1-text")
    widget._ipython_display_()
    question("l1-text")._take({"type": "save", "value": "una persona"})
    widget._take({"type": "shown"})
    assert "una persona" in published[-1][0]["text/plain"]

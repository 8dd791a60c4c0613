"""The practice room: several stories in one widget, each kept as if it were alone."""

import pytest

from ciberaula.classroom import practice_room
from ciberaula.classroom.lessons import lessons_in
from ciberaula.classroom.sheetfile import read_answers
from ciberaula.errors import UserError
from tests.classroom.content import write_folder, write_notebook
from tests.classroom.desks import OTHER, STORY, Desk, write_other, write_story

FIRST, SECOND = "Un mensaje a las diez de la noche", "Otra noche"


class Room(Desk):
    """Somebody in the practice room."""

    def __init__(self):
        self.widget = practice_room(STORY, OTHER)

    @property
    def screen(self):
        return self.desk["screen"]["key"]

    def states(self):
        return {row[0]["text"]: row[3] for row in self.parts("table")[0]["rows"]}

    def offered(self):
        return [item["text"] for row in self.parts("buttons") for item in row["items"]]

    def leave(self):
        self.send("pause")
        self.send("list")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    made = write_other(write_story(tmp_path / "06-prueba"))
    monkeypatch.chdir(made)
    monkeypatch.setenv("CIBERAULA_PSEUDONYM", "p-prueba")
    return made


def sheet(folder):
    return read_answers(folder / "respuestas.json")


def log(folder, id):
    return [one["action"]["do"] for one in sheet(folder)[id]["actions"]]


def test_the_list_names_every_story_and_begins_none(folder):
    room = Room()
    assert (room.screen, room.desk["ways"], room.desk["head"]["clock"]) == ("list", None, "")
    assert [row[0]["send"]["story"] for row in room.parts("table")[0]["rows"]] == [STORY, OTHER]
    assert room.states() == {FIRST: "sin empezar", SECOND: "sin empezar"}
    assert "Historia: Otra noche; Campo: Violencia de género con un teléfono compartido; Minutos: 20" in room.text()
    for command in ({"do": "start"}, {"do": "wait", "until": "next"}, {"do": "list"}, {"do": "story", "story": "p1"}):
        room.send(**command)
        assert room.screen == "list"
    assert not (folder / "respuestas.json").exists()


def test_each_story_is_played_left_and_found_where_it_was(folder):
    room = Room()
    room.send("story", story=OTHER)
    assert (room.screen, room.desk["screen"]["title"]) == ("start", f"Antes de empezar: {SECOND}")
    assert room.offered()[-1] == "Volver a la lista"
    room.begin()
    assert "Volver a la lista" not in room.offered()
    room.to_form("notes", "write_note")
    before = room.desk["head"]["clock"]
    room.leave()
    assert (room.screen, room.desk["focus"]) == ("list", "screen")
    assert room.states() == {FIRST: "sin empezar", SECOND: "en curso"}

    room.send("story", story=STORY)
    assert room.screen == "start"
    room.begin()
    room.send("choose", situation="mensaje", option="b")
    assert (log(folder, STORY), log(folder, OTHER)) == (["wait", "choose"], ["wait", "look", "look"])
    room.leave()

    room.send("story", story=OTHER)
    assert (room.screen, room.desk["head"]["clock"]) == ("case:c1:notes:write_note", before)
    assert "sigue donde la dejó" in room.said
    assert room.widget.play.answer() == sheet(folder)[OTHER]


def test_a_story_at_its_end_is_told_in_the_list_and_opened_again_with_its_debrief(folder):
    room = Room()
    room.send("story", story=STORY)
    room.begin()
    room.play_to_the_end()
    assert room.screen == "end"
    assert "3. Por qué" in room.text()
    room.send("reflect", values={"r1": "Preguntar."})
    assert room.offered()[-2:] == ["Volver a jugar", "Volver a la lista"]
    room.send("list")
    assert room.states() == {FIRST: "terminada", SECOND: "sin empezar"}
    later = Room()
    assert later.states() == room.states()
    later.send("story", story=STORY)
    assert later.screen == "end"
    assert sheet(folder)[f"{STORY}-reflexion"] == {"r1": "Preguntar."}
    later.send("again")
    later.send("wait", until="next")
    later.leave()
    assert later.states()[FIRST] == "en curso"


def test_a_story_that_went_on_in_another_notebook_is_shown_as_it_is_there(folder):
    room, alone = Room(), Desk()
    room.send("story", story=STORY)
    room.begin()
    room.leave()
    alone.widget._take({"type": "shown"})
    alone.send("choose", situation="mensaje", option="b")
    room.send("story", story=STORY)
    assert (room.screen, room.desk["at"]) == ("inbox", f"{STORY}:2")
    assert room.widget.play.answer() == alone.widget.play.answer()


def test_nothing_that_was_meant_for_one_story_reaches_another(folder):
    room = Room()
    room.send("story", story=STORY)
    room.begin()
    form = room.to_form("notes", "write_note")
    assert room.desk["form"]["id"] == form["id"]
    old = room.desk["at"]
    room.leave()
    room.send("story", story=OTHER)
    room.begin()
    assert room.to_form("notes", "write_note")["id"] != form["id"]
    for at in (old, None, 3, ":3", f"{OTHER}:x"):
        room.widget._take({"type": "desk", "do": "pause", "at": at})
        assert room.screen.startswith("case")
    room.send("story", story=STORY)
    assert room.desk["at"].startswith(OTHER)
    assert log(folder, OTHER) == ["wait", "look", "look"]


def test_what_was_not_saved_is_said_on_the_list(folder):
    room = Room()
    (folder / "respuestas.json").write_text("{", encoding="utf-8")
    room.widget._take({"type": "shown"})
    assert (room.screen, room.level) == ("list", "error")


@pytest.mark.parametrize("ids", [(), ("historia-que-no-hay",), (STORY, "l1-canal"), ("../otra",), (STORY, 3)])
def test_what_is_no_story_of_the_folder_is_one_line(folder, ids):
    write_folder(folder)
    with pytest.raises(UserError) as refused:
        practice_room(*ids)
    assert "\n" not in str(refused.value)


def test_a_graded_story_is_for_its_assignment(folder):
    write_story(folder, graded=True)
    with pytest.raises(UserError, match="no es una historia para practicar"):
        practice_room(OTHER, STORY)


def test_a_lesson_is_finished_without_its_practice_room(folder):
    write_notebook(folder / "para-llevar.ipynb", 'question("l1-canal")', f'practice_room(\n    "{STORY}",\n)')
    assert lessons_in(folder) == {"para-llevar": ("l1-canal",)}

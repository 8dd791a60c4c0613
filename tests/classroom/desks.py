"""A folder with the sample story of the case desk, for the tests of its widget."""

import shutil
from pathlib import Path
from typing import Any

from ciberaula.classroom.desk_app import DeskWidget, story
from tests.casework.stories.conftest import SAMPLE

STORY = "historia-muestra"
OTHER = "historia-otra"
JUDGED = Path(__file__).parents[1] / "casework" / "assessment" / "samples" / "valoracion-muestra.yml"


def write_story(folder: Path, *, graded: bool = False, background: int = 0) -> Path:
    """The sample story in ``folder``; a graded one without what judges it, as a trainee gets it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace("player: marlene", f"background: {background}\nplayer: marlene")
    if graded:
        text = text.replace("graded: false", "graded: true\nitem: p10")
    else:
        shutil.copy(JUDGED, folder)
    (folder / f"{STORY}.yml").write_text(text, encoding="utf-8")
    return folder


def write_other(folder: Path) -> Path:
    """A second story beside the sample: the same one under another name."""
    text = (folder / f"{STORY}.yml").read_text(encoding="utf-8")
    text = text.replace(STORY, OTHER).replace("title: Un mensaje a las diez de la noche", "title: Otra noche")
    (folder / f"{OTHER}.yml").write_text(text, encoding="utf-8")
    judged = JUDGED.read_text(encoding="utf-8").replace(STORY, OTHER)
    (folder / f"valoracion-{OTHER.removeprefix('historia-')}.yml").write_text(judged, encoding="utf-8")
    return folder


class Desk:
    """Somebody at the widget, as its front end would send what she does."""

    def __init__(self) -> None:
        self.widget: DeskWidget = story(STORY)

    def send(self, do: str, **more: Any) -> dict[str, Any]:
        """A command from a view that shows the present state; gives the state that follows."""
        message = {"type": "desk", "do": do, "at": self.desk["at"], "stamp": "vista-1", **more}
        self.widget._take(message)
        return self.desk

    @property
    def desk(self) -> dict[str, Any]:
        found: dict[str, Any] = self.widget.state["desk"]
        return found

    @property
    def said(self) -> str:
        return str(self.widget.state["status"]["text"])

    @property
    def level(self) -> str:
        return str(self.widget.state["status"]["level"])

    def parts(self, kind: str, within: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """All pieces of that kind on the screen, also those inside others."""
        found = []
        for part in self.desk["screen"]["parts"] if within is None else within:
            found += [part] if part["kind"] == kind else []
            found += self.parts(kind, part.get("parts", []))
        return found

    def text(self) -> str:
        """Everything on the screen, as the static rendering tells it."""
        return str(self.widget._repr_mimebundle_()[0]["text/plain"])

    def begin(self) -> None:
        """Start, and wait for the first message and decision."""
        self.send("start")
        self.send("wait", until="next")

    def to_form(self, tab: str, form: str) -> dict[str, Any]:
        """Open the case and a form in it; gives the form."""
        self.send("open", case="c1")
        self.send("go", screen="case", case="c1", tab=tab, form=form)
        return self.parts("form")[0]

    def submit(self, form: str, **values: Any) -> dict[str, Any]:
        return self.send("submit", case="c1", form=form, values=values)

    def play_to_the_end(self) -> None:
        """Take the first option of everything, and wait."""
        for _turn in range(60):
            if self.widget.play.ending is not None:
                return
            waiting = self.widget.play.open_situations
            if waiting:
                self.send("choose", situation=waiting[0].id, option=waiting[0].situation.options[0].id)
            else:
                self.send("wait", until="next")
        raise AssertionError("the story did not end")

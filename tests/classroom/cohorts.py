"""Participants at the shared desk, as the front end would send what they do."""

from pathlib import Path
from typing import Any

import pytest

from ciberaula.casework.cohort import Cohort
from ciberaula.classroom.desk_shared import SharedDesk, shared_desk


class Colleague:
    """A participant of a cohort at her desk, which she has opened."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, pseudonym: str, *, role: str = "trainee", opened: bool = True
    ) -> None:
        self._patch = monkeypatch
        self.pseudonym, self.role = pseudonym, role
        self.widget: SharedDesk = shared_desk()
        if opened:
            self.send("start")
            assert self.level == "ok", self.said

    def send(self, do: str, **more: Any) -> dict[str, Any]:
        """A command from a view that shows the present state; gives the state that follows."""
        self._patch.setenv("CIBERAULA_PSEUDONYM", self.pseudonym)
        self._patch.setenv("CIBERAULA_ROLE", self.role)
        self.widget._take({"type": "desk", "do": do, "at": self.desk["at"], "stamp": "vista-1", **more})
        return self.desk

    @property
    def desk(self) -> dict[str, Any]:
        state: dict[str, Any] = self.widget.state["desk"]
        return state

    @property
    def said(self) -> str:
        return str(self.widget.state["status"]["text"])

    @property
    def level(self) -> str:
        return str(self.widget.state["status"]["level"])

    @property
    def user(self) -> str:
        assert self.widget._me is not None
        return self.widget._me.user

    @property
    def name(self) -> str:
        assert self.widget._me is not None
        return self.widget._me.name

    @property
    def cohort(self) -> Cohort:
        assert self.widget._cohort is not None
        return self.widget._cohort

    def parts(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in _walk(self.desk["screen"]["parts"]) if one["kind"] == kind]

    def text(self) -> str:
        """Everything on the screen, as the static rendering tells it."""
        return str(self.widget._repr_mimebundle_()[0]["text/plain"])

    def rows(self, caption: str) -> list[list[str]]:
        """The rows of the table of that caption, as texts; none where there is no such table."""
        return [
            [cell if isinstance(cell, str) else cell["text"] for cell in row]
            for part in self.parts("table")
            if part["caption"] == caption
            for row in part["rows"]
        ]

    def own_case(self, n: int = 1) -> str:
        return f"{self.user}-{n}"

    def open(self, case: str, tab: str = "", form: str = "") -> None:
        """Open a case, at a tab, with a form."""
        self.send("open", case=case)
        if tab and self.level == "ok":
            self.send("go", screen="case", case=case, tab=tab, form=form)

    def do(self, case: str, tab: str, form: str, **values: Any) -> None:
        """Fill in a form of one's own case."""
        self.open(case, tab, form)
        self.send("submit", case=case, form=form, values=values)

    def asks_consent(self, case: str, to: "Colleague", *, data: list[str] | None = None) -> None:
        """The person agrees to be attended, and that ``to`` is told."""
        about = {"person": f"{case}-p", "granted": "si", "given_by": "person", "how": "De palabra."}
        self.do(case, "consent", "record_consent", **about, purpose="services")
        assert self.level == "ok", self.said
        shared = {"to": [to.user], **({"data": data} if data else {})}
        self.do(case, "consent", "record_consent", **about, purpose="sharing", **shared)
        assert self.level == "ok", self.said

    def sends(self, case: str, to: "Colleague", form: str = "refer", **more: Any) -> None:
        self.do(case, "services", form, to=to.user, **{"data": ["identity", "health"], "reason": "Atención.", **more})

    def answers(self, case: str, accept: str, **more: Any) -> None:
        """Open what came in and answer it."""
        self.send("go", screen="inbox")
        self.send("open", case=case)
        (form,) = self.parts("form")
        transition = next(one for one in form["fields"] if one["id"] == "transition")["options"][0]["id"]
        self.send(
            "submit",
            case=case,
            form="answer_transition",
            values={"transition": transition, "accept": accept, **more},
        )


def _walk(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for part in parts for one in (part, *_walk(part.get("parts", [])))]


def alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """No institution's database: a file in ``folder``."""
    monkeypatch.delenv("CIBERAULA_CASES_URL", raising=False)
    monkeypatch.setenv("CIBERAULA_HOME", str(folder))

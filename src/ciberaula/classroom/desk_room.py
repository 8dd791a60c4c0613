"""Several stories at one desk: ``practice_room("historia-…", …)`` lists them, and shows the chosen one in their place.

One widget for many stories, so that a page isn't as long as all of them. How a story is played and kept is the desk's own
affair (:mod:`ciberaula.classroom.desk_app`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ciberaula.classroom.desk_app import DeskWidget, Message, _Shown
from ciberaula.classroom.desk_keeping import Keeping
from ciberaula.classroom.desk_parts import Part, button, buttons, line, opening, screen, table
from ciberaula.classroom.frontend import FrontendWidget, done, no_status, problem
from ciberaula.classroom.sheetfile import Entry
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

_BESIDES = ("start", "pause", "end")  # the screens from which the list is one step away
# What of the desk belongs to the story on it, and waits with it while another one is played.
_OF_A_STORY = ("_keeping", "_where", "_begun", "_looked", "_sent", "_finds")


def practice_room(*ids: str) -> "PracticeRoom":
    """Show a list of the practice stories ``<id>.yml`` beside the notebook; each is played in the same place.

    They are offered besides: a lesson counts as finished without them (see :mod:`ciberaula.classroom.lessons`).
    Raises ``UserError`` where one is no practice story of the folder or its file has a mistake.
    """
    if not ids:
        raise UserError(_('La sala de práctica necesita al menos una historia: practice_room("historia-…").'))
    place = workplace()
    return PracticeRoom([_practice(place, id) for id in dict.fromkeys(ids)], place)


def _practice(place: Workplace, id: str) -> StoryItem:
    found, graded = place.find(id)
    if not isinstance(found, StoryItem) or graded:
        raise UserError(_("«{id}» no es una historia para practicar: quítela de la sala de práctica.").format(id=id))
    return found


class PracticeRoom(DeskWidget):
    """A list of stories, or the desk with the chosen one."""

    def __init__(self, items: Sequence[StoryItem], place: Workplace) -> None:
        self._items = {item.id: item for item in items}
        self._place = place
        self._chosen = ""
        self._left: dict[str, dict[str, Any]] = {}
        self._now = _Shown(no_status())
        spec = {"type": "desk", "title": _("Sala de práctica"), "prompt": ""}
        FrontendWidget.__init__(self, spec, desk=self._view(), value=self._value())

    def receive(self, message: dict[str, Any]) -> None:
        if message.get("type") != "desk" or message.get("do") not in ("story", "list"):
            super().receive(message)
            return
        try:
            self._now = self._enter(str(message.get("story"))) if message["do"] == "story" else self._leave()
        except UserError as error:
            self._now = _Shown(problem(str(error)))
        self._draw()

    def _enter(self, id: str) -> _Shown:
        """To the desk with that story, as it was left."""
        if self._chosen or id not in self._items:
            return self._now
        if id in self._left:
            for name, value in self._left[id].items():
                setattr(self, name, value)
            self._paused = False
            if self._keeping.changed_elsewhere():
                self._reload()
        else:
            self._take_up(Keeping(self._items[id], self._place))
        self._chosen = id
        self._keeping.opened()
        if notice := self._keeping.take_notice():
            return _Shown(problem(notice), focus="screen")
        goes_on = _("«{title}» sigue donde la dejó.").format(title=self._items[id].title)
        return _Shown(done(goes_on) if self._under_way() else no_status(), focus="screen")

    def _leave(self) -> _Shown:
        """Back to the list; the story stays where it is."""
        if not self._chosen:
            return self._now
        self._left[self._chosen] = {name: getattr(self, name) for name in _OF_A_STORY}
        self._chosen = ""
        return _Shown(no_status(), focus="screen")

    def _answer(self, act: Any, message: Message) -> _Shown:
        """What a command on the desk leads to. One that was meant for another story, or comes after leaving, is none."""
        story, _colon, count = str(message.get("at")).rpartition(":")
        if not self._chosen or story != self._chosen or not count.isdecimal():
            return self._now
        return super()._answer(act, {**message, "at": int(count)})

    def _arrive(self) -> None:
        if self._chosen:
            super()._arrive()
            return
        self._place.sheet.read()  # what is wrong with it is noticed then
        notice = self._place.sheet.take_notice()
        self._now = _Shown(problem(notice) if notice else self._now.status)
        self._draw()

    def _value(self) -> dict[str, Any] | None:
        """How many of the stories were begun."""
        answers = self._place.sheet.read()
        begun = sum(id in answers for id in self._items)
        return {"stories": begun} if begun else None

    def _view(self) -> dict[str, Any]:
        if not self._chosen:
            return _bare(self._list(), self._now.focus)
        view = super()._view()
        shown = view["screen"]
        parts = _apart(shown["parts"], self._chosen)
        if shown["key"] in _BESIDES:
            parts.append(buttons(button(_("Volver a la lista"), {"do": "list"})))
        title = f"{shown['title']}: {self._keeping.item.title}" if shown["key"] == "start" else shown["title"]
        return {
            **view,
            "at": f"{self._chosen}:{view['at']}",
            "screen": {**shown, "title": title, "parts": parts},
            "form": {**view["form"], "id": _form_id(self._chosen, view["form"]["id"])},
        }

    def _list(self) -> dict[str, Any]:
        answers = self._place.sheet.read()
        rows = [
            [
                opening(item.title, {"do": "story", "story": id}),
                item.story.field,
                str(item.story.minutes),
                _state(answers.get(id)),
            ]
            for id, item in self._items.items()
        ]
        count = ngettext("{n} historia", "{n} historias", len(rows)).format(n=len(rows))
        how = _("Cada historia se abre aquí mismo. Con «Pausa» puede volver a esta lista: nada se pierde.")
        columns = (_("Historia"), _("Campo"), _("Minutos"), _("Estado"))
        return screen("list", _("Elija una historia"), [line(how), table(count, columns, rows)])


def _bare(shown: dict[str, Any], focus: str) -> dict[str, Any]:
    """A screen without a story: no clock, and no ways."""
    return {
        "at": "",
        "head": {"clock": "", "day": "", "connection": "", "connected": True, "pause": None},
        "ways": None,
        "after": [],
        "screen": shown,
        "form": {"id": "", "problems": {}, "refused": ""},
        "focus": focus,
    }


def _state(entry: Entry | None) -> str:
    """How far a story is, told by what is saved; whether it can still be replayed is told when it is opened."""
    if entry is None or entry.value is None:
        return _("sin empezar")
    ended = isinstance(entry.value, Mapping) and entry.value.get("ended") is not None
    return _("terminada") if ended else _("en curso")


def _apart(parts: Sequence[Part], story: str) -> list[Part]:
    """``parts`` with forms of that story's own: what was begun to be written in one must not turn up in another."""
    made = []
    for part in parts:
        inside = {"parts": _apart(part["parts"], story)} if "parts" in part else {}
        named = {"id": _form_id(story, part["id"])} if part["kind"] == "form" else {}
        made.append({**part, **inside, **named})
    return made


def _form_id(story: str, id: str) -> str:
    return f"{story}/{id}"

"""The case desk as a widget: ``story("historia-…")`` plays a story on it.

The story is the trainee's log and nothing else: every action is done, then saved in the answer sheet, and only then shown.
The browser sends commands, which are all checked here; it decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from ciberaula.casework.store.protocol import CaseLine, Query
from ciberaula.casework.stories.play import Play
from ciberaula.classroom.desk_clock import due_before_next
from ciberaula.classroom.desk_connection import case_fields, connection, indicator, own_cases
from ciberaula.classroom.desk_file import LOOKS, TABS, case_screen
from ciberaula.classroom.desk_forms import FORMS
from ciberaula.classroom.desk_forms_office import OFFICE, office_action, office_parts
from ciberaula.classroom.desk_inputs import fill, no_such_form
from ciberaula.classroom.desk_keeping import Elsewhere, Keeping
from ciberaula.classroom.desk_parts import Part, button, buttons
from ciberaula.classroom.desk_screens import (
    Where,
    calendar,
    cases,
    count_due,
    elsewhere,
    filter_fields,
    followed,
    form_id,
    go,
    head,
    inbox,
    pause,
    query_of,
    start,
    ways,
)
from ciberaula.classroom.desk_session import PlaySession, case_file, codes, my_tasks, story_cases
from ciberaula.classroom.desk_texts import hour, span
from ciberaula.classroom.fields import clean_values
from ciberaula.classroom.frontend import FrontendWidget, done, no_status, problem
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.workplace import workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

Message = Mapping[str, Any]
_HOME = Where("inbox")
_AT_ONCE = ("pause", "back", "go", "find", "reflect")  # these change nothing in the story: an old view may send them


def story(id: str, *, optional: bool = False) -> "DeskWidget":
    """Show the case desk with the story of ``<id>.yml`` beside the notebook, where it was left.

    An ``optional`` one is offered besides: a lesson counts as finished without it (see :mod:`ciberaula.classroom.lessons`).
    Raises ``UserError`` where there is no such story or its file has a mistake.
    """
    place = workplace()
    found, _graded = place.find(id)
    if not isinstance(found, StoryItem):
        raise UserError(_("«{id}» no es una historia de la mesa de casos: use question(«{id}»).").format(id=id))
    return DeskWidget(Keeping(found, place))


@dataclass(frozen=True)
class _Shown:
    """What the last command led to: the ``status`` line, what ``followed`` in the story, where the ``focus`` goes, what
    is wrong in a form, the message that was opened (``reading``), and whether something ``came`` into the inbox."""

    status: dict[str, str]
    followed: tuple[Part, ...] = ()
    focus: str = ""
    problems: Mapping[str, str] | None = None
    refused: str = ""
    reading: str = ""
    came: bool = False


class DeskWidget(FrontendWidget):
    """One story on the desk. Everything shown is made anew from the play after each command."""

    def __init__(self, keeping: Keeping) -> None:
        self._take_up(keeping)
        kind = _("Historia calificada") if keeping.item.graded else _("Historia para practicar")
        spec = {"type": "desk", "title": f"{kind}: {keeping.item.title}", "prompt": ""}
        super().__init__(spec, desk=self._view(), value=self._value())

    def _take_up(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._where = _HOME
        self._begun = keeping.begun
        self._paused = False
        self._looked: set[str] = set()
        self._sent = 0
        self._finds = 0
        self._now = _Shown(done(_("La historia sigue donde la dejó.")) if self._under_way() else no_status())

    @property
    def play(self) -> Play:
        """The story as it stands."""
        return self._keeping.play

    def receive(self, message: dict[str, Any]) -> None:
        if message.get("type") == "shown":
            self._arrive()
        elif message.get("type") == "desk":
            act = self._COMMANDS.get(str(message.get("do")))
            if act is not None:
                self._now = self._answer(act, message)
                self._draw()

    def _answer(self, act: "Callable[[DeskWidget, Message], _Shown]", message: Message) -> _Shown:
        """What a command leads to. An old view's second wish is none: the story had gone on."""
        if message["do"] not in _AT_ONCE and message.get("at") != self._keeping.count:
            return self._now
        try:
            return act(self, message)
        except Elsewhere:
            self._reload()
            told = _(
                "Esta historia avanzó en otra pestaña: se muestra como quedó allí. Repita su acción si todavía hace falta."
            )
            return _Shown(problem(told), focus="screen")
        except UserError as error:
            return _Shown(problem(str(error)), refused=str(error) if message["do"] == "submit" else "")

    def _arrive(self) -> None:
        """A view was drawn: perhaps of a notebook that stayed open while the story went on in another tab."""
        self._keeping.opened()
        if self._keeping.changed_elsewhere():
            self._reload()
        notice = self._keeping.take_notice()
        self._now = _Shown(problem(notice) if notice else self._now.status, self._now.followed)
        self._draw()

    def _reload(self) -> None:
        self._keeping.load()
        self._begun = self._keeping.begun
        self._where = _HOME

    def _draw(self) -> None:
        self.tell(desk=self._view(), value=self._value(), status=self._now.status)

    def _value(self) -> dict[str, Any] | None:
        return {"actions": self._keeping.count} if self._keeping.count else None

    # What is shown ---------------------------------------------------------------------------------------------------

    def _view(self) -> dict[str, Any]:
        session = PlaySession(self.play)
        over = self.play.ending is not None
        running = self._begun and not self._paused and not over
        top: dict[str, Any] = {"clock": "", "day": "", "connection": "", "connected": True, "pause": None}
        if self._begun and not over:
            top = head(session, connected=self.play.connected, connection=indicator(self.play))
            top["pause"] = None if self._paused else top["pause"]
        return {
            "at": self._keeping.count,
            "head": top,
            "ways": self._ways(session) if running else None,
            "after": self._after(),
            "screen": self._screen(session),
            "form": {
                "id": form_id(self._where, self._sent),
                "problems": dict(self._now.problems or {}),
                "refused": self._now.refused,
            },
            "focus": self._now.focus,
        }

    def _after(self) -> list[Part]:
        """What followed, and the way to what came in while she was elsewhere."""
        away = self._now.came and self._where.screen != "inbox" and self.play.ending is None
        way = [buttons(button(_("Ir a la bandeja"), go(_HOME)))] if away else []
        return [*self._now.followed, *way]

    def _under_way(self) -> bool:
        return self._begun and self.play.ending is None

    def _ways(self, session: PlaySession) -> dict[str, Any]:
        waiting = sum(not one.read for one in self.play.inbox) + len(self.play.open_situations)
        due = count_due(my_tasks(session), self.play.now)
        return ways(self._where, waiting, due, len(self.play.conflicts))

    def _screen(self, session: PlaySession) -> dict[str, Any]:
        item = self._keeping.item
        if not self._begun:
            notices = [self._keeping.refusal] if self._keeping.refusal else []
            return start(
                _("Antes de empezar"), item.story.prebrief, item.story.minutes, graded=item.graded, notices=notices
            )
        if self._paused:
            return pause()
        if self.play.ending is not None:
            return self._keeping.end_screen()
        match self._where.screen:
            case "cases":
                more = office_parts(session, self._where, self._sent)
                return cases(session, self._found(session), self._where.filters, more)
            case "calendar":
                due = my_tasks(session)
                known = codes(session, {one.case_id for one in due})
                return calendar(session, due, known, ends=True, waiting=self.play.open_situations)
            case "connection":
                return connection(self.play, self._takeable(session), self._sent)
            case "case" if (file := case_file(session, self._where.case)) is not None:
                return case_screen(session, file, self._where, self._sent)
        asked = {one.case for one in self.play.inbox} | {one.situation.case for one in self.play.open_situations}
        known = codes(session, asked)
        reading = self._now.reading
        own = story_cases(session)
        return inbox(session, self.play.inbox, self.play.open_situations, known, reading=reading, own=own)

    def _found(self, session: PlaySession, query: Query | None = None) -> list[CaseLine]:
        """The list of cases, which is a look at many: an entry of the audit."""
        self._finds += 1
        wanted = query or query_of(self._where.filters, session)
        return session.desk.find(session.actor, wanted, action_id=f"lista-{self._finds}")

    def _takeable(self, session: PlaySession) -> list[CaseLine]:
        """The cases that she may take along now."""
        return self._found(session, own_cases(session.actor.id)) if self.play.connected else []

    # What is done ----------------------------------------------------------------------------------------------------

    def _start(self, _message: Message) -> _Shown:
        self._keeping.set_aside()
        self._begun = True
        return _Shown(no_status(), focus="screen")

    def _again(self, _message: Message) -> _Shown:
        if self.play.ending is None or self._keeping.item.graded:
            return self._now
        self._keeping.again()
        self._where, self._looked = _HOME, set()
        return _Shown(done(_("Empieza de nuevo. Su recorrido anterior queda guardado para comparar.")), focus="screen")

    def _pause(self, _message: Message) -> _Shown:
        self._paused = True
        return _Shown(no_status(), focus="screen")

    def _back(self, _message: Message) -> _Shown:
        self._paused = False
        return _Shown(no_status(), focus="screen")

    def _go(self, message: Message) -> _Shown:
        """To another screen or tab. A tab that shows what is looked at apart is a look."""
        screen, tab, form = message.get("screen"), message.get("tab"), message.get("form")
        if not self._begun or screen not in ("inbox", "cases", "calendar", "connection", "case"):
            return self._now
        if screen != "case":
            named = form if screen == "cases" and form in OFFICE else ""
            self._where = elsewhere(self._where, screen=screen, case="", form=named)
            return _Shown(no_status(), focus="form" if named else "screen")
        if message.get("case") != self._where.case or tab not in TABS or not isinstance(form, str):
            return self._now
        part = LOOKS.get(str(tab))
        shown = _Shown(no_status(), focus="inside")
        if part is not None and part not in self._looked:
            if message.get("at") != self._keeping.count:
                return self._now
            shown = self._look(self._where.case, part, "inside")
            if shown.status["level"] == "error":
                return shown
        self._where = elsewhere(self._where, tab=str(tab), form=form if form in FORMS else "")
        return shown

    def _open(self, message: Message) -> _Shown:
        case = str(message.get("case"))
        shown = self._look(case, "file", "screen")
        if shown.status["level"] != "error":
            self._where = elsewhere(self._where, screen="case", case=case, tab="summary")
            self._looked = set()
        return shown

    def _look(self, case: str, part: str, focus: str) -> _Shown:
        outcome = self._do({"do": "look", "case": case, "part": part}, focus=focus, quiet=True)
        if outcome.status["level"] != "error":
            self._looked.add(part)
        return outcome

    def _read(self, message: Message) -> _Shown:
        id = str(message.get("message"))
        return replace(self._do({"do": "read", "message": id}, focus="screen", quiet=True), reading=id)

    def _choose(self, message: Message) -> _Shown:
        return self._do(
            {"do": "choose", "situation": str(message.get("situation")), "option": str(message.get("option"))}
        )

    def _wait(self, message: Message) -> _Shown:
        how = {name: message[name] for name in ("until", "minutes") if name in message}
        stop = due_before_next(PlaySession(self.play)) if how == {"until": "next"} else None
        if stop is not None:
            return self._do({"do": "wait", "minutes": stop.minutes}, besides=stop.text)
        return self._do({"do": "wait", **how})

    def _submit(self, message: Message) -> _Shown:
        session, where = PlaySession(self.play), self._where
        office = where.screen == "cases"
        form = (OFFICE if office else FORMS).get(str(message.get("form")))
        file = None if office else case_file(session, where.case)
        if form is None or (file is None and not office) or (message.get("case"), form.do) != (where.case, where.form):
            raise no_such_form()
        filled = fill(form, session, file, message.get("values"))
        if filled.action is None:
            return _Shown(problem(_("Falta algo en el formulario.")), focus="form", problems=filled.problems)
        if file is None:
            action = office_action(session, filled.action, self._keeping.count)
        else:
            action = {**filled.action, "case": file.case.id}
        shown = self._do(action)
        if shown.status["level"] == "error":
            return _Shown(shown.status, shown.followed, "", refused=shown.status["text"])
        self._sent += 1
        self._where = elsewhere(self._where)
        return shown

    def _take_along(self, message: Message) -> _Shown:
        values = clean_values(case_fields(self._takeable(PlaySession(self.play))), message.get("values"))
        if not values:
            return _Shown(problem(_("Elija al menos un caso para llevar.")), focus="said")
        shown = self._do({"do": "go_offline", "cases": values["cases"]})
        self._sent += 1
        return shown

    def _synchronise(self, message: Message) -> _Shown:
        keep = message.get("keep", {})
        if not isinstance(keep, Mapping):
            raise no_such_form()
        return self._do({"do": "synchronise", "keep": dict(keep)})

    def _find(self, message: Message) -> _Shown:
        self._where = elsewhere(self._where, filters=clean_values(filter_fields(), message.get("values")))
        return _Shown(done(_("La lista muestra lo que buscó.")))

    def _reflect(self, message: Message) -> _Shown:
        return _Shown(self._keeping.reflect(message.get("values")))

    def _do(self, action: dict[str, Any], *, focus: str = "said", quiet: bool = False, besides: str = "") -> _Shown:
        """Do ``action`` in the story and save it before it is told. ``quiet``: say only what else came, and ``besides``."""
        if not self._begun:
            raise UserError(_("La historia todavía no empieza: pulse «Empezar»."))
        before = {one.id for one in self.play.inbox}, {one.id for one in self.play.open_situations}
        told, began = len(self.play.timeline), self.play.now
        outcome, saved = self._keeping.do(action)
        line = "" if quiet and outcome.ok else outcome.line
        if action["do"] == "choose" and outcome.ok:
            line = _("Usted decidió: {option}").format(option=line)
        came = self._arrivals(*before)
        took = self._took(began) if outcome.ok and not quiet and action["do"] != "wait" else ""
        text = " ".join(part for part in (line, took, besides, came, "" if saved.saved else saved.message) if part)
        if self.play.ending is not None:
            focus = "screen"
        well = outcome.ok and saved.saved
        consequence = outcome.consequence if outcome.ok else ""
        meanwhile = followed(consequence, self.play.timeline[told:])
        return _Shown(done(text) if well else problem(text), meanwhile, focus, came=bool(came))

    def _took(self, began: datetime) -> str:
        """How far the clock went."""
        now = self.play.now
        if now == began:
            return ""
        return _("Tomó {time}: son las {hour}.").format(time=span(now - began), hour=hour(now))

    def _arrivals(self, messages: set[str], situations: set[str]) -> str:
        """What came into the inbox meanwhile."""
        new = len([one for one in self.play.inbox if one.id not in messages])
        opened = len([one for one in self.play.open_situations if one.id not in situations])
        told = [
            ngettext("Llegó {n} mensaje a su bandeja.", "Llegaron {n} mensajes a su bandeja.", new).format(n=new)
            if new
            else "",
            ngettext(
                "Hay {n} decisión nueva en su bandeja.", "Hay {n} decisiones nuevas en su bandeja.", opened
            ).format(n=opened)
            if opened
            else "",
        ]
        return " ".join(text for text in told if text)

    _COMMANDS: ClassVar["Mapping[str, Callable[[DeskWidget, Message], _Shown]]"] = {
        "start": _start,
        "again": _again,
        "pause": _pause,
        "back": _back,
        "go": _go,
        "open": _open,
        "read": _read,
        "choose": _choose,
        "wait": _wait,
        "submit": _submit,
        "take_along": _take_along,
        "synchronise": _synchronise,
        "find": _find,
        "reflect": _reflect,
    }

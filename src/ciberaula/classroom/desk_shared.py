"""The case desk without a story: ``shared_desk()``, where the participants of a cohort refer cases to one another.

Everything is kept in the shared database at once, and nothing here. Where that is out of reach, what is on the screen and
what a person is writing stay as they are, and the same step can be tried again: it is not done twice.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from ciberaula.casework.cohort import Cohort
from ciberaula.casework.entities import CaseFile
from ciberaula.casework.store import open_store, shared_url
from ciberaula.casework.store.participants import Participant, approvals, received, sent
from ciberaula.casework.store.protocol import CaseLine
from ciberaula.casework.store.trouble import StoreTrouble
from ciberaula.casework.vocabulary import Role
from ciberaula.classroom import desk_shared_screens as shared
from ciberaula.classroom.desk_file import LOOKS, TABS, case_screen
from ciberaula.classroom.desk_forms import FORMS
from ciberaula.classroom.desk_forms_office import OFFICE, office_action, office_parts
from ciberaula.classroom.desk_inputs import Form, fill, no_such_form
from ciberaula.classroom.desk_parts import Part
from ciberaula.classroom.desk_screens import (
    Where,
    calendar,
    cases,
    count_due,
    elsewhere,
    filter_fields,
    form_id,
    head,
    pause,
    query_of,
)
from ciberaula.classroom.desk_session import codes, my_tasks
from ciberaula.classroom.desk_shared_session import CohortSession, Seen, seen, supervises
from ciberaula.classroom.desk_texts import ACTIONS
from ciberaula.classroom.fields import clean_values
from ciberaula.classroom.frontend import FrontendWidget, done, no_status, problem
from ciberaula.classroom.participant import pseudonym
from ciberaula.errors import UserError
from ciberaula.i18n import _

Message = Mapping[str, Any]
_HOME = Where("inbox")
_NO_CLOCK: dict[str, Any] = {"clock": "", "day": "", "connection": "", "connected": True, "pause": None}


def shared_desk() -> "SharedDesk":
    """Show the desk that a cohort shares (``CIBERAULA_CASES_URL``), or one of one's own where there is none.

    Nothing is opened before the person wants it.
    """
    return SharedDesk()


@dataclass(frozen=True)
class _Shown:
    """What the last command led to. ``out_of_reach``: the database did not answer, and nothing is drawn anew."""

    status: dict[str, str]
    focus: str = ""
    problems: Mapping[str, str] | None = None
    refused: str = ""
    out_of_reach: bool = False


class SharedDesk(FrontendWidget):
    """A participant at the shared desk. Everything shown is read from the database after each command."""

    def __init__(self) -> None:
        self._cohort: Cohort | None = None
        self._me: Participant | None = None
        self._where = _HOME
        self._paused = False
        self._looked: set[str] = set()
        self._lines: list[CaseLine] = []
        self._token = secrets.token_hex(4)  # of this view's ids: two tabs never use the same
        self._steps = 0
        self._sent = 0
        self._failed: Message | None = None
        self._now = _Shown(no_status())
        super().__init__({"type": "desk", "title": _("Mesa compartida"), "prompt": ""}, desk=self._closed())

    def receive(self, message: dict[str, Any]) -> None:
        if message.get("type") == "shown":
            self._draw()
        elif message.get("type") == "desk":
            act = self._COMMANDS.get(str(message.get("do")))
            if act is not None:
                self._now = self._answer(act, message)
                self._draw()

    def _answer(self, act: "Callable[[SharedDesk, Message], _Shown]", message: Message) -> _Shown:
        if message["do"] == "submit" and message.get("at") != self._sent:
            return _Shown(done(_("Eso ya estaba guardado: así está la mesa ahora.")))
        try:
            shown = act(self, message)
        except StoreTrouble as error:
            if message["do"] != "retry":
                self._failed = dict(message)
            return _Shown(problem(str(error)), out_of_reach=True)
        except UserError as error:
            return _Shown(problem(str(error)), refused=str(error) if message["do"] == "submit" else "")
        if message["do"] not in ("pause", "back"):
            self._failed = None
        return shown

    # What is shown ---------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if not self._now.out_of_reach:
            try:
                self.tell(desk=self._view(), value=self._me is not None or None, status=self._now.status)
                return
            except StoreTrouble as error:
                # What was done before stays done: that is said first.
                told = " ".join(text for text in (self._now.status["text"], str(error)) if text)
                self._failed = self._failed or {"do": "refresh"}
                self._now = _Shown(problem(told), out_of_reach=True)
        before = self.state["desk"]
        top = {**before["head"], "connected": False, "connection": _("Sin conexión con la mesa compartida")}
        self.tell(
            desk={**before, "head": top, "after": shared.retry(), "focus": "said"},
            status=self._now.status,
        )

    def _closed(self) -> dict[str, Any]:
        return self._framed(_NO_CLOCK, None, shared.start(shared=shared_url() is not None))

    def _framed(self, top: dict[str, Any], ways: Part | None, screen: dict[str, Any]) -> dict[str, Any]:
        form = {
            "id": form_id(self._where, self._sent),
            "problems": dict(self._now.problems or {}),
            "refused": self._now.refused,
        }
        focus = self._now.focus
        return {
            "at": self._sent,
            "head": top,
            "ways": ways,
            "after": [],
            "screen": screen,
            "form": form,
            "focus": focus,
        }

    def _view(self) -> dict[str, Any]:
        if self._cohort is None or self._me is None:
            return self._closed()
        if self._paused:  # whatever happens to the database: this must always be possible
            return self._framed({**self.state["desk"]["head"], "pause": None}, None, pause(story=False))
        session = self._session()
        name = _("Usted es «{name}»").format(name=session.me.name)
        reach = {} if shared_url() else {"connection": _("En este equipo")}
        top = {**head(session, connected=True), "day": name, **reach}
        screen = self._screen(session)
        with session.cohort.store.begin() as unit:
            waiting = len(received(unit, session.me.user))
            waiting += len(approvals(unit, session.actor.group)) if supervises(session) else 0
        ways = shared.ways(self._where, waiting, count_due(my_tasks(session), session.now))
        return self._framed(top, ways, screen)

    def _screen(self, session: CohortSession) -> dict[str, Any]:
        where = self._where
        if where.screen == "case":
            found = seen(session, where.case)
            if found is not None and found.whole:
                return case_screen(session.about(found.file), found.file, where, self._sent)
            if found is not None:
                about = session.about(found.file)
                self._where = elsewhere(where, form=shared.answer_offered(about, found.file))
                return shared.received_case(about, found.file, self._where, self._sent)
            self._where = _HOME  # it went to somebody else meanwhile
        if where.screen == "cases":
            return cases(session, self._lines, where.filters, office_parts(session, where, self._sent))
        if where.screen == "calendar":
            due = my_tasks(session)
            return calendar(session, due, codes(session, {one.case_id for one in due}), ends=False)
        with session.cohort.store.begin() as unit:
            came, went = received(unit, session.me.user), sent(unit, session.me.user)
            asked = approvals(unit, session.actor.group) if supervises(session) else []
        return shared.inbox(session, came, went, asked, shared=shared_url() is not None)

    def _session(self) -> CohortSession:
        if self._cohort is None or self._me is None:
            raise UserError(_("La mesa todavía no está abierta: pulse «Abrir la mesa»."))
        return CohortSession.at(self._cohort, self._me)

    # What is done ----------------------------------------------------------------------------------------------------

    def _start(self, _message: Message) -> _Shown:
        if self._me is not None:
            return self._now
        who = _own_pseudonym()
        if self._cohort is None:
            self._cohort = Cohort(open_store())
        supervisor = os.environ.get("CIBERAULA_ROLE") == "instructor"
        self._me = self._cohort.enter(who, Role.SUPERVISOR if supervisor else Role.CASEWORKER)
        return _Shown(no_status(), focus="screen")

    def _retry(self, _message: Message) -> _Shown:
        """Try again what failed. A form is left to the person: she may have gone on writing in it."""
        failed = self._failed
        if failed is not None and failed["do"] != "submit":
            return self._COMMANDS[failed["do"]](self, failed)
        self._session()
        return _Shown(done(_("Hay conexión otra vez. Lo que escribió sigue en el formulario: envíelo.")), focus="form")

    def _refresh(self, _message: Message) -> _Shown:
        session = self._session()
        if self._where.screen == "cases":
            self._find_again(session)
        return _Shown(done(_("Al día.")))

    def _pause(self, _message: Message) -> _Shown:
        self._paused = True
        return _Shown(no_status(), focus="screen")

    def _back(self, _message: Message) -> _Shown:
        self._paused = False
        return _Shown(no_status(), focus="screen")

    def _go(self, message: Message) -> _Shown:
        """To another screen or tab. A tab that shows what is looked at apart is a look, and a list of cases too."""
        session = self._session()
        screen, tab, form = message.get("screen"), message.get("tab"), message.get("form")
        if screen == "case":
            return self._go_inside(session, message.get("case"), str(tab), form if isinstance(form, str) else "")
        if screen not in ("inbox", "cases", "calendar"):
            return self._now
        if screen == "cases" and self._where.screen != "cases":
            self._find_again(session)
        named = str(form) if screen == "cases" and form in OFFICE else ""
        self._where = elsewhere(self._where, screen=screen, case="", form=named)
        return _Shown(no_status(), focus="form" if named else "screen")

    def _go_inside(self, session: CohortSession, case: object, tab: str, form: str) -> _Shown:
        if case != self._where.case or tab not in TABS:
            return self._now
        part = LOOKS.get(tab)
        if part is not None and part not in self._looked:
            session.desk.look(session.actor, self._where.case, part, action_id=self._step())
            self._looked.add(part)
        self._where = elsewhere(self._where, tab=tab, form=form if form in FORMS else "")
        return _Shown(no_status(), focus="inside")

    def _open(self, message: Message) -> _Shown:
        return self._opened(self._session(), str(message.get("case")))

    def _opened(self, session: CohortSession, case: str) -> _Shown:
        session.desk.look(session.actor, case, "file", action_id=self._step())
        self._where = elsewhere(self._where, screen="case", case=case, tab="summary")
        self._looked = set()
        return _Shown(no_status(), focus="screen")

    def _find(self, message: Message) -> _Shown:
        filters = clean_values(filter_fields(), message.get("values"))
        self._where = elsewhere(self._where, filters=filters)
        self._find_again(self._session())
        return _Shown(done(_("La lista muestra lo que buscó.")))

    def _find_again(self, session: CohortSession) -> None:
        query = query_of(self._where.filters, session)
        self._lines = session.desk.find(session.actor, query, action_id=self._step())

    def _submit(self, message: Message) -> _Shown:
        session, where = self._session(), self._where
        form, file = self._form(session, message)
        about = session if file is None else session.about(file)
        filled = fill(form, about, file, message.get("values"))
        if filled.action is None:
            return _Shown(problem(_("Falta algo en el formulario.")), focus="form", problems=filled.problems)
        action = {**filled.action, "case": where.case} if file is not None else self._office(session, filled.action)
        came = session.desk.do(session.actor, action, action_id=self._id_of(action))
        self._sent += 1
        self._where = elsewhere(where)
        if file is None:
            with contextlib.suppress(StoreTrouble):  # it is done; that the desk went away after it is told when drawing
                self._after_office(session, action)
        line = _("Hecho: {action}.").format(action=ACTIONS[form.do].lower())
        return _Shown(done(" ".join(text for text in (line, came.line) if text)), focus="said")

    def _after_office(self, session: CohortSession, action: Mapping[str, Any]) -> None:
        """A case that is hers now, or opened in an emergency, is shown."""
        if action["do"] == "request_transfer":
            self._find_again(session)
        else:
            self._opened(session, action["case"])

    def _form(self, session: CohortSession, message: Message) -> tuple[Form, CaseFile | None]:
        """The form that was filled in and the case it is about. Raises ``UserError`` where it is not the one shown."""
        where = self._where
        office = where.screen == "cases"
        form = (OFFICE if office else FORMS).get(str(message.get("form")))
        found: Seen | None = None if office else seen(session, where.case)
        known = form is not None and (message.get("case"), form.do) == (where.case, where.form)
        if form is None or not known or (found is None and not office):
            raise no_such_form()
        return form, found.file if found is not None else None

    def _office(self, session: CohortSession, values: dict[str, Any]) -> dict[str, Any]:
        action = office_action(session, values, self._sent)
        if action["do"] == "register":  # ids that nobody else on the shared desk can have
            case = f"{session.me.user}-{self._token}-{self._sent + 1}"
            return {**action, "case": case, "person": f"{case}-p"}
        return action

    def _step(self) -> str:
        """The id of a look: each is a new one."""
        self._steps += 1
        return f"{self._user()}.{self._token}.v{self._steps}"

    def _id_of(self, action: Mapping[str, Any]) -> str:
        """The id of an action: sent again unchanged after an interruption, it is the same and is not done twice."""
        told = sha256(json.dumps(action, sort_keys=True).encode()).hexdigest()[:8]
        return f"{self._user()}.{self._token}.{self._sent + 1}-{told}"

    def _user(self) -> str:
        return self._me.user if self._me is not None else ""

    _COMMANDS: ClassVar["Mapping[str, Callable[[SharedDesk, Message], _Shown]]"] = {
        "start": _start,
        "retry": _retry,
        "refresh": _refresh,
        "pause": _pause,
        "back": _back,
        "go": _go,
        "open": _open,
        "find": _find,
        "submit": _submit,
    }


def _own_pseudonym() -> str:
    try:
        return pseudonym(Path.cwd())
    except OSError as error:
        raise UserError(
            _("No se puede guardar su seudónimo en esta carpeta: revise que no sea de solo lectura y vuelva a abrir.")
        ) from error

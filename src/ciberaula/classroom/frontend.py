"""The one front end of all widgets: an anywidget that draws ``spec`` and ``state`` and sends messages back.

The browser is never trusted: it can't set anything here, and every message is checked before it is used.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets
from IPython.display import DisplayHandle, display

from ciberaula.classroom.static_view import static_html, static_text
from ciberaula.errors import UserError
from ciberaula.i18n import _

_PARTS = Path(__file__).with_name("static")
_SCRIPTS = ("coding.js", "desk_parts.js", "desk.js", "dom.js", "choices.js", "inputs.js", "scenario.js", "question.js")
_STYLES = ("question.css", "coding.css", "desk.css")
_VIEW = "application/vnd.jupyter.widget-view+json"


_REMARK = re.compile(r"^(?://.*|/\*(?:(?!\*/).)*\*/)?\n", re.MULTILINE)  # a line of its own, or an empty one


def _read(*names: str) -> str:
    """The parts in one, without remarks and indentation, which a person at the other end pays for."""
    text = "\n".join((_PARTS / name).read_text(encoding="utf-8") for name in names)
    return _REMARK.sub("", re.sub(r"^[ ]+", "", text, flags=re.MULTILINE))


def _modules() -> tuple[str, str]:
    """The whole front end with its style sheet, and what waits for it: two JavaScript modules.

    They find each other under a key of what is in them: two kernels of different versions may have widgets on one page.
    """
    style = f"const STYLE = {json.dumps(_read(*_STYLES))};\n"
    parts = (_read("slot.js") + style + _read(*_SCRIPTS, "fill.js"), _read("slot.js", "loader.js"))
    key = f"ciberaula-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:16]}"
    code, loader = (part.replace("CIBERAULA_KEY", key) for part in parts)
    return code, loader


CODE, LOADER = _modules()


class FrontendWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """Base of all widgets. A subclass gives ``spec`` (drawn once) and answers :meth:`receive`.

    The code is big and connections are weak: only the first widget of a kernel carries it. The others have a page that
    lacks it ask for it (``type`` ``code``).
    """

    _esm = LOADER
    _carrier: ClassVar["FrontendWidget | None"] = None

    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any], **state: Any) -> None:
        first = {"value": None, "feedback": None, "result": "", "status": no_status(), **state, "turn": 0, "stamp": ""}
        self._stamp = ""
        self._static_output: DisplayHandle | None = None
        self._static_fresh: dict[str, str] | None = None
        carrier = FrontendWidget._carrier
        carries = carrier is None or carrier.comm is None  # it was closed: a page opened from now on doesn't get it
        super().__init__(_esm=CODE if carries else LOADER, spec={"lang": "es", "ui": ui_texts(), **spec}, state=first)
        if carries:
            FrontendWidget._carrier = self
        self.on_msg(lambda _widget, content, _buffers: self._take(content))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Ignore what a browser wants to set: answers come as messages, which are checked."""

    def receive(self, message: dict[str, Any]) -> None:
        """Act on one message; ``type`` is ``shown``, ``save``, ``press``, ``choose``, ``restart`` or ``desk``.

        May raise ``UserError``, whose line is shown as the status.
        """
        raise NotImplementedError

    def tell(self, **changes: Any) -> None:
        """Change the state, and have every view draw it again."""
        self.state = {**self.state, **changes, "turn": self.state["turn"] + 1, "stamp": self._stamp}
        if self._static_output is not None:
            static = self._static()
            # The first view of what was just displayed says so, which mostly changes nothing. Later ones may belong to
            # a page that was opened again with an older rendering.
            if static != self._static_fresh:
                self._static_output.update(static, raw=True)
            self._static_fresh = None

    def _take(self, message: object) -> None:
        if not isinstance(message, dict):
            return
        if message.get("type") == "code":
            self.send({"type": "code", "code": CODE})
            return
        # A view stamps what it sends, and waits for its last stamp before it takes over a value: an answer to an
        # earlier message must not undo what the person has done since.
        stamp = message.get("stamp")
        self._stamp = stamp[:60] if isinstance(stamp, str) else ""
        before = self.state["turn"]
        try:
            self.receive(message)
        except UserError as error:
            self.tell(status=problem(str(error)))
        if self.state["turn"] == before:
            self.tell()

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_()
        return {**data, **self._static()}, metadata

    def _static(self) -> dict[str, str]:
        return {
            "text/html": static_html(self.spec, self.state),
            "text/plain": static_text(self.spec, self.state),
        }

    def _ipython_display_(self) -> None:
        """Show the static rendering, and after it the live view, which hides it.

        Two outputs, because JupyterLab shows nothing but the view of a saved output that has one, and without its kernel
        that view is an error message. The first is kept up to date, so that a saved notebook holds the last answer.
        """
        data, metadata = self._repr_mimebundle_()
        self._static_fresh = self._static()
        view = {_VIEW: data.pop(_VIEW), "text/html": "", "text/plain": ""}
        self._static_output = display(data, raw=True, display_id=f"static-{self.model_id}")
        display(view, metadata=metadata, raw=True)


def no_status() -> dict[str, str]:
    return {"text": "", "level": "ok", "at": ""}


def done(text: str, at: str = "") -> dict[str, str]:
    """A status: it went well. ``at`` (ISO 8601) is shown as the reader's own clock time."""
    return {"text": text, "level": "ok", "at": at}


def problem(text: str) -> dict[str, str]:
    """A status: something the person should see to."""
    return {"text": text, "level": "error", "at": ""}


def ui_texts() -> dict[str, str]:
    """The front end's own words."""
    return {
        "chooseOne": _("Elija una opción"),
        "chooseSeveral": _("Elija todas las que correspondan"),
        "orderThem": _("Ponga los elementos en orden con los botones ↑ (subir) y ↓ (bajar)"),
        "up": _("Subir"),
        "down": _("Bajar"),
        "moved": _("«{text}» pasó al lugar {place} de {total}."),
        "matchThem": _("Una cada elemento con el que le corresponde"),
        "choose": _("Elija…"),
        "yourNumber": _("Su respuesta"),
        "notANumber": _("Escriba un número, por ejemplo 12 o 3,5."),
        "yourText": _("Su respuesta"),
        "words": _("{words} de {most} palabras como máximo"),
        "wordsBetween": _("{words} palabras (entre {least} y {most})"),
        "required": _("(necesario)"),
        "optional": _("(si corresponde)"),
        "filled": _("{filled} de {total} completos"),
        "whatNow": _("Elija una opción para seguir"),
        "take": _("Elegir y seguir"),
        "chooseFirst": _("Marque primero una de las opciones."),
        "lacking": _("Falta"),
        "youChose": _("Usted eligió:"),
        "whatHappened": _("Qué pasó:"),
        "yourPath": _("Su recorrido"),
        "otherWays": _("¿Y las otras opciones?"),
        "again": _("Volver a intentarlo"),
    }

"""The one front end of all widgets: an anywidget that draws ``spec`` and ``state`` and sends messages back.

The browser is never trusted: it can't set anything here, and every message is checked before it is used.
"""

from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import DisplayHandle, display

from ciberaula.classroom.static_view import static_html, static_text
from ciberaula.errors import UserError
from ciberaula.i18n import _

_PARTS = Path(__file__).with_name("static")
_SCRIPTS = ("dom.js", "choices.js", "inputs.js", "scenario.js", "question.js")
_STYLES = ("question.css",)
_VIEW = "application/vnd.jupyter.widget-view+json"


def bundle(*more: str) -> str:
    """The front end as one module, with the parts that only some widgets need: every widget carries its own copy."""
    return _joined(more + _SCRIPTS)


def style(*more: str) -> str:
    """The style sheet, with that of some widgets."""
    return _joined(_STYLES + more)


def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_PARTS / name).read_text(encoding="utf-8") for name in names)


class FrontendWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """Base of all widgets. A subclass gives ``spec`` (drawn once) and answers :meth:`receive`."""

    _esm = bundle()
    _css = style()

    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any], **state: Any) -> None:
        first = {"value": None, "feedback": None, "result": "", "status": no_status(), **state, "turn": 0, "stamp": ""}
        self._stamp = ""
        self._static_output: DisplayHandle | None = None
        super().__init__(spec={"lang": "es", "ui": ui_texts(), **spec}, state=first)
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
            self._static_output.update(self._static(), raw=True)

    def _take(self, message: object) -> None:
        if not isinstance(message, dict):
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

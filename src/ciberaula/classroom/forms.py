"""Forms and tools on the one front end: what documents and calculators are built from.

A document of practice::

    FormWidget("Consentimiento", [Section("Identificación", [Field("nombre", "Nombre")])],
               values={"nombre": "…"}, on_change=save, actions=[Action("docx", "Descargar en Word", export)])

A tool::

    ToolWidget("Calculadora de términos", [Field("desde", "Desde", kind="date", required=True)],
               compute=lambda values: "<p>…</p>", button="Calcular")
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ciberaula.classroom.fields import Field, Section, clean_values
from ciberaula.classroom.frontend import FrontendWidget, done, no_status, problem
from ciberaula.classroom.markup import to_html
from ciberaula.errors import UserError
from ciberaula.i18n import _

Values = dict[str, Any]


@dataclass(frozen=True)
class Copy:
    """A file for the person's own device: the browser keeps it as ``name``. ``line`` goes to the status region."""

    line: str
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Filled:
    """Values that the form shows from now on. ``line`` goes to the status region."""

    line: str
    values: Values


@dataclass(frozen=True)
class Action:
    """A button. ``run`` gets the cleaned values and returns one Spanish line (plain text) for the status region, a file
    with its line, or new values with theirs.

    It may raise ``UserError``; its line is shown instead, as an error.
    """

    id: str
    label: str
    run: Callable[[Values], str | Copy | Filled]


class FormWidget(FrontendWidget):
    """A form in titled sections.

    ``values``: what the fields show at first (id -> value), over the fields' own ``value``. ``on_change(values)`` is
    called with all cleaned values after each change (text after a pause or on leaving the field) and returns one Spanish
    line about saving. ``actions`` are buttons below the form. ``result(values)``, when given, returns trusted HTML shown
    below the form in a live region, at first and after each change. ``intro`` is markdown-light. ``folded`` sections open
    and close one by one, and tell how much of each is filled in: for forms too long to take in at once.
    """

    def __init__(
        self,
        title: str,
        sections: Sequence[Section],
        *,
        intro: str = "",
        values: Mapping[str, Any] | None = None,
        on_change: Callable[[Values], str] | None = None,
        actions: Sequence[Action] = (),
        result: Callable[[Values], str] | None = None,
        folded: bool = False,
    ) -> None:
        self._fields = [field for section in sections for field in section.fields]
        self._on_change = on_change
        self._actions = {action.id: action for action in actions}
        self._result = result
        first = {field.id: field.value for field in self._fields if field.value is not None} | dict(values or {})
        super().__init__(
            {
                "type": "form",
                "title": title,
                "prompt": to_html(intro),
                "folded": folded,
                "sections": [_section(section) for section in sections],
                "buttons": [{"id": action.id, "label": action.label} for action in actions],
            },
            value=first,
        )
        self.tell(**self._results(first))

    @property
    def values(self) -> Values:
        """The last cleaned values."""
        return dict(self.state["value"])

    def receive(self, message: dict[str, Any]) -> None:
        if message.get("type") == "save":
            self._change(self._cleaned(message.get("value")))
        elif message.get("type") == "press" and message.get("button") in self._actions:
            values = self._cleaned(message.get("value"))
            self._change(values)
            outcome = self._actions[message["button"]].run(values)
            if isinstance(outcome, Copy):
                self._hand_over(outcome)
            elif isinstance(outcome, Filled):
                self._change(self._cleaned(outcome.values))
            self.tell(status=done(outcome if isinstance(outcome, str) else outcome.line))

    def _cleaned(self, raw: object) -> Values:
        return clean_values(self._fields, raw)

    def _hand_over(self, copy: Copy) -> None:
        """Send the file to the view whose button was pressed: the stamp tells it from others of the same form."""
        told = {"type": "file", "name": copy.name, "media_type": copy.media_type, "stamp": self._stamp}
        self.send(told, buffers=[copy.data])

    def _change(self, values: Values) -> None:
        line = self._on_change(values) if self._on_change else ""
        status = done(line) if line else no_status()
        self.tell(**{"value": values, "status": status, **self._results(values)})  # once: each telling travels whole

    def _results(self, values: Values) -> dict[str, Any]:
        """What of the state follows from the result; nothing where there is none."""
        if self._result is None:
            return {}
        try:
            return {"result": self._result(values)}
        except UserError as error:
            return {"result": "", "status": problem(str(error))}


class ToolWidget(FormWidget):
    """A calculator: ``compute(values)`` returns trusted HTML (escape what a person typed with ``html.escape``).

    Runs at every change once the required fields are filled, or only with the button when ``button`` names one.
    ``UserError`` from ``compute`` is shown as its one line. Values not yet filled are absent from ``values``.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        compute: Callable[[Values], str],
        *,
        intro: str = "",
        values: Mapping[str, Any] | None = None,
        button: str | None = None,
    ) -> None:
        def ready(filled: Values) -> str:
            missing = [field.label for field in fields if field.required and field.id not in filled]
            return f"<p>{_for_result(missing[0])}</p>" if missing else compute(filled)

        def pressed(filled: Values) -> str:
            missing = [field.label for field in fields if field.required and field.id not in filled]
            if missing:
                raise UserError(_missing(missing[0]))
            self.tell(result=compute(filled))
            return ""

        super().__init__(
            title,
            [Section("", fields)],
            intro=intro,
            values=values,
            actions=[Action("compute", button, pressed)] if button else (),
            result=None if button else ready,
        )


class FittingForm(FormWidget):
    """A form whose fields follow from what was chosen in it.

    ``fit(values)`` takes whatever came and returns the sections as they are now and the values that fit them. The fields
    keep their ids and their order: one that has no place now is ``hidden``.
    """

    def __init__(
        self,
        title: str,
        fit: Callable[[Mapping[str, Any]], tuple[list[Section], Values]],
        *,
        intro: str = "",
        values: Mapping[str, Any] | None = None,
        on_change: Callable[[Values], str] | None = None,
        actions: Sequence[Action] = (),
        result: Callable[[Values], str] | None = None,
    ) -> None:
        self._fit = fit
        sections, first = fit(values or {})
        self._sections = [_section(section) for section in sections]
        super().__init__(
            title, sections, intro=intro, values=first, on_change=on_change, actions=actions, result=result
        )
        self.spec = {**self.spec, "type": "fitting"}
        self.tell()

    def tell(self, **changes: Any) -> None:
        super().tell(**changes, sections=self._sections)

    def _cleaned(self, raw: object) -> Values:
        known = {field.id for field in self._fields}
        sections, values = self._fit({id: value for id, value in _mapping(raw).items() if id in known})
        self._sections = [_section(section) for section in sections]
        return values


def _mapping(raw: object) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "intro": to_html(section.intro),
        "fields": [field.payload() for field in section.fields],
    }


def _for_result(label: str) -> str:
    return _("Para ver el resultado, complete «{label}».").format(label=html.escape(label))


def _missing(label: str) -> str:
    return _("Falta completar «{label}».").format(label=label)

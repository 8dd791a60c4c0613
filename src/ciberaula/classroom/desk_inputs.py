"""How a form on the desk is described, drawn, checked, and made into an action."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ciberaula.casework.actions import MAX_TEXT, MINUTES
from ciberaula.casework.entities import CaseFile
from ciberaula.casework.policy import RULES
from ciberaula.classroom import desk_parts as parts
from ciberaula.classroom.desk_choices import Options, Source
from ciberaula.classroom.desk_parts import Command, Part
from ciberaula.classroom.desk_session import Session
from ciberaula.classroom.fields import Field, clean_values
from ciberaula.classroom.sheetfile import MAX_TEXT as LONGEST_ANSWER
from ciberaula.errors import UserError
from ciberaula.i18n import _

InputKind = Literal["choice", "several", "line", "words", "number", "flag"]
Values = dict[str, Any]
MAX_LINE = 200
USUAL_MINUTES = 5
_YES = "si"
_FIELD_KINDS: dict[InputKind, Literal["choice", "multiple", "text", "number"]] = {
    "choice": "choice",
    "several": "multiple",
    "flag": "multiple",
    "line": "text",
    "words": "text",
    "number": "number",
}


@dataclass(frozen=True)
class Input:
    """One input of an action's form; ``name`` is the argument of the action.

    ``source``: what to choose from in a case, or ``words``: what to choose from everywhere. ``when``: another input's name
    and the values that make this one matter; it is left out of the action otherwise. ``flag``: a box to tick. ``group``:
    inputs that belong together.
    """

    name: str
    label: str
    kind: InputKind = "line"
    source: Source | None = None
    words: Mapping[str, str] | None = None
    required: bool = False
    help: str = ""
    when: tuple[str, tuple[str, ...]] | None = None
    least: float | None = None
    most: float | None = None
    group: str = ""

    def choices(self, session: Session, file: CaseFile | None) -> Options:
        """What there is to choose from now."""
        if self.words is not None:
            return list(self.words.items())
        return self.source(session, file) if self.source is not None and file is not None else []

    def field(self, session: Session, file: CaseFile | None) -> Field:
        """As the front end draws it, with the choices there are now."""
        options = [(_YES, self.label)] if self.kind == "flag" else self.choices(session, file)
        return Field(
            self.name,
            "" if self.kind == "flag" else self.label,
            _FIELD_KINDS[self.kind],
            options=options,
            help=self.help,
            required=self.required,
            multiline=self.kind == "words",
            minimum=self.least,
            maximum=self.most,
            shown_when=self.when,
        )


@dataclass(frozen=True)
class Form:
    """A form for the action ``do``, shown in the tab ``tab`` of a case where ``offered`` says that it makes sense.

    It is left out where a required choice has nothing to choose from. ``values``: what it shows at first. ``pack`` makes
    the arguments of the action from the cleaned values, where they are not the same.
    """

    do: str
    tab: str
    inputs: tuple[Input, ...]
    intro: str = ""
    offered: Callable[[Session, CaseFile], bool] = lambda _session, _file: True
    values: Callable[[Session, CaseFile], Values] = lambda _session, _file: {}
    pack: Callable[[Values, CaseFile], Values] = lambda values, _file: values
    submit: str = field(default_factory=lambda: _("Registrar"))

    def shown(self, session: Session, file: CaseFile | None) -> list[Input]:
        """Its inputs, without choices that have nothing to choose from."""
        return [one for one in self.inputs if one.source is None or one.choices(session, file)]

    def fields(self, session: Session, file: CaseFile | None) -> list[Field]:
        return [one.field(session, file) for one in self.shown(session, file)]

    def fits(self, session: Session, file: CaseFile) -> bool:
        """May the user's role do it at all, and is there anything to do it to?"""
        rule = RULES.get("record_consent" if self.do == "ask_consent" else self.do)
        if rule is None or session.actor.role not in rule.scopes or not self.offered(session, file):
            return False
        return all(one.source(session, file) for one in self.inputs if one.required and one.source)


def clock_time(session: Session, do: str) -> str:
    """About how long the action takes on the clock of a story; nothing where the clock is everybody's (a shared desk)."""
    if not session.answers_consent:
        return ""
    minutes = MINUTES.get("record_consent" if do == "ask_consent" else do, USUAL_MINUTES)
    return _("Toma unos {minutes} minutos del reloj.").format(minutes=minutes)


@dataclass(frozen=True)
class Filled:
    """What a person filled in: ``action``, or what is missing or wrong with it (input name -> why)."""

    action: Values | None
    problems: Mapping[str, str]


def fill(form: Form, session: Session, file: CaseFile | None, raw: object) -> Filled:
    """The action that the ``raw`` values of the front end ask for. Raises ``UserError`` for what no form could send.

    Without a ``file`` (a form of no case) the values are the arguments as they are.
    """
    cleaned = clean_values(form.fields(session, file), raw)
    shown = [one for one in form.inputs if one.when is None or cleaned.get(one.when[0]) in one.when[1]]
    problems = _problems(shown, cleaned)
    if problems:
        return Filled(None, problems)
    values = {one.name: cleaned[one.name] for one in shown if one.name in cleaned and one.kind != "flag"}
    values |= {one.name: True for one in shown if one.kind == "flag" and one.name in cleaned}
    return Filled({"do": form.do, **(values if file is None else form.pack(values, file))}, {})


def _problems(inputs: Sequence[Input], values: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in inputs:
        value = values.get(one.name)
        if value is None:
            if one.required:
                found[one.name] = _("Complete este dato.")
        elif isinstance(value, str) and one.kind in ("line", "words"):
            longest = MAX_LINE if one.kind == "line" else min(MAX_TEXT, LONGEST_ANSWER)
            if len(value.strip()) > longest:
                found[one.name] = _("Acórtelo: caben {most} caracteres y tiene {length}.").format(
                    most=longest, length=len(value.strip())
                )
            elif one.least is not None and len(value.strip()) < one.least:
                found[one.name] = _("Explíquelo un poco más: al menos {least:g} caracteres.").format(least=one.least)
    return found


def form_part(form: Form, session: Session, file: CaseFile | None, *, id: str, send: Command, leave: Part) -> Part:
    """The form as a piece of a screen; see :func:`ciberaula.classroom.desk_parts.form`."""
    return parts.form(
        id,
        form.fields(session, file),
        send,
        form.submit,
        values={} if file is None else form.values(session, file),
        groups=[one.group for one in form.shown(session, file)],
        leave=leave,
    )


def no_such_form() -> UserError:
    return UserError(_("Ese formulario ya no corresponde: el caso cambió. Elija de nuevo la acción."))


# Inputs that several forms share ----------------------------------------------------------------------------------------


def days(label: str, *, required: bool = True) -> Input:
    return Input("days", label, "number", required=required, least=0, most=365)


def reason(label: str, help: str = "") -> Input:
    return Input("reason", label, "words", required=True, help=help)


OVERRIDE = Input(
    "override",
    _("Motivo, si actúa sin consentimiento"),
    "words",
    help=_(
        "Déjelo vacío si hay consentimiento. Es una excepción que queda en la bitácora y puede pedirse cuenta de ella."
    ),
    group=_("Actuar sin consentimiento"),
)
FACTS = Input("facts", _("Hechos"), "words", required=True, help=_("Lo que vio, oyó o leyó, y de quién viene."))
OPINION = Input("opinion", _("Valoración"), "words", help=_("Su lectura profesional, aparte de los hechos."))

"""What ``preguntas.yml`` holds, as typed objects. Every mistake in it is one Spanish line (``UserError``).

A graded file (``graded: true``) carries texts and options only: any word of a key or an explanation, anywhere in it, is
refused, because the file travels to the trainee.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ciberaula.classroom.markup import expand_placeholders
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Place, Strict, Text, distinct_ids, read_yaml, validate

KEY_WORDS = frozenset(
    {"correct", "why", "explanation", "order", "pairs", "correct_value", "tolerance", "feedback", "quality"}
)
QUESTIONS_FILE = "preguntas.yml"

Coverage = list[Annotated[str, Field(pattern=r"^(EC|CW|TSA)-\d{2,3}$")]]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True, gt=0)]


class Choice(Strict):
    """An option of a single or multiple choice; ``correct`` and ``why`` only in formative files."""

    id: Id
    text: Text
    correct: bool = False
    why: str = ""


class Item(Strict):
    """An element to put in order or to match."""

    id: Id
    text: Text
    why: str = ""


class _Base(Strict):
    id: Id
    competence: Id
    coverage: Coverage = Field(default_factory=list)
    prompt: Text

    def feedback_gap(self) -> str | None:
        """What a formative question still lacks to explain itself, in Spanish, or ``None``."""
        return None


class _WithChoices(_Base):
    options: Annotated[list[Choice], Field(min_length=2)]

    @model_validator(mode="after")
    def _ids(self) -> Self:
        distinct_ids(self.options, "options")
        return self

    def _unexplained(self) -> str | None:
        silent = next((option.id for option in self.options if not option.why), None)
        return None if silent is None else _("la opción «{id}» no dice por qué: añada «why»").format(id=silent)


class Single(_WithChoices):
    """One option holds. Answer: its id."""

    kind: Literal["single"]

    def feedback_gap(self) -> str | None:
        if sum(option.correct for option in self.options) != 1:
            return _("debe haber una sola opción con «correct: true»")
        return self._unexplained()


class Multiple(_WithChoices):
    """Several options hold. Answer: their ids in option order."""

    kind: Literal["multiple"]

    def feedback_gap(self) -> str | None:
        if not any(option.correct for option in self.options):
            return _("ninguna opción tiene «correct: true»")
        return self._unexplained()


class Ordering(_Base):
    """Items to put in order, listed in the order shown at first. Answer: all ids in the chosen order."""

    kind: Literal["ordering"]
    options: Annotated[list[Item], Field(min_length=3)]
    order: list[Id] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids(self) -> Self:
        distinct_ids(self.options, "options")
        return self

    def feedback_gap(self) -> str | None:
        ids = [option.id for option in self.options]
        if sorted(self.order) != sorted(ids):
            return _("«order» debe nombrar cada opción una vez")
        if self.order == ids:
            return _("las opciones ya están en el orden correcto: muéstrelas en otro")
        silent = next((option.id for option in self.options if not option.why), None)
        return None if silent is None else _("la opción «{id}» no dice por qué: añada «why»").format(id=silent)


class Matching(_Base):
    """Each left item goes with one right item. Answer: left id -> right id."""

    kind: Literal["matching"]
    left: Annotated[list[Item], Field(min_length=2)]
    right: Annotated[list[Item], Field(min_length=2)]
    pairs: dict[Id, Id] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ids(self) -> Self:
        distinct_ids(self.left, "left")
        distinct_ids(self.right, "right")
        return self

    def feedback_gap(self) -> str | None:
        if set(self.pairs) != {item.id for item in self.left}:
            return _("«pairs» debe dar pareja a cada elemento de «left»")
        if not set(self.pairs.values()) <= {item.id for item in self.right}:
            return _("«pairs» nombra un elemento que no está en «right»")
        silent = next((item.id for item in self.left if not item.why), None)
        return None if silent is None else _("el elemento «{id}» no dice por qué: añada «why»").format(id=silent)


class Number(_Base):
    """A finite number in ``unit``, within ``min`` and ``max`` where given. Answer: int or float."""

    kind: Literal["number"]
    unit: str = ""
    min: Finite | None = None
    max: Finite | None = None
    step: Finite | None = None
    correct_value: Finite | None = None
    tolerance: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    explanation: str = ""

    @model_validator(mode="after")
    def _range(self) -> Self:
        if (-math.inf if self.min is None else self.min) >= (math.inf if self.max is None else self.max):
            raise ValueError(_("«min» debe ser menor que «max»."))
        return self

    def feedback_gap(self) -> str | None:
        if self.correct_value is None:
            return _("falta «correct_value»")
        return None if self.explanation else _("falta «explanation»")


class Written(_Base):
    """A short text. Answer: the text."""

    kind: Literal["text"]
    min_words: Whole | None = None
    max_words: Whole = 120
    explanation: str = ""

    def feedback_gap(self) -> str | None:
        return None if self.explanation else _("falta «explanation» (una respuesta posible)")


class FormField(Strict):
    """One field of a structured form."""

    id: Id
    label: Text
    kind: Literal["choice", "text", "number", "date", "multiple"]
    options: list[Item] = Field(default_factory=list)
    help: str = ""
    required: bool = True
    correct: str | Finite | list[Id] | None = None
    why: str = ""

    @model_validator(mode="after")
    def _options(self) -> Self:
        if self.kind in ("choice", "multiple"):
            if len(self.options) < 2:
                raise ValueError(_("el campo «{id}» necesita al menos dos opciones.").format(id=self.id))
            distinct_ids(self.options, "options")
            ids = {option.id for option in self.options}
            named = self.correct if isinstance(self.correct, list) else [self.correct]
            if self.correct is not None and not set(named) <= ids:
                raise ValueError(_("«correct» del campo «{id}» nombra una opción que no existe.").format(id=self.id))
        return self


class Form(_Base):
    """Several labelled fields. Answer: field id -> value."""

    kind: Literal["form"]
    fields: Annotated[list[FormField], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids(self) -> Self:
        distinct_ids(self.fields, "fields")
        return self

    def feedback_gap(self) -> str | None:
        silent = next((one.id for one in self.fields if not one.why), None)
        return None if silent is None else _("el campo «{id}» no dice por qué: añada «why»").format(id=silent)


class Table(_Base):
    """A table handed in by a tool or by code. Answer: ``{"columns": […], "rows": [[…]]}``."""

    kind: Literal["table"]
    explanation: str = ""


Question = Single | Multiple | Ordering | Matching | Number | Written | Form | Table
_MODELS: dict[str, type[Question]] = {
    "single": Single,
    "multiple": Multiple,
    "ordering": Ordering,
    "matching": Matching,
    "number": Number,
    "text": Written,
    "form": Form,
    "table": Table,
}


class _File(Strict):
    schema_: Literal[1] = Field(alias="schema")
    graded: Flag
    questions: Annotated[list[dict[str, Any]], Field(min_length=1)]


class Questions(Strict):
    """A whole file: is it graded, and its questions by id, in the file's order."""

    graded: Flag
    by_id: Mapping[str, Question]


def load_questions(path: Path) -> Questions:
    """Read and check a ``preguntas.yml``. Raises ``UserError``: file, question, what is wrong, what to do."""
    source = read_yaml(path)
    file = validate(_File, source)
    found: dict[str, Question] = {}
    for index, raw in enumerate(file.questions):
        place: Place = ("questions", index)
        about = _("pregunta «{id}»").format(id=raw.get("id", _("n.º {position}").format(position=index + 1)))
        where = source.where(place, about)
        if file.graded:
            refuse_keys(raw, where)
        model = _model(raw, source.where((*place, "kind"), about))
        question = validate(model, source, expand_placeholders(raw, where), place, about)
        gap = None if file.graded else question.feedback_gap()
        if gap:
            raise UserError(f"{where}: {gap}.")
        if question.id in found:
            raise UserError(_("{where} está dos veces: cambie uno de los «id».").format(where=where))
        found[question.id] = question
    return Questions(graded=file.graded, by_id=found)


def _model(raw: Mapping[str, Any], where: str) -> type[Question]:
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in _MODELS:
        raise UserError(_("{where}: «kind» debe ser uno de {kinds}.").format(where=where, kinds=", ".join(_MODELS)))
    return _MODELS[kind]


def refuse_keys(raw: object, where: str) -> None:
    """Raise ``UserError`` where ``raw`` holds any word of a key or an explanation, at any depth."""
    found = next(_key_words(raw), None)
    if found is not None:
        raise UserError(
            _("{where}: «{word}» no puede estar en un archivo calificado (llega a quien aprende): quítelo.").format(
                where=where, word=found
            )
        )


def _key_words(raw: object) -> Iterator[str]:
    if isinstance(raw, Mapping):
        for name, value in raw.items():
            if name in KEY_WORDS:
                yield str(name)
            yield from _key_words(value)
    elif isinstance(raw, Sequence) and not isinstance(raw, str):
        for item in raw:
            yield from _key_words(item)

"""What ``documento-<id>.yml`` holds: the template of a document of practice, as typed objects.

A template has sections; a section has printed text (``text``), advice that only whoever fills it in sees (``help``), and
fields. A field may begin with what a case says (``source``), and a section may show a drawing of it (``drawing``).
``{{ec.breach.subject}}`` in any of them becomes the law's phrase. Every mistake is one Spanish line (``UserError``).
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ciberaula.classroom import fields
from ciberaula.classroom.case_sources import SOURCES
from ciberaula.classroom.markup import expand_placeholders, to_plain
from ciberaula.classroom.spec import Item
from ciberaula.i18n import _
from ciberaula.yamlfile import Id, Strict, Text, distinct_ids, read_yaml, validate

Line = Annotated[str, Field(min_length=1, pattern=r"^[^\n]+$")]


class Blank(Strict):
    """Something to fill in. ``paragraph`` is a text of several lines; ``example`` is shown, never kept."""

    id: Id
    label: Line
    kind: Literal["text", "paragraph", "choice", "multiple", "number", "date"] = "text"
    help: str = ""
    example: str = ""
    required: bool = True
    unit: str = ""
    options: list[Item] = Field(default_factory=list)
    source: str = ""

    @model_validator(mode="after")
    def _options(self) -> Self:
        chosen = self.kind in ("choice", "multiple")
        if chosen and len(self.options) < (2 if self.kind == "choice" else 1):
            raise ValueError(_("«{id}» necesita opciones.").format(id=self.id))
        if not chosen and self.options:
            raise ValueError(_("«{id}» no lleva opciones: quítelas o cambie su tipo.").format(id=self.id))
        distinct_ids(self.options, "options")
        if self.source and (self.source not in SOURCES or self.kind not in ("text", "paragraph")):
            raise ValueError(
                _("«{id}»: el caso no tiene «{source}», o el campo no es de texto; use {known}.").format(
                    id=self.id, source=self.source, known=", ".join(SOURCES)
                )
            )
        return self

    def as_field(self) -> fields.Field:
        """The input of the shared form that fills this in."""
        example = _("Ejemplo: {example}").format(example=" ".join(self.example.split())) if self.example else ""
        return fields.Field(
            self.id,
            self.label,
            "text" if self.kind == "paragraph" else self.kind,
            options=[(option.id, to_plain(option.text)) for option in self.options],
            help=" ".join(part for part in (self.help, example) if part),
            required=self.required,
            multiline=self.kind == "paragraph",
            unit=self.unit,
        )


class Part(Strict):
    """A section of the document. ``reader`` says whom its printed text is for: ``person`` means the people served, whose
    texts a test holds to easy reading."""

    id: Id
    title: Line
    reader: Literal["person", "team"] = "team"
    help: str = ""
    text: str = ""
    fields: list[Blank] = Field(default_factory=list)
    drawing: Literal["", "genogram", "ecomap"] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text and not self.fields and not self.drawing:
            raise ValueError(_("la sección «{id}» está vacía: escriba un texto o un campo.").format(id=self.id))
        return self


class Template(Strict):
    """The whole template. ``signatures`` are the lines to sign at the end."""

    schema_: Literal[1] = Field(alias="schema")
    title: Line
    purpose: Text
    sections: Annotated[list[Part], Field(min_length=1)]
    signatures: list[Line] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids(self) -> Self:
        distinct_ids(self.sections, "sections")
        distinct_ids(self.blanks, "fields")  # of all sections together: answers are kept by field
        return self

    @property
    def blanks(self) -> list[Blank]:
        """All blanks, in order."""
        return [blank for section in self.sections for blank in section.fields]

    def missing(self, values: dict[str, Any]) -> list[Blank]:
        """Required blanks that ``values`` leaves empty."""
        return [blank for blank in self.blanks if blank.required and blank.id not in values]


def load_template(path: Path) -> Template:
    """The template in ``path``, law quoted. Raises ``UserError`` in one line."""
    file = read_yaml(path)
    return validate(Template, file, expand_placeholders(file.data, path.name))

"""YAML that people write: read safely, and every mistake in it told in one Spanish line with its file and line."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _, ngettext

MAX_BYTES = 1024 * 1024
# A reference (*name) counts as often as it is used: a small file of references to references would fill the memory.
MAX_PLACES = 100_000
MAX_DEPTH = 40
_LONGEST_SHOWN = 60
_WORD_KEY = _("una clave debe ser una palabra")

# The way from the top of a file to a value in it: keys, and positions in lists from 0.
Place = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Rules for the shape of what a person writes: unknown keys are mistakes, text is stripped, nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def distinct_ids(entries: Iterable[_Named], key: str) -> None:
    """Raise ``ValueError`` (for pydantic) where two ``entries``, which the file holds under ``key``, share their id."""
    seen = set()
    for entry in entries:
        if entry.id in seen:
            raise ValueError(
                _("«{id}» está dos veces en «{key}»: cambie uno de los «id».").format(id=entry.id, key=key)
            )
        seen.add(entry.id)


@dataclass(frozen=True)
class YamlFile:
    """What a file holds: its ``name`` in messages, its ``data``, and the line (from 1) on which each place begins."""

    name: str
    data: dict[str, Any]
    lines: Mapping[Place, int]

    def where(self, place: Place = (), about: str = "") -> str:
        """How a message begins: the file, the line of ``place`` (of what should hold it, if it's missing), and ``about``."""
        line = self.lines.get(self.known(place), 1)
        # What came as data (an action, a log) has a name, but no lines.
        begin = _("{file}, línea {line}").format(file=self.name, line=line) if self.lines else self.name
        return f"{begin}, {about}" if about else begin

    def known(self, place: Place) -> Place:
        """``place``, or as much of its way as the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return place


class _Dated(yaml.constructor.SafeConstructor):
    """Tells the line of a value no type can hold, such as 31 February."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


class _Loader(_Dated, yaml.SafeLoader):
    """Safe loader in Python: slow, and what it says of a mistake is known here."""


if yaml.__with_libyaml__:

    class _FastLoader(_Dated, yaml.CSafeLoader):
        """Safe loader in C, eight times as fast. Its stack overflows where lists lie a thousand deep in each other."""


def read_yaml(path: Path, name: str | None = None) -> YamlFile:
    """The mapping that the YAML file ``path`` (UTF-8, at most 1 MiB) holds. Messages call it ``name``, or its own name.

    Raises ``UserError`` in one line, with the number of the line where the mistake has one.
    """
    name = name or path.name
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(_("{file} pesa más de 1 MiB: divídalo en archivos más pequeños.").format(file=name))
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(
            _(
                "No se encontró {file} en {folder}: compruebe que la carpeta esté completa y que nada haya cambiado de lugar."
            ).format(file=path.name, folder=path.parent)
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = cause(error) if isinstance(error, OSError) else _("no está en UTF-8")
        raise UserError(
            _("{file}: no se puede leer ({reason}); guárdelo como texto UTF-8.").format(file=name, reason=reason)
        ) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> YamlFile:
    """The mapping in a YAML ``text``, which messages call ``name``. Raises ``UserError`` as ``read_yaml`` does."""
    try:
        data, lines = _content(_loader_for(text), name)
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(
            _("{where}: el YAML no se entiende ({problem}); corrija la sangría o las comillas.").format(
                where=_where_broken(error, name), problem=_problem_of(error)
            )
        ) from error
    if not isinstance(data, dict):
        raise UserError(_("{file}: se esperaba un conjunto de claves «nombre: valor».").format(file=name))
    return YamlFile(name, data, lines)


def _loader_for(text: str) -> Any:
    """The loader in C for what it reads well; for anything else, and for all mistakes, the one in Python."""
    if not yaml.__with_libyaml__:
        return _Loader(text)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_FastLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                return _Loader(text)
    except yaml.YAMLError:
        return _Loader(text)
    return _FastLoader(text)


def _content(loader: Any, name: str) -> tuple[Any, dict[Place, int]]:
    """The document of ``loader``, ``None`` where it is empty, and the line of each place in it."""
    node = loader.get_single_node()
    if node is None:
        return None, {}
    lines = dict(_places(loader, node, name))
    return loader.construct_document(node), lines


def _places(loader: Any, top: yaml.Node, name: str) -> Iterator[tuple[Place, int]]:
    """Each place with its line. A key written twice is refused: YAML would silently let the last one win."""
    waiting: list[tuple[Place, yaml.Node]] = [((), top)]
    count = 0
    while waiting:
        place, node = waiting.pop()
        count += 1
        if count > MAX_PLACES or len(place) > MAX_DEPTH:
            raise UserError(
                _("{file}: tiene demasiados datos, niveles o referencias (*nombre); simplifíquelo.").format(file=name)
            )
        yield place, node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*place, index), child) for index, child in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, child in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, _WORD_KEY, key.start_mark)
                if (word := loader.construct_object(key)) in seen:
                    raise UserError(
                        _("{file}, línea {line}: la clave «{key}» está repetida; deje una sola.").format(
                            file=name, line=key.start_mark.line + 1, key=word
                        )
                    )
                seen.add(word)
                waiting.append(((*place, str(word)), child))


def _where_broken(error: Exception, name: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return _("{file}, línea {line}").format(file=name, line=mark.line + 1) if mark else name


def _problem_of(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return _("tiene demasiados niveles")
    said = str(getattr(error, "problem", None) or error)
    known = (told for english, told in _PROBLEMS if re.search(english, said))
    return next(known, _("la estructura no es la esperada"))


# What PyYAML says (part of it, as a pattern) -> the same for people; what our own checks say is Spanish already.
_PROBLEMS = (
    (_WORD_KEY, _WORD_KEY),
    (r"expected ',' or '\]'", _("falta «,» o «]» en una lista")),
    (r"expected ',' or '\}'", _("falta «,» o «}» en un grupo entre llaves")),
    (r"could not find expected ':'", _("falta «:» después de una clave")),
    (r"mapping values are not allowed", _("hay un «:» donde no se espera")),
    (r"expected <block end>|entries are not allowed|keys are not allowed", _("algo sobra o está en otra columna")),
    (r"'\\t' that cannot start", _("hay un tabulador en lugar de espacios")),
    (r"cannot start any token", _("un texto empieza con un signo reservado")),
    (r"unexpected end of stream", _("falta cerrar unas comillas")),
    (r"unknown escape character", _("hay una barra «\\» entre comillas dobles")),
    (r"undefined alias", _("un «*» remite a un nombre que no existe")),
    (r"second occurrence", _("un nombre «&» está repetido")),
    (r"for merging|2002:merge", _("«<<» necesita un conjunto de claves")),
    (r"constructor for the tag|tag handle", _("un «!» pide un tipo que no se admite")),
    (r"day is out of range|must be in", _("una fecha u hora no existe")),
    (r"unacceptable character|special characters", _("hay un carácter invisible que no se admite")),
    (r"another document|document start|document separator", _("sobra una línea «---» o «...»")),
)


def validate(model: type[Model], file: YamlFile, data: object = None, place: Place = (), about: str = "") -> Model:
    """``data`` (default: all of ``file``) as ``model``; ``place`` is where ``data`` lies in the file, ``about`` its name.

    Raises ``UserError`` with the line of the first mistake, and how many more there are.
    """
    try:
        return model.model_validate(file.data if data is None else data)
    except ValidationError as error:
        first, *more = mistakes(error, lambda inside: (file, (*place, *inside)), place, about)
        if more:
            rest = ngettext("(y {count} error más)", "(y {count} errores más)", len(more)).format(count=len(more))
            first = f"{first.removesuffix('.')} {rest}."
        raise UserError(first) from error


def mistakes(
    error: ValidationError, locate: Callable[[Place], tuple[YamlFile, Place]], above: Place = (), about: str = ""
) -> list[str]:
    """A Spanish line for each mistake that pydantic found: file, line, ``about``, key, what is wrong and what to do.

    ``locate`` says in which file, and where in it, a place of the model lies. ``above``, the way that ``about`` already
    tells, is left out of the key's name.
    """
    details = error.errors(include_url=False)
    told: dict[tuple[str, Place], str] = {}
    for one in details:
        # pydantic also calls a list too short when an element of it is wrong; the element's own line says it all.
        if one["type"] == "too_short" and any(_is_inside(other["loc"], one["loc"]) for other in details):
            continue
        file, place = locate(one["loc"])
        if one["type"] != "missing":
            # What pydantic adds to the way (a type it tried, «[key]») is nothing that the file has.
            place = file.known(place)
        line = f"{file.where(place, about)}: {_mistake(one, _way(place[len(above) :]))}"
        told.setdefault((file.name, place), line)  # of several types that were tried, the first one speaks
    return list(told.values())


def first_mistake(error: ValidationError, above: int = 0) -> str:
    """The first mistake in data that lies in no file, without a place. ``above``: parts of its way to leave out."""
    details = error.errors(include_url=False)[0]
    return _mistake(details, _way(tuple(details["loc"])[above:]))


def _is_inside(place: Place, outer: Place) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def _way(place: Place) -> str:
    return " › ".join(
        _("n.º {position}").format(position=part + 1) if isinstance(part, int) else part for part in place
    )


def _mistake(details: Mapping[str, Any], way: str) -> str:
    """What pydantic found at ``way``, in Spanish; its kinds are those that the shapes of this package can raise."""
    kind, context = str(details["type"]), details.get("ctx", {})
    value = _shown(details.get("input"))
    if kind == "value_error":
        reason = f"{str(context.get('error', '')).removesuffix('.')}."
        return _("«{way}»: {reason}").format(way=way, reason=reason) if way else reason
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", "")).replace(" or ", _(" o ")).replace("'", "")
        return _("«{way}» no admite «{value}»: use {expected}.").format(way=way, value=value, expected=expected)
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        hint = _("use minúsculas sin tilde, números y guiones; ") if "a-z" in pattern and "A-Z" not in pattern else ""
        return _("«{way}»: «{value}» no tiene la forma debida ({hint}patrón {pattern}).").format(
            way=way, value=value, hint=hint, pattern=pattern
        )
    if kind in _LIMITS:
        limit = _limit(kind, context)
        return _("«{way}»: «{value}» está fuera de los límites: debe ser {limit}.").format(
            way=way, value=value, limit=limit
        )
    if kind == "string_too_short" and context.get("min_length") == 1:
        return _("«{way}» está vacío: complételo.").format(way=way)
    if kind in {"too_short", "string_too_short"}:
        return _("«{way}» necesita al menos {least}: complételo.").format(way=way, least=context.get("min_length"))
    if kind in {"too_long", "string_too_long"}:
        return _("«{way}» admite como máximo {most}: acórtelo.").format(way=way, most=context.get("max_length"))
    if kind.startswith(("int_", "float_", "finite_")):
        return _("«{way}»: «{value}» no es un número válido.").format(way=way, value=value)
    return {
        "missing": _("falta «{way}»: añádalo."),
        "extra_forbidden": _("sobra «{way}»: quítelo o corrija su nombre."),
        "string_type": _("«{way}» debe ser texto: escríbalo entre comillas."),
    }.get(kind, _("«{way}» no tiene la forma esperada: revise su tipo en la guía de autoría.")).format(way=way)


# pydantic's name of a limit -> the key of its value.
_LIMITS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}


def _limit(kind: str, context: Mapping[str, Any]) -> str:
    words = {
        "greater_than": _("mayor que {limit}"),
        "greater_than_equal": _("{limit} o más"),
        "less_than": _("menor que {limit}"),
        "less_than_equal": _("{limit} o menos"),
    }
    return words[kind].format(limit=f"{context[_LIMITS[kind]]:g}")


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"

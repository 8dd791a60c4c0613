"""YAML files of questions, decisions and documents: read safely, every mistake told in one Spanish line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext

MAX_BYTES = 1024 * 1024
Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Safe loader that refuses a key written twice, which YAML would silently let win."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    pairs = loader.construct_pairs(node, deep=True)
    names: set[Any] = set()
    for name, _value in pairs:
        if isinstance(name, dict | list) or name in names:
            raise yaml.constructor.ConstructorError(
                None, None, _("la clave «{name}» está dos veces").format(name=name), node.start_mark
            )
        names.add(name)
    return dict(pairs)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that the YAML file ``path`` (UTF-8, at most 1 MiB) holds. Raises ``UserError`` in one line."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(_("{file} pesa más de 1 MiB: divídalo en archivos más pequeños.").format(file=path.name))
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except FileNotFoundError as error:
        raise UserError(
            _("No se encontró {file} en {folder}: abra el cuaderno desde su propia carpeta, sin moverlo de lugar.").format(
                file=path.name, folder=path.parent
            )
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(_("No se pudo leer {file}: compruebe que exista y esté en UTF-8.").format(file=path.name)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(
            _("{file}: {what}; corrija el YAML.").format(file=path.name, what=_yaml_reason(error))
        ) from error
    if not isinstance(data, dict):
        raise UserError(_("{file}: se esperaba un conjunto de claves «nombre: valor».").format(file=path.name))
    return data


def _yaml_reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", "") or _("no se entiende el contenido")).split())
    return _("línea {line}: {problem}").format(line=mark.line + 1, problem=problem) if mark else problem


def validate(model: type[Model], data: object, where: str) -> Model:
    """``data`` as ``model``. ``where`` begins the Spanish line of the ``UserError`` that any mistake raises."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UserError(f"{where}: {_spanish(error)}") from error


def _spanish(error: ValidationError) -> str:
    mistakes = error.errors(include_url=False)
    first = mistakes[0]
    place = _place(first["loc"])
    line = _mistake(str(first["type"]), place, first)
    more = len(mistakes) - 1
    if more:
        line += ngettext(" (y {count} error más)", " (y {count} errores más)", more).format(count=more)
    return line


def _place(loc: tuple[int | str, ...]) -> str:
    return " › ".join(_("n.º {position}").format(position=part + 1) if isinstance(part, int) else part for part in loc)


def _mistake(kind: str, place: str, details: Mapping[str, Any]) -> str:
    context = details.get("ctx", {})
    if kind == "missing":
        return _("falta «{place}»: añádalo.").format(place=place)
    if kind == "extra_forbidden":
        return _("sobra «{place}»: quítelo o corrija su nombre.").format(place=place)
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace(" or ", _(" o "))
        return _("«{place}» no admite ese valor: use {expected}.").format(place=place, expected=expected)
    if kind == "value_error":
        reason = str(context.get("error", ""))
        return _("«{place}»: {reason}").format(place=place, reason=reason) if place else reason
    if kind == "string_type":
        return _("«{place}» debe ser texto: escríbalo entre comillas.").format(place=place)
    if kind == "string_pattern_mismatch":
        return _("«{place}» solo admite minúsculas, números y guiones (patrón {pattern}).").format(
            place=place, pattern=context.get("pattern")
        )
    if kind in ("too_short", "string_too_short"):
        return _("«{place}» necesita al menos {least}: complételo.").format(place=place, least=context.get("min_length"))
    return _("«{place}» no tiene la forma esperada: revise su tipo en la guía de autoría.").format(place=place)

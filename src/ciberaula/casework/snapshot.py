"""A case file after something was put: files are never altered, so that whoever holds one can rely on it."""

from collections.abc import Iterable

from ciberaula.casework.entities import Case, CaseFile, Entity


def updated(file: CaseFile | None, entities: Iterable[Entity]) -> CaseFile | None:
    """``file`` with newer versions of ``entities`` in their old place and new ones last; shares what did not change.

    ``None`` where there was no file and ``entities`` hold no ``Case`` either.
    """
    case = file.case if file is not None else None
    # Only the mappings of the kinds touched are copied: a case with a hundred notes costs one small copy for each put.
    kinds = dict(file.entities) if file is not None else {}
    copied: set[type[Entity]] = set()
    for entity in entities:
        kind = type(entity)
        if kind not in copied:
            kinds[kind] = dict(kinds.get(kind, {}))
            copied.add(kind)
        kinds[kind][entity.id] = entity  # type: ignore[index]  # a copy of our own, made above
        if isinstance(entity, Case):
            case = entity
    return CaseFile(case, kinds) if case is not None else None

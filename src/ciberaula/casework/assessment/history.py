"""The case files of a played story as they were at any moment, out of the versions that its store keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from ciberaula.casework.entities import Case, CaseFile, Entity
from ciberaula.casework.store.protocol import Store


def _in_order(found: Iterable[Entity]) -> Iterator[Entity]:
    """``found`` in the order in which it was put. What came back later from without a connection counts from then on.

    Such a version keeps the time at which it was made; where it took the place of a newer one, it is as if made then.
    """
    latest: dict[tuple[type[Entity], str], datetime] = {}
    for one in found:
        before = latest.get((type(one), one.id), one.made_at)
        latest[type(one), one.id] = max(before, one.made_at)
        yield one if one.made_at >= before else replace(one, made_at=before)


class History:
    """Every version of every entity of some cases, read once."""

    def __init__(self, store: Store, cases: Iterable[str]) -> None:
        self._versions: dict[str, list[Entity]] = {}
        with store.begin() as unit:
            for case_id in cases:
                file = unit.case_file(case_id)
                if file is None:
                    continue
                ids = dict.fromkeys([case_id, *(entity.id for entity in file)])
                found = [
                    version.entity
                    for id in ids
                    for version in unit.versions(id)
                    if not version.set_aside and version.entity.case_id == case_id
                ]
                # Stable: of two versions of the same moment the later put stays later.
                self._versions[case_id] = sorted(_in_order(found), key=lambda one: one.made_at)

    @property
    def cases(self) -> list[str]:
        """The cases that there are."""
        return list(self._versions)

    def changes(self, case_id: str) -> list[datetime]:
        """When something in the case changed, in order."""
        return list(dict.fromkeys(entity.made_at for entity in self._versions.get(case_id, [])))

    def at(self, case_id: str, moment: datetime, *, inclusive: bool = True) -> CaseFile | None:
        """The file as it was at ``moment``, with (or without) what was put just then; ``None`` where there was none yet."""
        kinds: dict[type[Entity], dict[str, Entity]] = {}
        for entity in self._versions.get(case_id, []):
            if entity.made_at < moment or (inclusive and entity.made_at == moment):
                kinds.setdefault(type(entity), {})[entity.id] = entity
        case = kinds.get(Case, {}).get(case_id)
        return CaseFile(case, kinds) if isinstance(case, Case) else None

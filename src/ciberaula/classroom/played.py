"""The case of a story as it was played in a folder, read back from its log."""

from ciberaula.casework.stories.play import Play
from ciberaula.classroom.case_sources import CaseSource
from ciberaula.classroom.story_items import story_at
from ciberaula.classroom.workplace import Workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _


class NoSuchStory(UserError):
    """The folder has no story of that name: a mistake of the lesson, not of whoever plays."""


def played_case(place: Workplace, story_id: str) -> CaseSource | None:
    """The case that whoever played ``story_id`` in ``place`` holds at the end of the log; ``None`` where nobody played.

    Of several cases, the one with most entries. Raises ``NoSuchStory``, and ``UserError`` where the log does not replay.
    """
    path = place.folder / f"{story_id}.yml"
    if path.name != f"{story_id}.yml" or not path.is_file():
        raise NoSuchStory(
            _("No hay una historia «{id}» en esta carpeta: revise su nombre.").format(id=str(story_id)[:60])
        )
    item = story_at(path)
    entry = place.sheet.entry(item.id)
    if entry is None or entry.kind != item.kind:
        return None
    return case_of(Play.replay(item.story, entry.value))


def case_of(play: Play) -> CaseSource | None:
    """The case that whoever plays works on."""
    names = {id: one.name for id, one in play.story.organisations.items()}
    names |= {id: one.name for id, one in play.story.users.items()}
    cases = {person.case for person in play.story.people.values()}
    with play.store.begin() as unit:
        files = [found for case in sorted(cases) if (found := unit.case_file(case)) is not None]
    mine = [found for found in files if found.case.owner == play.actor.id] or files
    return CaseSource(max(mine, key=lambda found: len(list(found))), names) if mine else None

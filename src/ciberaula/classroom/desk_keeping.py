"""How a story on the desk is kept: its log in the answer sheet, replayed when it is opened again, never written over.

A log that can't be replayed (damaged, of another version or trainee) stays where it is until the person starts anew; it
then moves to an entry of its own, ``<id>-anterior``, as does the log of a story played again.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from ciberaula.casework.assessment.debrief import Debrief, debrief
from ciberaula.casework.assessment.load import assessment_path, load_assessment
from ciberaula.casework.assessment.report import Report, assess
from ciberaula.casework.stories.log import Outcome
from ciberaula.casework.stories.play import Play
from ciberaula.classroom.desk_end import graded_end, practice_end, reflection_fields
from ciberaula.classroom.fields import clean_values
from ciberaula.classroom.frontend import done, problem
from ciberaula.classroom.participant import pseudonym
from ciberaula.classroom.sheet import SaveOutcome
from ciberaula.classroom.sheetfile import Entry
from ciberaula.classroom.story_items import StoryItem
from ciberaula.classroom.workplace import Workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _

_KEPT_ASIDE = 9
_WORDS = "form"  # the kind of answer that the reflection is: two short texts


class Elsewhere(Exception):
    """The story went on in another session: what this one wanted to do may no longer fit."""


class Keeping:
    """One story in one folder."""

    def __init__(self, item: StoryItem, place: Workplace) -> None:
        self.item = item
        self.play: Play
        self.refusal = ""
        """Why the log that is there can't be taken up again (Spanish), or nothing."""
        self._place = place
        self._trainee = _trainee(place)
        self._known: Any = None
        self._debrief: Debrief | None = None
        self._problem = ""
        self.load()

    def load(self) -> None:
        """Take up the story where the answer sheet has it."""
        self.refusal, self._debrief, self._problem = "", None, ""
        with contextlib.suppress(UserError):  # no room aside: what this session did stays on its screen
            self._give_way()
        entry = self._place.sheet.entry(self.item.id)
        self._known = entry.value if entry else None
        if entry is not None:
            try:
                self.play = self._replayed(entry)
                return
            except UserError as error:
                self.refusal = _(
                    "La historia guardada no se puede seguir: {reason} Si empieza de nuevo, lo guardado se conserva aparte."
                ).format(reason=error)
        self.play = self._fresh()

    def _replayed(self, entry: Entry) -> Play:
        if entry.kind != self.item.kind or not isinstance(entry.value, Mapping):
            raise UserError(_("no es el registro de una historia."))
        return Play.replay(self.item.story, entry.value, trainee=self._trainee)

    def _fresh(self) -> Play:
        return Play(self.item.story, trainee=self._trainee)

    @property
    def begun(self) -> bool:
        """Was anything done yet?"""
        return bool(self.count)

    @property
    def count(self) -> int:
        """How many actions the log holds."""
        return len(self.play.actions)

    def opened(self) -> None:
        """The story is on a screen."""
        self._place.opened(self.item.id)

    def take_notice(self) -> str:
        """What happened to the sheet that the trainee should know, once."""
        return self._place.sheet.take_notice()

    def changed_elsewhere(self) -> bool:
        """Did another session (a second tab, another notebook) go on with this story?

        What this session could not write hides what the file holds, which may be another's by now: that is asked apart.
        """
        entry = self._place.sheet.entry(self.item.id)
        return bool((entry.value if entry else None) != self._known) or self._place.sheet.overtaken(self.item.id)

    def _give_way(self) -> None:
        """Where another session saved its actions while this one could not: those stay, and this one's go beside them."""
        sheet = self._place.sheet
        if not sheet.overtaken(self.item.id):
            return
        mine = sheet.entry(self.item.id)
        if mine is not None:
            sheet.save(self._free(mine), mine.kind, mine.value)  # where it can't be written either, it waits
        sheet.give_way(self.item.id)
        sheet.notice = _("La historia siguió en otra pestaña: lo que aquí no se había podido guardar quedó aparte.")

    def _free(self, entry: Entry) -> str:
        """The first id aside that is free or holds the same."""
        for n in range(1, _KEPT_ASIDE + 1):
            there = self._place.sheet.entry(_aside(self.item.id, n))
            if there is None or there.value == entry.value:
                return _aside(self.item.id, n)
        raise _full()

    def do(self, action: dict[str, Any]) -> tuple[Outcome, SaveOutcome]:
        """Do ``action`` and save the log.

        Raises ``UserError`` where it can't be done or kept, and then it was not done; ``Elsewhere`` where another session
        went on with the story.
        """
        if self.changed_elsewhere():
            self._give_way()
            raise Elsewhere
        outcome = self.play.do(action)
        value = self.play.answer()
        ended = value["ended"] is not None
        try:
            saved = self._place.save(self.item, value, graded=self.item.graded, checked=ended and not self.item.graded)
        except UserError:
            self.load()  # beyond what a sheet can hold: back to what it holds
            raise
        self._known = value
        return outcome, saved

    def set_aside(self) -> None:
        """Before starting anew over a log that can't be replayed: keep it in an entry of its own."""
        if self.refusal:
            entry = self._place.sheet.entry(self.item.id)
            if entry is not None:
                self._keep(entry)
            self.refusal = ""

    def again(self) -> None:
        """A new play; the log of the one before stays beside it, to compare."""
        entry = self._place.sheet.entry(self.item.id)
        if entry is not None:
            self._keep(entry)
        self.play, self._debrief, self._problem = self._fresh(), None, ""

    def _keep(self, entry: Entry) -> None:
        """Into the first entry that is free or holds an earlier play that this one takes the place of."""
        for n in range(1, _KEPT_ASIDE + 1):
            id = _aside(self.item.id, n)
            there = self._place.sheet.entry(id)
            if there is None or there.value == entry.value or (n == 1 and not self.refusal and self._plays(there)):
                saved = self._place.sheet.save(id, entry.kind, entry.value)
                if not saved.saved:
                    raise UserError(saved.message)
                return
        raise _full()

    def _plays(self, entry: Entry) -> bool:
        try:
            self._replayed(entry)
        except UserError:
            return False
        return True

    # The end ---------------------------------------------------------------------------------------------------------

    def end_screen(self) -> dict[str, Any]:
        """The screen of a story that has ended."""
        ending = self.play.ending
        if ending is None:
            raise ValueError("the story goes on")
        if self.item.graded:
            return graded_end(ending, self.play.timeline)
        if self._debrief is None and not self._problem:
            try:
                self._debrief = self._debriefed()
            except UserError as error:
                self._problem = str(error)
        return practice_end(ending, self.play.timeline, self._debrief, self._reflection(), self._problem)

    def _debriefed(self) -> Debrief:
        story = self.item.story
        file = assessment_path(self._place.folder / f"{story.id}.yml")
        assessment = load_assessment(file, story)
        earlier: Report | None = None
        before = self._place.sheet.entry(_aside(self.item.id, 1))
        if before is not None and self._plays(before):
            earlier = assess(self._replayed(before), assessment)
        return debrief(self.play, assess(self.play, assessment), earlier=earlier)

    def _reflection(self) -> dict[str, Any]:
        entry = self._place.sheet.entry(_reflection_id(self.item.id))
        if entry is None or entry.kind != _WORDS:
            return {}
        try:
            return clean_values(reflection_fields(()), entry.value)
        except UserError:
            return {}

    def reflect(self, raw: object) -> dict[str, str]:
        """Keep what the person takes with her; returns a status."""
        values = clean_values(reflection_fields(()), raw)
        outcome = self._place.sheet.save(_reflection_id(self.item.id), _WORDS, values or None)
        return done(_("Guardado."), outcome.at) if outcome.saved else problem(outcome.message)


def _aside(id: str, n: int) -> str:
    return f"{id}-anterior" if n == 1 else f"{id}-anterior-{n}"


def _full() -> UserError:
    return UserError(_("Ya se guardaron demasiadas historias aparte: consulte con quien enseña el curso."))


def _reflection_id(id: str) -> str:
    return f"{id}-reflexion"


def _trainee(place: Workplace) -> str:
    """The pseudonym that the log carries; nothing where none can be kept (a read-only folder)."""
    try:
        return pseudonym(place.folder)
    except OSError:
        return ""

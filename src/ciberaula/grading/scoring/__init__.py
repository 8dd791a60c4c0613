"""Scores of answers as plain data: what the hidden tests of an assignment call.

Every function takes the item's id, the answer as read from the answer sheet (JSON data; ``None`` when there is none)
and the key, and returns an ``ItemScore``. They are pure but for one courtesy: where a ``preguntas.yml`` lies in the
working folder, its words are used to tell what was answered. Any answer, of any shape, gets a score; only a wrong *key*
raises (``UserError``), because that is the author's to mend and must not cost a trainee points. ``story`` alone also
reads its key from ``solutions/``, and raises for a log that cannot have been played so: that is for a person to look into.
"""

from ciberaula.grading.scoring.choices import matching, multiple, ordering, single
from ciberaula.grading.scoring.coding import coding
from ciberaula.grading.scoring.paths import path
from ciberaula.grading.scoring.result import MEDIA_TYPE, ItemScore, Verdict
from ciberaula.grading.scoring.stance import KeptAway
from ciberaula.grading.scoring.stories import story
from ciberaula.grading.scoring.written import Together, form, number, table, text

__all__ = [
    "MEDIA_TYPE",
    "ItemScore",
    "KeptAway",
    "Together",
    "Verdict",
    "coding",
    "form",
    "matching",
    "multiple",
    "number",
    "ordering",
    "path",
    "single",
    "story",
    "table",
    "text",
]

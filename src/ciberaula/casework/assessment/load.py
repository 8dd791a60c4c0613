"""An assessment file against its story: everything that it names must exist there, told with file and line."""

from collections.abc import Iterator
from pathlib import Path

from ciberaula.casework.assessment.spec import Assessment
from ciberaula.casework.stories import references
from ciberaula.casework.stories.conditions import Condition
from ciberaula.casework.stories.references import Mistake
from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.yamlfile import Place, read_yaml, validate

PREFIX, STORY_PREFIX = "valoracion-", "historia-"


def assessment_path(story: Path) -> Path:
    """Where the assessment of the story in that file is kept: beside it."""
    return story.with_name(story.name.replace(STORY_PREFIX, PREFIX, 1))


def story_cases(story: Story) -> frozenset[str]:
    """The cases that a story is about."""
    return frozenset(person.case for person in story.people.values())


def load_assessment(path: Path, story: Story) -> Assessment:
    """Read and check a ``valoracion-*.yml``. Raises ``UserError``: file, line, what is wrong, what to do."""
    file = read_yaml(path)
    assessment = validate(Assessment, file)
    for mistake in _mistakes(assessment, story):
        raise UserError(f"{file.where(mistake.place)}: {mistake.text}")
    return assessment


def _mistakes(assessment: Assessment, story: Story) -> Iterator[Mistake]:
    if assessment.story != story.id:
        text = _("es de la historia «{other}» y se buscaba la de «{id}»: corrija «story».")
        yield Mistake(("story",), text.format(other=assessment.story, id=story.id))
        return
    names = references.names_of(story)
    for place, condition in _conditions(assessment):
        yield from references.condition_mistakes(condition, names, place)
    for receiver in sorted(set(assessment.needs) - names.anybody):
        text = _("«{id}» no es una organización, un usuario ni una persona de la historia: corrija «needs».")
        yield Mistake(("needs", receiver), text.format(id=receiver))
    yield from _dilemmas(assessment, story)


def _dilemmas(assessment: Assessment, story: Story) -> Iterator[Mistake]:
    due = {id for id, situation in story.situations.items() if situation.dilemma}
    for id in sorted(set(assessment.dilemmas) - due):
        text = _("«{id}» no es una situación con «dilemma: true» en la historia: quítelo o márquela.")
        yield Mistake(("dilemmas", id), text.format(id=id))
    for id in sorted(due - set(assessment.dilemmas)):
        text = _("falta el dilema «{id}»: diga sus dos bienes y qué inclinó la balanza.")
        yield Mistake(("dilemmas",), text.format(id=id))


def _conditions(assessment: Assessment) -> Iterator[tuple[Place, Condition]]:
    for index, expectation in enumerate(assessment.expect):
        for position, way in enumerate(expectation.ways):
            yield ("expect", index, "ways", position, "when"), way.when
        if expectation.only_if is not None:
            yield ("expect", index, "only_if"), expectation.only_if
    for index, avoidance in enumerate(assessment.avoid):
        yield ("avoid", index, "when"), avoidance.when

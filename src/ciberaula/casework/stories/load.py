"""Read a story from its YAML file and check that it holds together. Every mistake is one Spanish line with its place."""

from pathlib import Path

from ciberaula.casework.stories import graph
from ciberaula.casework.stories.references import Mistake
from ciberaula.casework.stories.spec import Story
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext
from ciberaula.yamlfile import YamlFile, read_yaml, validate


def load_story(path: Path) -> Story:
    """The story in ``path``. Raises ``UserError``: file, line, the first mistake, and how many more there are."""
    story, lines = examined(path)
    if lines:
        first, *more = lines
        if more:
            rest = ngettext("(y {count} error más)", "(y {count} errores más)", len(more)).format(count=len(more))
            first = f"{first.removesuffix('.')} {rest}."
        raise UserError(first)
    return story


def examined(path: Path) -> tuple[Story, list[str]]:
    """The story in ``path`` and a line for each mistake in how it holds together. Raises ``UserError`` for its shape."""
    file = read_yaml(path)
    story = validate(Story, file)
    return story, [*_name(story, path, file), *(_line(one, file) for one in graph.mistakes(story))]


def _name(story: Story, path: Path, file: YamlFile) -> list[str]:
    if story.id == path.stem:
        return []
    text = _("el «id» debe ser el nombre del archivo, «{stem}».").format(stem=path.stem)
    return [_line(Mistake(("id",), text), file)]


def _line(mistake: Mistake, file: YamlFile) -> str:
    return f"{file.where(mistake.place)}: {mistake.text}"

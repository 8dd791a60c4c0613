"""``python -m ciberaula.casework.assessment <slug>...``: what the reference players score in stories, for authors.

Without names, all stories of the course. Ends with 1 where a requirement is not met or a file has a mistake.
"""

import argparse
import sys

from ciberaula.casework.assessment.trial import SEEDS, lines, try_story
from ciberaula.casework.players import find_story, story_files
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.paths import course_root


def main(arguments: list[str] | None = None) -> int:
    """Try the stories named."""
    parser = argparse.ArgumentParser(prog="python -m ciberaula.casework.assessment")
    parser.add_argument("slug", nargs="*", help=_("nombre de la historia, sin «historia-»"))
    parser.add_argument("--random", type=int, default=len(SEEDS), help=_("cuántas partidas al azar"))
    options = parser.parse_args(arguments)
    failed = False
    try:
        course = course_root()
        chosen = [find_story(course, slug) for slug in options.slug] or list(story_files(course))
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    for files in chosen:
        try:
            trial = try_story(files, seeds=range(max(1, options.random)))
        except UserError as error:
            failed = True
            print(f"{files.slug}: {error}\n")
            continue
        failed = failed or bool(trial.failures)
        print("\n".join(lines(trial)), end="\n\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

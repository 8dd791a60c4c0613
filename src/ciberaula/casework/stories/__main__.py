"""``python -m ciberaula.casework.stories <file.yml>…``: check story files, and try them out, for those who write them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ciberaula.casework.stories.load import examined
from ciberaula.casework.stories.trial import tried
from ciberaula.errors import UserError
from ciberaula.i18n import _


def main(arguments: Sequence[str]) -> int:
    """Print a line for each mistake of each file, or that it is well, with notices; 1 where there is a mistake."""
    wrong = 0
    for name in arguments:
        notices: list[str] = []
        try:
            story, lines = examined(Path(name))
            notices = tried(story) if not lines else []
        except UserError as error:
            lines = [str(error)]
        wrong += bool(lines)
        print("\n".join(lines) if lines else _("{file}: bien.").format(file=Path(name).name))
        for notice in notices:
            print("  " + notice)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

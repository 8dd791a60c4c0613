"""The one way to tell a person what went wrong."""


class UserError(Exception):
    """A mistake in what a person gave us, told in one clear Spanish line.

    The message says what is wrong, where, and what to do. Whoever meets it at the edge (the command line, a widget, a
    dashboard) shows ``str(error)`` and nothing else: never a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook instead of a traceback."""
        return [str(self)]


def one_line(text: str, most: int = 60) -> str:
    """What a stranger wrote, fit to stand inside a line for people: cut, and without breaks or signs that move a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:most])

"""Program text goes through one gettext catalogue.

The source text is the neutral Spanish that readers see. A catalogue under ``locale/<language>/LC_MESSAGES`` may
adapt it to a country (``es_MX``, ``es_EC``); without one, the source text is shown as it stands.
"""

import gettext
import os
from pathlib import Path

_catalogue = gettext.translation(
    "ciberaula",
    localedir=Path(__file__).parent / "locale",
    languages=[os.environ.get("CIBERAULA_LANGUAGE", "es")],
    fallback=True,
)

_ = _catalogue.gettext
ngettext = _catalogue.ngettext

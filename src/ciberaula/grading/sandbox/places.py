"""Where things are inside: the same paths in every run, so that code learns nothing of the machine it runs on."""

from pathlib import Path

ROOT = Path("/aula")
DATASETS = ROOT / "datos"
WORK = ROOT / "trabajo"  # the only place that can be written; in memory, of limited size


def folder_of(work: Path) -> Path:
    """The copy of the submission, the working folder of the code."""
    return work / "entrega"


def home_of(work: Path) -> Path:
    """Where libraries write their own things."""
    return work / "hogar"


def environment(passed: dict[str, str], work: Path, datasets: Path) -> dict[str, str]:
    """The whole environment of a run: what the host passes on (no token is among it) and these folders."""
    home = str(home_of(work))
    folders = ("HOME", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR", "XDG_CACHE_HOME")
    return {
        **passed,
        **dict.fromkeys(folders, home),
        "USER": "aula",
        "LOGNAME": "aula",
        "CIBERAULA_DATASETS": str(datasets),
    }

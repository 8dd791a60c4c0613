"""Code that does not end, ends too much, or changes what runs it."""

from tests.hostile.kind import EARNED, Desk, Result, code, made

STOPPED = "el código no terminó a tiempo"
DIED = "el código cerró su núcleo"


def _stopped(result: Result) -> None:
    assert result.note["isolated"]["stopped"] == STOPPED


def _died(result: Result) -> None:
    assert result.note["isolated"]["stopped"] == DIED


def _untouched(result: Result) -> None:
    """The code came to its end: what it changed was its own process, and told nobody anything."""
    assert result.told == "hecho"


def _interrupted(result: Result) -> None:
    assert result.note["isolated"]["failed_cells"] >= 1


RUNNING = [
    code("endless-loop", "while True: pass", endless=True, check=_interrupted),
    code(
        "endless-loop-that-ignores-interrupts",
        """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        endless=True,
        check=_stopped,
    ),
    code("endless-power-in-c", "x = 7 ** (10 ** 9)", endless=True, check=_interrupted),
    code("endless-sum-in-c", "sum(range(10 ** 13))", endless=True, check=_stopped),
    code(
        "endless-regular-expression",
        "import re; re.match(r'(a|a|aa)+$', 'a' * 90 + 'b')",
        endless=True,
        check=_interrupted,
    ),
    code("endless-sleep", "import time; time.sleep(10 ** 6)", endless=True, check=_interrupted),
    code("endless-input", "input('¿?'); cuente('leyó')", check=lambda result: _never(result, "leyó")),
    code(
        "every-cell-takes-its-time",
        "import time\nget_ipython().events.register('pre_run_cell', lambda *_: time.sleep(60))\ncuente('hecho')",
    ),
    code("exit-at-once", "import os; os._exit(0)", check=_died),
    code("system-exit", "import sys; sys.exit(0)"),
    code("crash", "import ctypes; ctypes.string_at(0)", check=_died),
    code("abort", "import os; os.abort()", check=_died),
    code("deep-recursion", "import sys; sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()", endless=True),
    code("endless-output", "while True: print('A' * 10_000)", endless=True, check=_interrupted),
    code(
        "huge-output",
        "import sys\nsys.stdout.write('A' * 30_000_000)\nsys.stdout.flush()\n"
        "from IPython.display import display, HTML\ndisplay(HTML('A' * 30_000_000))\ncuente('hecho')",
        check=_untouched,
    ),
    code(
        "output-to-the-file-descriptors",
        "import os\nfor fd in (1, 2):\n    try: os.write(fd, b'A' * 1_000_000)\n    except OSError: pass\ncuente('hecho')",
        check=_untouched,
    ),
    code(
        "exception-hooks",
        """
        import sys
        ip = get_ipython()
        ip.set_custom_exc((BaseException,), lambda *a, **k: None)
        ip.showtraceback = lambda *a, **k: None
        sys.excepthook = lambda *a: None
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "listeners",
        """
        ip = get_ipython()
        for when in ('pre_run_cell', 'post_run_cell', 'pre_execute', 'post_execute'):
            ip.events.register(when, lambda *a: setattr(a[0], 'result', 100) if a else None)
        ip.ast_transformers.append(type('T', (), {'visit': lambda self, tree: tree})())
        ip.input_transformers_cleanup.append(lambda lines: lines)
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "patched-pandas",
        """
        import pandas, numpy, builtins, json, math
        cuente('hecho')
        pandas.DataFrame.equals = lambda *a: True
        pandas.testing.assert_frame_equal = lambda *a, **k: None
        numpy.isclose = numpy.allclose = math.isclose = lambda *a, **k: True
        json.loads = lambda *a, **k: {'p01': 'b', 'p02': 5}
        builtins.float = lambda *a: 3.0
        builtins.abs = lambda *a: 0
        """,
        check=_untouched,
    ),
    code(
        "patched-scoring",
        """
        try:
            from ciberaula.grading import scoring, runner
            for name in ('single', 'number', 'text'):
                setattr(scoring, name, lambda *a, **k: k['points'])
            runner._judge = lambda cell, *a: {'id': cell['id'], 'score': {'points': 100}}
        except ImportError: pass
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "objects-that-lie",
        """
        class Igual(float):
            def __eq__(self, other): return True
            def __sub__(self, other): return 0.0
            __rsub__ = __sub__
            def __abs__(self): return 0.0
            def __hash__(self): return hash('b')
        class Letra(str):
            def __eq__(self, other): return True
            def __hash__(self): return hash('b')
        for item, value in (('p02', Igual(99)), ('p01', Letra('c'))):
            try: submit_answer(item, value)
            except BaseException: pass
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "objects-of-a-thousand-faces",
        """
        class Doble(str):
            turno = 0
            def __str__(self):
                Doble.turno += 1
                return 'x' * 10 ** 8 if Doble.turno > 1 else 'hola'
        for item, value in (('p05', Doble('a')), ('p02', 10 ** 400), ('p02', float('inf')), ('p02', float('nan'))):
            try: submit_answer(item, value)
            except BaseException: pass
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "background-thread",
        """
        import threading, time
        def luego():
            while True:
                time.sleep(0.05)
                try: submit_answer('p01', 'b')
                except BaseException: pass
        threading.Thread(target=luego, daemon=False).start()
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "at-exit",
        """
        import atexit, os, signal, time
        def tarde(*_):
            submit_answer('p01', 'b'); time.sleep(600)
        atexit.register(tarde)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT): signal.signal(number, tarde)
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "time-bomb",
        """
        import signal
        signal.signal(signal.SIGALRM, lambda *_: cuente('estalló'))
        signal.setitimer(signal.ITIMER_REAL, 3600)
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "detached-process",
        """
        import subprocess, sys
        try:
            subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'], start_new_session=True)
        except OSError: pass
        cuente('hecho')
        """,
        check=_untouched,
    ),
    code(
        "debugger-and-shell",
        "get_ipython().system('sleep 0')\nget_ipython().run_line_magic('alias', 'ls false')\ncuente('hecho')",
    ),
    code("asynchronous-for-ever", "import asyncio\nawait asyncio.sleep(10 ** 6)", endless=True, check=_interrupted),
    code(
        "kernel-without-its-channel",
        "kernel = get_ipython().kernel\nkernel.shell_stream and kernel.shell_stream.close()\nraise SystemExit",
    ),
]


def _never(result: Result, word: str) -> None:
    assert word not in result.told


@made("surrogate-source", points={**EARNED, "p05": 0})
def _surrogates(desk: Desk) -> None:
    desk.hand_in(code={"p05": "x = '\\ud800'\nsubmit_answer('p05', x)"}, edit=_add_surrogate)


def _add_surrogate(nb: object) -> None:
    nb.cells[0].source += " \udc80"  # type: ignore[attr-defined]


KINDS = [*RUNNING, _surrogates]

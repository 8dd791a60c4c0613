"""Code that would use up the machine. Each looks first whether it is in a sandbox."""

from tests.hostile.kind import Result, code


def _inside(result: Result) -> None:
    assert "SIN AISLAMIENTO" not in result.told
    assert "SIN LÍMITE" not in result.told, result.told[:300]


KINDS = [
    code(
        "memory-bomb",
        "bloques = []\nfor _ in range(64):\n    bloques.append(bytearray(64 * 2 ** 20))\ncuente('SIN LÍMITE')",
        endless=True,
        dangerous=True,
        check=_inside,
    ),
    code(
        "memory-bomb-by-mapping",
        "import mmap\nm = [mmap.mmap(-1, 2 ** 30) for _ in range(8)]\n"
        "for one in m:\n    for at in range(0, 2 ** 30, 4096): one[at] = 1\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "memory-bomb-in-shared-memory",
        """
        for n in range(4096):
            with open(f'/dev/shm/{n}', 'wb') as f: f.write(bytes(2 ** 20))
        cuente('SIN LÍMITE')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "memory-bomb-in-anonymous-files",
        """
        import os
        for n in range(64): os.write(os.memfd_create('x'), bytes(64 * 2 ** 20))
        cuente('SIN LÍMITE')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "fork-bomb",
        """
        import os, time
        hechos = 0
        for _ in range(500):
            try:
                if os.fork() == 0: time.sleep(600); os._exit(0)
                hechos += 1
            except OSError: break
        cuente('SIN LÍMITE' if hechos > 100 else f'{hechos} procesos')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "fork-bomb-by-shell",
        "import subprocess\nfor _ in range(300):\n    subprocess.Popen(['sleep', '600'])\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "thread-storm",
        """
        import threading, time
        hechos = 0
        try:
            for _ in range(20_000):
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                hechos += 1
        except BaseException: pass
        cuente('SIN LÍMITE' if hechos >= 5_000 else f'{hechos} hilos')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "fills-the-disk-with-one-file",
        "with open('lleno', 'wb') as f:\n    for _ in range(1024): f.write(bytes(2 ** 20))\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "fills-the-disk-with-many-files",
        "import os\nfor n in range(300_000):\n    os.close(os.open(f'n{n}', os.O_CREAT | os.O_WRONLY))\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "fills-the-disk-with-many-blocks",
        "for n in range(64):\n    with open(f'b{n}', 'wb') as f: f.write(bytes(16 * 2 ** 20))\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "fills-every-writable-folder",
        """
        import os
        total = 0
        own = {os.getcwd(), os.environ.get('HOME', '/'), os.environ.get('TMPDIR', '/')}
        for base in {*own, '/tmp', '/var/tmp', '/dev/shm', '/dev', '/run'}:
            for n in range(40):
                try:
                    with open(f'{base}/relleno{n}', 'wb') as f: total += f.write(bytes(16 * 2 ** 20))
                except OSError: break
        for base in own:
            for n in range(40):
                try: os.remove(f'{base}/relleno{n}')
                except OSError: pass
        cuente('SIN LÍMITE' if total > 700 * 2 ** 20 else f'{total} bytes')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "sparse-file",
        "import os\nwith open('hueco', 'wb') as f: f.truncate(2 ** 40)\ncuente('SIN LÍMITE')",
        dangerous=True,
        check=_inside,
    ),
    code(
        "many-open-files",
        """
        abiertos = []
        try:
            for _ in range(100_000): abiertos.append(open('/dev/null'))
        except OSError: pass
        n = len(abiertos)
        abiertos.clear()
        cuente('SIN LÍMITE' if n > 5_000 else f'{n} archivos')
        """,
        dangerous=True,
        check=_inside,
    ),
    code(
        "deep-folders",
        "import os\nfor n in range(100_000):\n    os.mkdir('d'); os.chdir('d')\ncuente('SIN LÍMITE')",
        endless=True,
        dangerous=True,
        check=_inside,
    ),
    code(
        "signals-to-everybody",
        """
        import os, signal
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
            for pid in (1, os.getppid(), -1, 0):
                if pid in (0, -1) and number == signal.SIGKILL: continue
                try: os.kill(pid, number)
                except OSError: pass
        """,
        dangerous=True,
    ),
    code(
        "kills-its-group",
        "import os, signal\nos.kill(-1, signal.SIGKILL)",
        dangerous=True,
    ),
    code(
        "stops-itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        dangerous=True,
    ),
    code(
        "zip-bomb-in-memory",
        "import zlib\nd = zlib.decompressobj()\ndata = zlib.compress(bytes(2 ** 27), 9)\n"
        "kept = [zlib.decompress(data) for _ in range(64)]\ncuente('SIN LÍMITE')",
        endless=True,
        dangerous=True,
        check=_inside,
    ),
    code(
        "kernel-reply-of-a-gigabyte",
        """
        import sys
        ip = get_ipython()
        class Enorme(Exception):
            def __str__(self): return 'A' * (300 * 2 ** 20)
        raise Enorme()
        """,
        endless=True,
        dangerous=True,
        check=_inside,
    ),
]

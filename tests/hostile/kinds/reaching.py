"""Code that reaches for what is not its own: files, environment, other processes, the network, the kernel."""

from collections.abc import Callable

from tests.hostile.course import MARK
from tests.hostile.kind import Result, code


def _told(*words: str) -> Callable[[Result], None]:
    """Every word is in what the code told: it went on to the end, and each door was shut."""

    def check(result: Result) -> None:
        assert result.told
        assert MARK not in result.told
        for word in words:
            assert word in result.told, result.told[:500]

    return check


def _shut(result: Result) -> None:
    """The code tried every door of its kind and found none open."""
    assert result.told
    assert "ABIERTA" not in result.told, result.told[:500]
    assert MARK not in result.told


TRY = """
def intente(nombre, acto):
    try:
        visto = acto()
        return f"{nombre}: ABIERTA {str(visto)[:200]}"
    except BaseException as error:
        return f"{nombre}: {type(error).__name__}"
"""

KINDS = [
    code(
        "reads-solutions",
        TRY + "cuente(*(intente(lugar, lambda: open(LUGARES[lugar]).read()) for lugar in ('solutions', 'source')))",
        check=_shut,
    ),
    code(
        "reads-the-gradebook",
        TRY
        + "import sqlite3\n"
        + "cuente(intente('libro', lambda: open(LUGARES['gradebook'], 'rb').read(64)),\n"
        + "       intente('base', lambda: sqlite3.connect('file:' + LUGARES['gradebook'] + '?mode=ro', uri=True).backup),\n"
        + "       intente('notas', lambda: open(LUGARES['grades']).read()))",
        check=_shut,
    ),
    code(
        "reads-another-submission",
        TRY + "cuente(intente('vecina', lambda: open(LUGARES['neighbour']).read()))",
        check=_shut,
    ),
    code(
        "reads-the-home-of-whoever-grades",
        TRY + "import os\ncuente(intente('casa', lambda: open(LUGARES['home']).read()), "
        "intente('propia', lambda: open(os.path.expanduser('~/secreto.txt')).read()), "
        "intente('llaves', lambda: os.listdir('/root')), intente('claves', lambda: open('/etc/shadow').read()))",
        check=_shut,
    ),
    code(
        "looks-around",
        """
        import os
        from pathlib import Path
        vistos = []
        aqui = Path.cwd()
        for place in [aqui, *aqui.parents, Path.home(), *Path.home().parents, Path(LUGARES['temporary'])]:
            for base, folders, names in os.walk(place):
                far = base.count('/') > 9 or 'site-packages' in base
                if far or base.startswith(('/usr', '/proc', '/sys', '/lib', '/dev', '/opt')):
                    folders.clear()
                    continue
                for name in names:
                    try:
                        data = Path(base, name).open('rb').read(200_000)
                    except BaseException:
                        continue
                    if b'CANARIO-' in data:
                        vistos.append(f'ABIERTA {base}/{name}: {data[data.index(b"CANARIO-"):][:60]}')
        cuente('miró', *vistos)
        """,
        check=_shut,
    ),
    code(
        "reads-its-environment",
        "import os\ncuente('miró', dict(os.environ))",
        check=_told("miró"),
    ),
    code(
        "reads-proc",
        """
        import glob
        vistos = []
        for pattern in ('environ', 'cmdline', 'maps', 'cwd', 'root/etc/hostname', 'fd/*', 'task/*/environ', 'mountinfo'):
            for path in glob.glob(f'/proc/[0-9]*/{pattern}') + glob.glob(f'/proc/self/{pattern}'):
                try:
                    data = open(path, 'rb').read(100_000)
                except BaseException:
                    continue
                if b'CANARIO-' in data:
                    vistos.append(f'ABIERTA {path} {data[data.index(b"CANARIO-"):][:60]}')
        cuente('miró', *vistos)
        """,
        check=_shut,
    ),
    code(
        "reads-the-memory-of-its-parents",
        """
        import os, ctypes, re
        vistos = []
        def memoria(pid):
            maps = open(f'/proc/{pid}/maps').read()
            with open(f'/proc/{pid}/mem', 'rb', 0) as mem:
                for line in maps.splitlines():
                    if '[heap]' in line:
                        start, end = (int(part, 16) for part in line.split()[0].split('-'))
                        mem.seek(start)
                        return mem.read(min(end - start, 30_000_000))
        for pid in {1, os.getppid(), os.getppid() - 1, os.getpid() - 1}:
            try:
                data = memoria(pid) or b''
                vistos.append(f'ABIERTA memoria de {pid}')
            except BaseException as error:
                vistos.append(type(error).__name__)
        cuente(*vistos)
        """,
        check=_shut,
    ),
    code(
        "network",
        TRY
        + """
import socket, urllib.request
def tcp(host, port): return lambda: socket.create_connection((host, port), timeout=0.3)
def bind(kind):
    def acto():
        s = socket.socket(socket.AF_INET, kind); s.bind(('127.0.0.1', 0)); s.sendto(b'x', ('127.0.0.1', 9)); return s
    return acto
cuente(
    intente('tcp', tcp('127.0.0.1', 22)), intente('tcp6', tcp('::1', 22)), intente('lejos', tcp('192.0.2.1', 80)),
    intente('udp', bind(socket.SOCK_DGRAM)),
    intente('dns', lambda: socket.getaddrinfo('ciberaula.invalid', 80)),
    intente('http', lambda: urllib.request.urlopen('http://127.0.0.1:8888/', timeout=0.3)),
    intente('crudo', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
    intente('paquete', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    intente('enlace', lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)),
    intente('vsock', lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)),
    intente('alg', lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)),
    intente('bluetooth', lambda: socket.socket(31, socket.SOCK_RAW, 1)),
)
""",
        check=_shut,
    ),
    code(
        "unix-sockets",
        TRY
        + """
import socket, glob
def conecte(address):
    def acto():
        s = socket.socket(socket.AF_UNIX); s.settimeout(0.3); s.connect(address); return 'conectado'
    return acto
vistos = [intente('abstracto', conecte('\\0ciberaula')), intente('dbus', conecte('/run/dbus/system_bus_socket')),
          intente('docker', conecte('/var/run/docker.sock')), intente('postgres', conecte('/run/postgresql/.s.PGSQL.5432'))]
cuente(*vistos)
""",
        check=_shut,
    ),
    code(
        "other-kernels-sockets",
        """
        import glob, os
        vistos = []
        for base in {LUGARES['temporary'], '/tmp', '/run', '/var/tmp', '/dev/shm'}:
            for path in glob.glob(base + '/ciberaula-*/**', recursive=True):
                if not path.startswith(os.path.dirname(os.getcwd())) and not os.path.isdir(path):
                    vistos.append('ABIERTA ' + path)
        cuente('miró', *vistos)
        """,
        check=_shut,
    ),
    code(
        "kernel-calls",
        TRY
        + """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def llame(*arguments):
    def acto():
        ctypes.set_errno(0)
        if libc.syscall(*arguments) < 0:
            raise OSError(ctypes.get_errno(), 'no')
        return 'hecho'
    return acto
vistos = [intente(nombre, llame(*arguments)) for nombre, arguments in {
    'ptrace': (101, 16, os.getppid(), 0, 0), 'ptrace-1': (101, 16, 1, 0, 0),
    'mount': (165, b'none', b'/mnt', b'tmpfs', 0, 0), 'umount': (166, b'/', 2),
    'unshare-user': (272, 0x10000000), 'unshare-net': (272, 0x40000000), 'setns': (308, 0, 0),
    'bpf': (321, 0, 0, 0), 'io_uring': (425, 8, 0), 'keyctl': (250, 0, -3, 1), 'add_key': (248, b'user', b'x', b'y', 1, -3),
    'perf': (298, 0, 0, 0, 0, 0), 'userfaultfd': (323, 0), 'reboot': (169, 0, 0, 0, 0), 'swapon': (167, b'/x', 0),
    'init_module': (175, 0, 0, b''), 'kexec': (246, 0, 0, 0, 0), 'settimeofday': (164, 0, 0),
    'sethostname': (170, b'x', 1), 'chroot': (161, b'/'), 'pivot_root': (155, b'/', b'/'),
    'process_vm_readv': (310, os.getppid(), 0, 0, 0, 0, 0), 'open_by_handle': (304, 0, 0, 0),
    'quotactl': (179, 0, 0, 0, 0), 'acct': (163, b'/x'), 'iopl': (172, 3), 'syslog': (103, 3, 0, 0),
    'move_pages': (279, os.getppid(), 0, 0, 0, 0, 0), 'pidfd_getfd': (438, 0, 0, 0), 'fsopen': (430, b'tmpfs', 0),
    'open_tree': (428, -100, b'/', 1), 'memfd_secret': (447, 0), 'vhangup': (153,),
    'clone-user': (56, 0x10000000 | 17, 0, 0, 0, 0),
}.items()]
cuente(*vistos)
""",
        check=_shut,
        dangerous=True,
    ),
    code(
        "more-rights",
        TRY
        + """
import os, resource
def suba():
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        soft, hard = resource.getrlimit(limit)
        if hard == resource.RLIM_INFINITY: return 'sin límite'
        try: resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)); return 'subió'
        except (ValueError, OSError): pass
    raise PermissionError
cuente(
    intente('límites', suba), intente('uid', lambda: os.setuid(0) or os.getuid() or open('/etc/shadow').read()),
    intente('raíz', lambda: open('/escrito', 'w').write('x')),
    intente('usr', lambda: open('/usr/escrito', 'w').write('x')),
    intente('etc', lambda: open('/etc/escrito', 'w').write('x')),
    intente('dispositivo', lambda: os.mknod('d', 0o60666, 2048)),
    intente('nice', lambda: os.nice(-5)), intente('prio', lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), -5)),
    intente('curso', lambda: open(LUGARES['root'] + '/escrito', 'w').write('x')),
    intente('temporal', lambda: open(LUGARES['temporary'] + '/escrito', 'w').write('x')),
)
""",
        check=_shut,
        dangerous=True,
    ),
    code(
        "terminal",
        TRY
        + "import fcntl, os\n"
        + "cuente(intente('tty', lambda: open('/dev/tty', 'w').write('x')), "
        + "intente('tiocsti', lambda: [fcntl.ioctl(fd, 0x5412, b'x') for fd in range(20)]), "
        + "intente('pts', lambda: os.listdir('/dev/pts')[1]))",
        check=_shut,
        dangerous=True,
    ),
    code(
        "writes-into-the-environment",
        TRY
        + """
import ciberaula, site, sys, os
from pathlib import Path
lugares = {Path(ciberaula.__file__).parent, *site.getsitepackages(), sys.prefix, Path(os.__file__).parent}
def escriba(place): return lambda: Path(place, 'sitecustomize.py').write_text('1/0')
cuente(*(intente(str(n), escriba(place)) for n, place in enumerate(lugares)))
""",
        check=_shut,
        dangerous=True,
    ),
    code(
        "inherited-descriptors",
        """
        import os, stat
        vistos = []
        for fd in range(3, 256):
            try: about = os.fstat(fd)
            except OSError: continue
            if stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode):
                try:
                    data = os.pread(fd, 100_000, 0) if stat.S_ISREG(about.st_mode) else ' '.join(os.listdir(fd)).encode()
                except OSError: continue
                if b'CANARIO-' in data or b'solutions' in data or b'gradebook' in data:
                    vistos.append(f'ABIERTA {fd}')
                try:
                    if stat.S_ISDIR(about.st_mode):
                        os.open('../../../../etc/shadow', os.O_RDONLY, dir_fd=fd)
                        vistos.append(f'ABIERTA {fd}')
                except OSError: pass
        cuente('miró', *vistos)
        """,
        check=_shut,
    ),
]

"""Code that takes over its kernel and answers the grading with messages of its own."""

from tests.hostile.kind import EARNED, Kind, Result, code

# The kernel's session signs what is sent: whoever runs in the kernel can sign anything. Only replies are altered, so that
# the request that the grading waits for gets the forged answer.
FORGE = """
kernel = get_ipython().kernel
session = kernel.session
make = session.serialize
import json
def forge(msg, ident=None):
    parts = make(msg, ident)
    if msg.get('msg_type') == 'execute_reply':
        at = parts.index(b'<IDS|MSG>')
        header, parent, metadata, content = parts[at + 2:at + 6]
        header, parent, metadata, content = altere(header, parent, metadata, content)
        body = [header, parent, metadata, content]
        parts = [*parts[:at], b'<IDS|MSG>', session.sign(body), *body]
    return parts
def altere(header, parent, metadata, content):
    {alter}
session.serialize = forge
"""

ALTERED = {
    "deep-reply": "return header, parent, metadata, b'{\"status\": ' + b'[' * 200_000 + b']' * 200_000 + b'}'",
    "reply-that-is-no-json": "return header, parent, metadata, b'\\xff\\xfe{{{'",
    "reply-of-another-shape": "return header, parent, metadata, b'[1, 2, 3]'",
    "reply-without-header": "return b'null', b'[]', b'7', content",
    "reply-with-a-wrong-date": 'return header.replace(b\'"date": "\', b\'"date": "99999-99-99T\'), parent, metadata, content',
    "reply-with-forged-scores": (
        "return header, parent, metadata, json.dumps({'status': 'ok', 'execution_count': 1, 'payload': "
        "[{'source': 'set_next_input', 'text': 'x'}], 'user_expressions': {'reply': {'status': 'ok', 'data': "
        "{'application/json': {'items': [{'id': 'p01', 'score': {'points': 2}}]}}}}}).encode()"
    ),
    "reply-that-says-nothing": "return header, b'{}', metadata, content",
}


def _alive(result: Result) -> None:
    assert result.points["p03"] == 1


def _kind(name: str, alter: str) -> Kind:
    waited_for = name == "reply-that-says-nothing"
    return code(name, FORGE.format(alter=alter), endless=waited_for, points=EARNED, check=_alive)


KINDS = [
    *(_kind(name, alter) for name, alter in ALTERED.items()),
    code(
        "closes-its-sockets",
        """
        import gc, zmq
        for one in gc.get_objects():
            try:
                if isinstance(one, zmq.Socket): one.close(0)
            except BaseException: pass
        """,
        check=_alive,
    ),
    code(
        "replaces-its-socket-file",
        """
        import os, glob, socket
        vistos = []
        file = get_ipython().kernel.config.get('IPKernelApp', {}).get('connection_file') or '/x/y'
        for path in glob.glob(os.path.dirname(file) + '/*') + glob.glob('/**/s-*'):
            for acto in (os.unlink, lambda p: os.symlink('/etc/hostname', p), os.mkfifo):
                try: acto(path); vistos.append('tocó')
                except OSError: pass
        cuente('miró', *vistos)
        """,
        check=_alive,
    ),
]

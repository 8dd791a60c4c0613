"""How long a gradebook on a server is waited for, so that a cable that is out stops nobody for hours.

Without any of this, whoever waits for an answer from a host that vanished waits two hours, and so does everybody else
for the lock that it held: TCP says nothing of a host that is not there any more.
"""

from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_LOST_AFTER_S = 30
# libpq's own parameters: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
_OF_THE_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": str(_LOST_AFTER_S * 1000),
}
# And the server's, each for one session. One that holds a lock and says nothing is ended before others give up waiting.
_OF_THE_SESSION = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
    "tcp_user_timeout": f"{_LOST_AFTER_S}s",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "120s",
}


def patient(db_url: str) -> str:
    """The address of a gradebook on a server with what notices a lost connection; what it says already stays as it is.

    Any other address comes back as it came: whoever uses it says what is wrong with it.
    """
    try:
        url = make_url(db_url)
    except (ArgumentError, ValueError):
        return db_url
    missing = {name: value for name, value in _OF_THE_CONNECTION.items() if name not in url.query}
    if url.get_backend_name() != "postgresql" or not missing:
        return db_url
    return url.update_query_dict(missing).render_as_string(hide_password=False)


def be_patient(connection: Any, _record: Any) -> None:
    """For a new connection of the driver's: let the server, too, notice when this process is gone."""
    with connection.cursor() as cursor:
        for name, value in _OF_THE_SESSION.items():
            # An older server has not all of them.
            cursor.execute(
                "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s",
                (value, name),
            )
    connection.commit()  # taken back, the settings would go too

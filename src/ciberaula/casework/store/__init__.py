"""Where cases are kept: in memory, in an SQLite file, or in one PostgreSQL database for a whole cohort."""

from ciberaula.casework.store.protocol import Store

MEMORY = "memory:"


def open_store(url: str | None = None) -> Store:
    """The store at ``url``: memory for ``None`` or ``memory:``, else an SQLite path or any URL that the SQL store takes.

    Raises ``UserError`` where it can't be opened: damaged, out of reach, or its driver missing.
    """
    if url is None or url == MEMORY:
        from ciberaula.casework.store.memory import MemoryStore

        return MemoryStore()
    from ciberaula.casework.store.sql import SqlStore

    return SqlStore(url)

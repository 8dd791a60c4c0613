"""What lets a lost connection to the gradebook be noticed."""

import psycopg
import pytest
import sqlalchemy as sa

from ciberaula.grading import ledger
from ciberaula.grading.config import gradebook_url
from ciberaula.grading.patience import patient
from tests.grading.test_postgresql import filled, on_postgresql, server  # noqa: F401 - fixtures


@pytest.mark.parametrize("address", ["sqlite:////casa/gradebook.db", "nada", "http://[x", ""])
def test_what_is_no_server_stays_as_it_is(address):
    assert patient(address) == address


def test_what_the_address_says_stays_and_the_password_too():
    address = "postgresql+psycopg://notas:cl%40ve%2F@10.0.0.4/notas?connect_timeout=77&sslmode=require"
    url = sa.make_url(patient(address))
    assert (url.password, url.query["connect_timeout"], url.query["sslmode"]) == ("cl@ve/", "77", "require")
    assert url.query["tcp_user_timeout"] == "30000"
    assert patient(patient(address)) == patient(address)


def test_libpq_knows_every_parameter():
    known = {one.keyword.decode() for one in psycopg.pq.Conninfo.get_defaults()}
    asked = sa.make_url(patient("postgresql+psycopg://notas@10.0.0.4/notas")).query.keys()
    assert asked
    assert asked <= known


def test_the_server_ends_whoever_holds_the_lock_and_is_gone(on_postgresql):  # noqa: F811
    """A host that vanished would otherwise hold it for two hours, and every grader wait as long."""
    with ledger.reading(gradebook_url()) as connection:
        for name, value in (
            ("idle_in_transaction_session_timeout", "1min"),
            ("lock_timeout", "2min"),
            ("tcp_user_timeout", "0"),  # over a socket of the same machine it does not apply
        ):
            assert connection.execute(sa.text(f"SHOW {name}")).scalar_one() == value

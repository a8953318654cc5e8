"""Free ports are free, and taken ones are known as taken."""

from __future__ import annotations

import socket

from local_engine.runtime.ports import free_port, is_free


def test_a_free_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    assert is_free(port)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert not is_free(port)
        with socket.create_connection(("127.0.0.1", port)), listener.accept()[0]:
            pass
    assert is_free(port)  # although a connection to it lingers

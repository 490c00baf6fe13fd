"""A wire to PostgreSQL that is cut at the n-th COMMIT: before the server hears it, or before its answer arrives."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

__all__ = ["Wire"]


class Wire:
    """Forwards a port of this machine to the server at `address`; a context manager.

    `cut(at, heard=…)` arms it: the COMMIT with that number is its end, `heard` whether the server still gets it. While
    it is cut nobody gets through; `mend` lets everybody through again.
    """

    def __init__(self, address: str) -> None:
        self._server = parse_qs(urlsplit(address).query)["host"][0] + "/.s.PGSQL.5432"
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.commits, self._at, self._heard, self.down = 0, 0, False, False
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, database: str) -> str:
        """The address of a database behind the wire."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}?sslmode=disable&gssencmode=disable"

    def cut(self, at: int, *, heard: bool) -> None:
        """End it at that COMMIT, counted from now."""
        self.commits, self._at, self._heard, self.down = 0, at, heard, False

    def mend(self) -> None:
        """Let everybody through."""
        self._at, self.down = 0, False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.down:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=_forward, args=(server, client), daemon=True)
        back.start()
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if self._is_the_end(data):
                    self._end(client, server, data)
                    break
                server.sendall(data)
        for end in (client, server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        back.join()
        client.close()
        server.close()

    def _is_the_end(self, data: bytes) -> bool:
        self.commits += b"COMMIT" in data
        return b"COMMIT" in data and self.commits == self._at

    def _end(self, client: socket.socket, server: socket.socket, data: bytes) -> None:
        """Cut the wire; a COMMIT that is heard is carried out though nobody learns of it."""
        self.down = True
        client.shutdown(socket.SHUT_RDWR)
        if self._heard:
            server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                server.settimeout(5)
                while server.recv(1 << 16):
                    pass


def _forward(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)

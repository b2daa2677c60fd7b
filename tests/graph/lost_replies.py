"""A wire between driver and server that cuts every second writing commit: it is done, and the reply never arrives."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_READS = b"\x84mode\x81r"  # what the beginning of a reading transaction says
_COMMIT = b"\x00\x02\xb0\x12\x00\x00"  # the message of the Bolt protocol, with its length before and its end after it


@dataclass(slots=True)
class Wire:
    """`commits` went through, of `lost` of them the reply was withheld."""

    server_port: int
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    commits: int = 0
    lost: int = 0

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.listening.getsockname()[1]}"

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.server_port)) as server:
            losing = reading = False
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for end in ready:
                    try:
                        data = end.recv(1 << 16)
                    except OSError:
                        return
                    if not data or (end is server and losing):
                        return
                    reading = (reading or _READS in data) if end is client else reading
                    if end is client and _COMMIT in data and reading:
                        reading = False
                    elif end is client and _COMMIT in data:
                        self.commits += 1
                        losing = self.commits % 2 == 0
                        self.lost += losing
                    (server if end is client else client).sendall(data)


@contextmanager
def wire_that_loses_replies(server_port: int) -> Iterator[Wire]:
    wire = Wire(server_port)
    threading.Thread(target=wire.accept, daemon=True).start()
    try:
        yield wire
    finally:
        wire.listening.close()

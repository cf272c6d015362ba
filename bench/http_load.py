"""A small load generator: n keep-alive connections, each sending its next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a run: answers a second, the slow end of the answering times, and how many were not 2xx."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def drive(
    *, port: int, path: str, body: Callable[[int], bytes], headers: dict[str, str], clients: int, requests: int
) -> Load:
    """``requests`` POSTs over ``clients`` connections; at most two minutes."""
    return asyncio.run(asyncio.wait_for(_drive(port, path, body, headers, clients, requests), timeout=120))


async def _drive(
    port: int, path: str, body: Callable[[int], bytes], headers: dict[str, str], clients: int, requests: int
) -> Load:
    numbers = iter(range(requests))
    taken: list[float] = []
    failed = [0]

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            began = time.perf_counter()
            writer.write(_request(path, body(number), headers | {"Idempotency-Key": f"bench-{began}-{number}"}))
            status = await _answer(reader)
            taken.append(time.perf_counter() - began)
            failed[0] += not 200 <= status < 300
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    elapsed = time.perf_counter() - began
    taken.sort()
    return Load(requests / elapsed, 1000 * taken[len(taken) // 2], 1000 * taken[int(len(taken) * 0.99)], failed[0])


def _request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    status = int(head.split(" ", 2)[1])
    length, chunked = 0, False
    for line in head.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        length = int(value) if name.lower() == "content-length" else length
        chunked = chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
    if chunked:
        while int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
            await reader.readuntil(b"\r\n")
        await reader.readuntil(b"\r\n")
    elif length:
        await reader.readexactly(length)
    return status

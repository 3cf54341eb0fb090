"""A client of asyncio's streams: GET, then PATCH, of each project, over connections that are kept.

Usage: asyncio_client.py ADDRESS IN_FLIGHT PROJECTS
"""
import asyncio
import json
import sys
import urllib.parse

import clients
import fleet

ADDRESS, IN_FLIGHT, PROJECTS = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def message(method, number, headers, body=""):
    path = f"/api/atlas/v2/groups/{fleet.project(number)}/encryptionAtRest"
    lines = [f"{method} {path} HTTP/1.1", f"Host: {ADDRESS.netloc}", *headers]
    return ("\r\n".join(lines + [f"Content-Length: {len(body)}"] * bool(body)) + "\r\n\r\n" + body).encode()


async def send(reader, writer, request):
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    body = await reader.readexactly(length)
    if not head.startswith(b"http/1.1 200"):
        sys.exit(f"refused: {head!r}")
    return json.loads(body)


async def work(numbers):
    reader, writer = await asyncio.open_connection(ADDRESS.hostname, ADDRESS.port)
    for number in numbers:
        state = await send(reader, writer, message("GET", number, clients.HEADERS))
        if not state["enabledForSearchNodes"]:
            await send(reader, writer, message("PATCH", number, clients.CHANGE, fleet.CHANGE))
    writer.close()


async def main():
    numbers = iter(range(1, PROJECTS + 1))
    await asyncio.gather(*(work(numbers) for _ in range(IN_FLIGHT)))


asyncio.run(main())

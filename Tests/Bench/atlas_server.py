"""An Atlas with latency and one bucket for all, that writes down when each request came and left.

Usage: atlas_server.py PORT LATENCY BUCKET TELLS

LATENCY: fixed:SECONDS, or pareto:MEDIAN,LIMIT (a tail of exponent 1.2; the same for the same request in every run).
BUCKET: CAPACITY,PER_SECOND for all of encryptionAtRest together, or none. TELLS, joined by commas: headers (on every
answer), body (parameters of the 429), inspection (GET /rateLimits).

Both begin with GET /_bench/start, which fills the bucket. GET /_bench/records gives what came since: project, method,
seconds of arrival and of the answer, status.
"""
import asyncio
import hashlib
import json
import sys
import time

import fleet

PORT, (SHAPE, _, SHAPE_NUMBERS), BUCKET, TELLS = (
    int(sys.argv[1]), sys.argv[2].partition(":"), sys.argv[3], set(sys.argv[4].split(",")))
NUMBERS = [float(number) for number in SHAPE_NUMBERS.split(",")]


class Bucket:
    def __init__(self, capacity, refill):
        self.capacity, self.refill, self.tokens, self.at = capacity, refill, capacity, time.monotonic()

    def take(self):
        now = time.monotonic()
        self.tokens = min(self.capacity, self.tokens + (now - self.at) * self.refill)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class State:
    bucket, records, changed, counts, isOn = None, [], set(), {}, False


def latency(method, path):
    count = State.counts[method, path] = State.counts.get((method, path), 0) + 1
    if SHAPE == "fixed":
        return NUMBERS[0]
    drawn = hashlib.sha256(f"{method} {path} {count}".encode()).digest()
    share = (int.from_bytes(drawn[:6], "big") + 1) / 2**48
    median, limit = NUMBERS
    return min(limit, median / 2 ** (1 / 1.2) * share ** (-1 / 1.2))


def start():
    State.isOn, State.records, State.counts = True, [], {}
    if BUCKET != "none":
        capacity, refill = BUCKET.split(",")
        State.bucket = Bucket(int(capacity), float(refill))


def inspection():
    path = "/api/atlas/v2/groups/{groupId}/encryptionAtRest"
    number = {"capacity": State.bucket.capacity, "refillRate": State.bucket.refill * 60, "refillDurationSeconds": 60}
    values = {name: {"value": round(value), "defaultValue": None} for name, value in number.items()}
    return json.dumps({"links": [], "totalCount": 1, "results": [{
        "endpointSetId": "bench", "endpointSetName": "Encryption At Rest", "scope": "ORGANIZATION", **values,
        "endpoints": [{"method": method, "path": path} for method in ("GET", "PATCH")]}]})


def refusal():
    bucket = State.bucket
    if "body" not in TELLS:
        return json.dumps({"error": 429, "errorCode": "RATE_LIMITED", "detail": "Too many requests."})
    wait = max(0, int((1 - bucket.tokens) / bucket.refill))
    return json.dumps({"error": 429, "errorCode": "RATE_LIMITED_TOKEN_BUCKET", "detail": f"retry after {wait} seconds",
                       "parameters": ["/encryptionAtRest", wait, bucket.capacity, bucket.refill * 60, 60]})


async def answer(method, path):
    """Status, body, further header lines."""
    parts = path.split("?")[0].strip("/").split("/")
    if parts == ["_bench", "start"]:
        start()
        return 200, "{}", ""
    if parts == ["_bench", "records"]:
        return 200, json.dumps(State.records), ""
    if State.isOn:
        await asyncio.sleep(latency(method, path))
    if parts[-1] == "token":
        return 200, fleet.TOKEN, ""
    if parts[-1] == "rateLimits" and State.bucket and "inspection" in TELLS:
        return 200, inspection(), ""
    if len(parts) == 5 and parts[3] == "groups":
        return 200, fleet.about(parts[4]), ""
    if parts[-1] != "encryptionAtRest":
        return 200, fleet.ORGANISATIONS if parts[-1] == "orgs" else "{}", ""
    isLet = State.bucket is None or State.bucket.take()
    lines = ""
    if State.bucket and "headers" in TELLS:
        lines = (f"RateLimit-Limit: {State.bucket.capacity}\r\nRateLimit-Remaining: {int(State.bucket.tokens)}\r\n"
                 + ("" if isLet else "Retry-After: 1\r\n"))
    if not isLet:
        return 429, refusal(), lines
    if method == "PATCH":
        State.changed.add(parts[4])
    return 200, fleet.state(parts[4] in State.changed), lines


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            began = time.monotonic()
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            lengths = [line.split(":")[1] for line in lines if line.lower().startswith("content-length:")]
            await reader.readexactly(int(lengths[0]) if lengths else 0)
            status, body, more = await answer(method, path)
            kind = "application/json" if path.endswith("/token") else fleet.MEDIA
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}"
                         .encode())
            await writer.drain()
            if State.isOn and not path.startswith("/_bench"):
                State.records.append([path.split("?")[0], method, began, time.monotonic(), status])
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=1024)
    await server.serve_forever()


asyncio.run(main())

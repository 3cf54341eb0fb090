"""Rows (b) and (c): how long a run takes beside what a shared limit or the latency allows at best."""
import contextlib
import json
import pathlib
import sys
import urllib.request

import bounds
import fleet
import nginx
import tools as measuring

# What the server tells of its limit.
TELLS = {"/rateLimits and headers": "inspection,headers,body", "headers": "headers,body", "nothing": "none"}


@contextlib.contextmanager
def atlas(folder, latency, bucket="none", tells="none"):
    port = measuring.free_port()
    script = pathlib.Path(__file__).with_name("atlas_server.py")
    place = folder / "server"
    place.mkdir(exist_ok=True)
    server = measuring.start([sys.executable, str(script), str(port), latency, bucket, tells], place)
    try:
        measuring.await_port(server, port, place)
        yield f"http://127.0.0.1:{port}"
    finally:
        measuring.stop(server)


def ask(address, what):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/_bench/{what}") as answer:
        return json.load(answer)


def shared_bucket(options, tools, table, folder):
    """The bound: with a full bucket of C that refills by R a second, N requests take (N - C) / R seconds."""
    fleet.write_sheet(folder / "fleet.csv", options.bucket_projects)
    for capacity, refill in [(30, 20)] if options.quick else [(100, 20), (20, 50)]:
        for name, tells in TELLS.items():
            with atlas(folder, "fixed:0.005", f"{capacity},{refill}", tells) as address:
                tools.plan(folder, address, 8)
                ask(address, "start")
                ran = tools.apply(folder, address, 16, codes=(0, 3, 4))
                statuses = [record[4] for record in ask(address, "records") if record[0].endswith("/encryptionAtRest")]
                note(table, f"bucket of {capacity}, {refill}/s, told by {name}", ran, statuses, capacity, refill)
    if tools.nginx and not options.quick:
        with atlas(folder, "fixed:0.005") as behind, nginx.limiter(tools, folder, behind, 20, 20) as address:
            tools.plan(folder, address, 8)
            (folder / "limited").touch()
            ran = tools.apply(folder, address, 16, codes=(0, 3, 4))
            statuses = [int(status) for status in (folder / "statuses").read_text().split()]
            # nginx counts the request that is let through at once beside the burst.
            note(table, "nginx limit_req, 20/s, burst 20, told by nothing", ran, statuses, 21, 20)


def note(table, where, ran, statuses, capacity, refill):
    refused = statuses.count(429)
    bound = bounds.bucket_bound(len(statuses) - refused, capacity, refill)
    told = f"bound {bound:.1f} s" + (f"; ended with {ran.code}" if ran.code else "")
    table.line("b", f"apply, {where}", "s", "the bound", told).add(ran.seconds, bound)
    table.line("b", f"429s, {where}", "%").add(100 * refused / max(1, len(statuses)))


def latency(options, tools, table, folder):
    """The bound is that of `bounds.schedule_bound`."""
    fleet.write_sheet(folder / "fleet.csv", options.latency_projects)
    for name, shape in {"200 ms each": "fixed:0.2", "heavy-tailed": "pareto:0.1,5"}.items():
        with atlas(folder, shape) as address:
            tools.plan(folder, address, 8)
            ask(address, "start")
            ran = tools.apply(folder, address, 8)
            bound = bounds.schedule_bound(ask(address, "records"), 8)
            note = f"bound {bound:.1f} s, slow start included"
            table.line("c", f"apply, {name}, 8 in flight", "s", "the bound", note).add(ran.seconds, bound)

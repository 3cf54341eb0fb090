"""Rows (a) and (g): requests per second, and processor time for each, beside other clients."""
import clients
import fleet
import nginx

CURL = "curl"


def journalled(options, tools, table, folder):
    if not tools.nginx:
        return
    fleet.write_sheet(folder / "fleet.csv", options.projects)
    requests = 2 * options.projects
    few = max(50, options.projects // 40)
    with nginx.static(tools, folder) as address:
        states = clients.urls(address, options.projects)
        looks = [("GET", clients.urls(address, options.projects, "")), ("GET", states)]
        changes = [("GET", states), ("PATCH", states)]
        for in_flight in options.in_flight:
            for _ in range(options.rounds):
                def line(name, note=""):
                    return table.line("a", f"{name}, {in_flight} in flight", "requests/s", CURL, note)

                base = requests / clients.curl(tools, folder, in_flight, changes).seconds
                line("curl --parallel, GET and PATCH").add(base)
                reads = requests / clients.curl(tools, folder, in_flight, looks).seconds
                line("curl --parallel, GET and GET").add(reads)
                planned = requests / tools.plan(folder, address, in_flight).seconds
                line("keyshift plan").add(planned, reads)
                applied = requests / tools.apply(folder, address, in_flight, "--no-verify").seconds
                line("keyshift apply", "every intent and outcome durable").add(applied, base)
                slow = 2 * few / clients.xargs(tools, folder, in_flight, address, few).seconds
                line("xargs -P curl", f"{few} projects").add(slow, base)
                script = requests / clients.asynchronous(folder, in_flight, address, options.projects).seconds
                line("Python asyncio").add(script, base)
                if tools.wrk:
                    line("wrk", "the ceiling").add(clients.wrk(tools, folder, in_flight, address, 3), base)


def encrypted(options, tools, table, folder):
    if not tools.nginx:
        return
    fleet.write_sheet(folder / "fleet.csv", options.tls_projects)
    with nginx.static(tools, folder, tls=True) as address:
        states = clients.urls(address, options.tls_projects)
        roots = str(folder / "pem")
        for _ in range(options.rounds):
            note = f"{2 * options.tls_projects:,} requests, 64 in flight, TLS and HTTP/2"
            plain = clients.curl(tools, folder, 64, [("GET", states), ("PATCH", states)], roots)
            table.line("g", "curl --parallel", "CPU seconds", note=note).add(plain.cpu_seconds)
            tools.plan(folder, address, 64, "--ca-file", roots)
            applied = tools.apply(folder, address, 64, "--no-verify", "--ca-file", roots)
            table.line("g", "keyshift apply", "CPU seconds", CURL, note).add(applied.cpu_seconds, plain.cpu_seconds)

"""Other clients that send the same requests as keyshift, without deciding or writing down anything."""
import pathlib
import re
import sys

import fleet
import tools

HEADERS = [f"Accept: {fleet.MEDIA}", "Authorization: Bearer benchmark-token-0123456789abcdef"]
CHANGE = HEADERS + [f"Content-Type: {fleet.MEDIA}"]


def urls(address, projects, path="/encryptionAtRest"):
    return [f"{address}/api/atlas/v2/groups/{fleet.project(number)}{path}" for number in range(1, projects + 1)]


def curl(programs, folder, in_flight, parts, roots=None):
    """`curl --parallel`, which keeps its connections. `parts`: method and URLs; its options are read once for each
    part and not for each request, which is the best that can be done for it."""
    lines = []
    for method, addresses in parts:
        lines += ["next"] if lines else []
        lines += ["silent", "fail", "compressed"] + ([f'cacert = "{roots}"'] if roots else [])
        lines += [f'header = "{header}"' for header in (CHANGE if method == "PATCH" else HEADERS)]
        if method == "PATCH":
            lines += ['request = "PATCH"', 'data = "' + fleet.CHANGE.replace('"', '\\"') + '"']
        for address in addresses:
            lines += [f'url = "{address}"', 'output = "/dev/null"']
    (folder / "curl.config").write_text("\n".join(lines) + "\n")
    return tools.run([programs.curl, "-q", "--parallel", "--parallel-max", str(in_flight), "--no-progress-meter",
                      "--config", "curl.config"], folder)


def xargs(programs, folder, in_flight, address, projects):
    """A process of curl for each project, as in many a script: GET and PATCH."""
    (folder / "ids").write_text("".join(f"{fleet.project(number)}\n" for number in range(1, projects + 1)))
    url = f"{address}/api/atlas/v2/groups/@/encryptionAtRest"
    look = [word for header in HEADERS for word in ("-H", header)]
    change = [word for header in CHANGE for word in ("-H", header)]
    return tools.run(
        ["xargs", "-a", "ids", "-P", str(in_flight), "-I@", programs.curl, "-qsf", "-o", "/dev/null", *look, url,
         "--next", "-sf", "-o", "/dev/null", *change, "-X", "PATCH", "--data", fleet.CHANGE, url], folder)


def asynchronous(folder, in_flight, address, projects):
    script = pathlib.Path(__file__).with_name("asyncio_client.py")
    return tools.run([sys.executable, str(script), address, str(in_flight), str(projects)], folder)


def wrk(programs, folder, in_flight, address, seconds):
    """Requests per second of GET and PATCH by turns: more than this the server can't do."""
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n'
                      for name, value in (header.split(": ", 1) for header in CHANGE))
    path = f"/api/atlas/v2/groups/{fleet.project(1)}/encryptionAtRest"
    (folder / "mix.lua").write_text(f"""{headers}
        local change = false
        request = function()
            change = not change
            if change then return wrk.format("PATCH", "{path}", nil, '{fleet.CHANGE}') end
            return wrk.format("GET", "{path}")
        end""")
    ran = tools.run([programs.wrk, "-t1", f"-c{in_flight}", f"-d{seconds}s", "-s", "mix.lua", address], folder,
                    LD_LIBRARY_PATH=programs.libraries)
    return float(re.search(r"Requests/sec:\s*([\d.]+)", ran.output).group(1))

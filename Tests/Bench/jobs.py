"""Rows (d) and (e): commands on large jobs, and how soon a half-done one goes on."""
import contextlib
import pathlib
import signal
import socket
import sqlite3
import time

import fleet
import nginx
import tools as measuring


def sizes(options, tools, table, folder):
    """Time and memory of commands that send nothing. The ratio is per row, to the smallest size."""
    target = str(tools.package / "plans/search-nodes.yaml")
    commands = {
        "plan --offline": ["plan", "fleet.csv", "--target", target, "--job", "fleet.job", "--offline"],
        "show": ["show", "fleet.job"], "report": ["report", "fleet.job", "--format", "csv"],
    }
    for _ in range(options.rounds):
        smallest = {}
        for rows in options.sizes:
            fleet.write_sheet(folder / "fleet.csv", rows)
            for path in folder.glob("fleet.job*"):
                path.unlink()
            for name, words in commands.items():
                # plan leaves rows unread (3), as it was told to.
                ran = tools.run_keyshift(folder, "https://127.0.0.1", *words, codes=(0, 3))
                scale = rows / options.sizes[0]
                base = smallest.setdefault(name, ran.seconds) * scale if scale > 1 else None
                table.line("d", f"{name}, {rows:,} rows", "s", "linear").add(ran.seconds, base)
                table.line("d", f"{name}, {rows:,} rows, memory", "MiB").add(ran.peak_mib)
                smallest.setdefault(name, ran.seconds)


def resume(options, tools, table, folder):
    if not tools.nginx:
        return
    fleet.write_sheet(folder / "fleet.csv", options.resume_projects)
    with nginx.static(tools, folder) as address:
        tools.plan(folder, address, 64)
        share = half_done(options, tools, folder, address)
    port = int(address.rsplit(":", 1)[1])
    for _ in range(max(3, options.rounds)):
        note = f"{options.resume_projects:,} rows, {share:.0%} done; the time to the first byte on the wire"
        table.line("e", "keyshift resume", "s", note=note).add(first_byte(tools, folder, address, port))


def half_done(options, tools, folder, address):
    words = [tools.keyshift, "apply", "fleet.job", "--yes", "--rate", "none", "--no-verify", "--concurrency", "64",
             "--max-failures", "100%", "--quiet"]
    process = measuring.start(words, folder, MONGODB_ATLAS_BASE_URL=address, **measuring.CLIENT)
    done = 0
    while done < options.resume_projects / 2 and process.poll() is None:
        time.sleep(0.1)
        # Before the run is set up there may be nothing to count.
        with contextlib.suppress(sqlite3.Error):
            with contextlib.closing(sqlite3.connect(f"file:{folder}/fleet.job?mode=ro", uri=True)) as job:
                done = job.execute("SELECT count(*) FROM outcome").fetchone()[0]
    process.send_signal(signal.SIGINT)
    if process.wait() != 5:
        raise SystemExit(f"bench: apply did not stop half-way: {pathlib.Path(folder, 'output').read_text()[-2000:]}")
    return done / options.resume_projects


def first_byte(tools, folder, address, port):
    """In place of the server stands a socket that only listens."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(64)
        listener.settimeout(120)
        began = time.monotonic()
        process = measuring.start([tools.keyshift, "resume", "fleet.job", "--quiet"], folder,
                                  MONGODB_ATLAS_BASE_URL=address, **measuring.CLIENT)
        connection, _ = listener.accept()
        connection.settimeout(120)
        connection.recv(1)
        seconds = time.monotonic() - began
        # What it asked is never answered: the job stays as it is.
        process.kill()
        process.wait()
        connection.close()
    return seconds

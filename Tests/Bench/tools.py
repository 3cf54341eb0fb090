"""The programs that are measured, and how long, how much and how big they ran."""
import dataclasses
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

CLIENT = {"MONGODB_ATLAS_CLIENT_ID": "mdb_sa_id_5e1f0000000000000000c0de",
          "MONGODB_ATLAS_CLIENT_SECRET": "mdb_sa_sk_simulator"}


@dataclasses.dataclass
class Ran:
    seconds: float
    # User and system, of the program itself.
    cpu_seconds: float
    peak_mib: float
    code: int
    output: str


class Tools:
    def __init__(self, build, servers, tools):
        self.keyshift = str(build / "keyshift")
        nginx = servers / "usr/sbin/nginx"
        self.nginx = str(nginx) if nginx.exists() else shutil.which("nginx")
        self.wrk = str(tools / "usr/bin/wrk") if (tools / "usr/bin/wrk").exists() else shutil.which("wrk")
        self.libraries = ":".join(str(path) for path in tools.glob("usr/lib/*"))
        self.curl = shutil.which("curl")
        self.package = pathlib.Path(__file__).parents[2]

    def plan(self, folder, address, concurrency, *more):
        self._fresh(folder)
        return self.run_keyshift(folder, address, "plan", "fleet.csv", "--target",
                                 str(self.package / "plans/search-nodes.yaml"), "--job", "fleet.job",
                                 "--concurrency", str(concurrency), *more)

    def apply(self, folder, address, concurrency, *more, codes=(0,)):
        return self.run_keyshift(folder, address, "apply", "fleet.job", "--yes", "--rate", "none",
                                 "--max-failures", "100%", "--concurrency", str(concurrency), *more, codes=codes)

    def run_keyshift(self, folder, address, *words, codes=(0,)):
        return run([self.keyshift, *words, "--quiet"], folder, codes, MONGODB_ATLAS_BASE_URL=address, **CLIENT)

    @staticmethod
    def _fresh(folder):
        for path in folder.glob("fleet.job*"):
            path.unlink()


def environment(**more):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("MONGODB_ATLAS_") and not name.lower().endswith("_proxy")}
    return {**kept, **more}


def start(words, folder, **more):
    return subprocess.Popen(words, cwd=folder, env=environment(**more), stdin=subprocess.DEVNULL,
                            stdout=open(folder / "output", "w"), stderr=subprocess.STDOUT)


def run(words, folder, codes=(0,), **more):
    """Runs a program to its end and measures it; stops the benchmark when it fails."""
    began = time.monotonic()
    process = start(words, folder, **more)
    peak = Peak(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    ran = Ran(seconds, usage.ru_utime + usage.ru_stime, peak.end(usage.ru_maxrss), process.returncode,
              (folder / "output").read_text(errors="replace"))
    if ran.code not in codes:
        raise SystemExit(f"bench: {' '.join(words[:3])} … ended with {ran.code}:\n{ran.output[-2000:]}")
    return ran


class Peak:
    """The most memory that a process has had resident.

    Its own high-water mark is read until it ends: what wait4 tells is never less than what this program had when it
    started the other.
    """

    def __init__(self, pid):
        self.path, self.kib, self.over = pathlib.Path(f"/proc/{pid}/status"), 0, threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self):
        while not self.over.is_set():
            try:
                found = [line for line in self.path.read_text().splitlines() if line.startswith("VmHWM")]
            except OSError:
                return
            if found:
                self.kib = max(self.kib, int(found[0].split()[1]))
            self.over.wait(0.01)

    def end(self, most):
        self.over.set()
        self.thread.join()
        return (self.kib or most) / 1024


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def await_port(process, port, folder):
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"bench: a server did not start:\n{(folder / 'output').read_text()[-2000:]}")
            time.sleep(0.02)


def stop(process):
    process.terminate()
    process.wait()

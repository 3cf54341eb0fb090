"""Runs the rows of scripts/bench, prints their table and writes it as JSON."""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import jobs
import limits
import program
import throughput
from table import Table
from tools import Tools

ROWS = {
    "a": throughput.journalled, "b": limits.shared_bucket, "c": limits.latency, "d": jobs.sizes,
    "e": jobs.resume, "f": program.program, "g": throughput.encrypted,
}


def numbers(text):
    return [int(word) for word in text.split(",")]


def arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", default="a,b,c,d,e,f,g", help="rows")
    parser.add_argument("--quick", action="store_true", help="small sizes, one round, no first build")
    parser.add_argument("--rounds", type=int, default=3, help="runs, of which the median counts")
    parser.add_argument("--json", default=".build-release/bench.json", help="where the table goes as JSON")
    parser.add_argument("--projects", type=int, default=20_000, help="a: projects")
    parser.add_argument("--in-flight", type=numbers, default="16,64,256", help="a: requests at a time")
    parser.add_argument("--bucket-projects", type=int, default=200, help="b: projects")
    parser.add_argument("--latency-projects", type=int, default=500, help="c: projects")
    parser.add_argument("--sizes", type=numbers, default="10000,100000,1000000", help="d: rows of the sheet")
    parser.add_argument("--resume-projects", type=int, default=100_000, help="e: projects")
    parser.add_argument("--tls-projects", type=int, default=5_000, help="g: projects, two requests each")
    for hidden in ("--build", "--servers", "--tools"):
        parser.add_argument(hidden, type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    if "--quick" in sys.argv:
        parser.set_defaults(rounds=1, projects=4_000, bucket_projects=30, latency_projects=40,
                            sizes=[10_000, 100_000], resume_projects=10_000, tls_projects=2_000)
    asked = parser.parse_args()
    unknown = set(asked.only.split(",")) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    return asked


def machine():
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cores": os.cpu_count(), "system": platform.platform(), "commit": commit,
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")}


def main():
    options = arguments()
    tools = Tools(options.build.resolve(), options.servers.resolve(), options.tools)
    table = Table(machine())
    with tempfile.TemporaryDirectory(prefix="keyshift-bench.") as work:
        for row in options.only.split(","):
            folder = pathlib.Path(work, row)
            folder.mkdir()
            ROWS[row](options, tools, table, folder)
    table.show()
    pathlib.Path(options.json).write_text(json.dumps(table.json(), indent=1) + "\n")
    print(f"\nwritten to {options.json}")


if __name__ == "__main__":
    main()

"""Row (f): the program itself."""
import pathlib
import shutil
import subprocess

import tools as measuring


def program(options, tools, table, folder):
    for _ in range(max(5, 10 * options.rounds)):
        ran = measuring.run([tools.keyshift, "version"], folder)
        table.line("f", "keyshift version", "ms", note="from start to exit").add(1000 * ran.seconds)
    copy = folder / "keyshift"
    shutil.copy(tools.keyshift, copy)
    subprocess.run(["strip", str(copy)], check=True)
    table.line("f", "program, stripped", "MiB", note="Swift's runtime linked in").add(copy.stat().st_size / 2**20)
    if not options.quick:
        first_build(tools, table, folder)


def first_build(tools, table, folder):
    """As the README says, in a fresh clone; the dependencies' sources are fetched or taken from SwiftPM's cache."""
    clone = pathlib.Path(folder, "clone")
    subprocess.run(["git", "clone", "-q", str(tools.package), str(clone)], check=True)
    words = ["swift", "build", "-c", "release", "--product", "keyshift", "--static-swift-stdlib",
             "--disable-local-rpath"]
    table.line("f", "first build", "s", note="as in the README").add(measuring.run(words, clone).seconds)

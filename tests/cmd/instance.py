"""What the tests of commands share: an instance of the reference example, and TAP."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
POLICY = ROOT / "examples" / "reference"
SEKISHO = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else str(ROOT / "build" / "sekisho")


def run(*arguments, **more):
    return subprocess.run([SEKISHO, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=240, **more)


def must(*arguments, **more):
    done = run(*arguments, **more)
    assert done.returncode == 0, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def people(n, *options):
    done = subprocess.run([sys.executable, str(ROOT / "script" / "people"), str(n), *options], capture_output=True, check=True)
    return done.stdout


class Instance:
    """An instance in FOLDER, with a token file for each role that is asked for."""

    def __init__(self, folder, policy=POLICY):
        self.folder = pathlib.Path(folder)
        self.path = self.folder / "instance"
        must("init", self.path, "--policy", policy)
        self.process = None

    def token(self, role):
        file = self.folder / f"{role}.token"
        if not file.exists():
            file.touch(0o600)
            file.write_text(must("token", "create", self.path, "--role", role, "--name", role))
        return file

    def serve(self):
        self.process = subprocess.Popen([SEKISHO, "serve", str(self.path), "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        found = re.search(r"listening on (\S+)", self.process.stdout.readline())
        assert found, "the server did not start"
        return found.group(1)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(60)
            self.process.stdout.close()
            self.process = None

    def entries(self):
        """The number of entries in the log."""
        import sqlite3
        with sqlite3.connect(f"file:{self.path}/sekisho.db?mode=ro", uri=True) as db:
            return db.execute("SELECT size FROM log_head").fetchone()[0]

    def count(self, table):
        import sqlite3
        with sqlite3.connect(f"file:{self.path}/sekisho.db?mode=ro", uri=True) as db:
            return db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def tap(tests):
    """Runs TESTS, each with an empty folder; gives the exit status."""
    print(f"1..{len(tests)}")
    failed = False
    for number, test in enumerate(tests, 1):
        with tempfile.TemporaryDirectory(prefix="sekisho-cmd-", dir=os.environ.get("TMPDIR")) as folder:
            try:
                test(pathlib.Path(folder))
                print(f"ok {number} - {test.__name__}", flush=True)
            except Exception as error:  # pylint: disable=broad-except
                failed = True
                print(f"not ok {number} - {test.__name__}: {error!r}", flush=True)
    return failed

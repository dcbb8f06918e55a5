"""A PostgreSQL server of a test's own: in a directory under /tmp, without a port, gone afterwards."""
import os
import pathlib
import shutil
import subprocess
import tempfile

BINARIES = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
USER = "postgres"


class Postgres:
    """Started by `with`.  Root is not taken by initdb: the server then runs as the user of Debian's package."""

    def __init__(self):
        self.as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []

    def _run(self, *command):
        done = subprocess.run([*self.as_user, *map(str, command)], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    def __enter__(self):
        # not under TMPDIR: its user has to reach it, and the path of a socket is short
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sekisho-pg.", dir="/tmp"))
        if self.as_user:
            shutil.chown(self.folder, USER, USER)
        try:
            self._run(BINARIES / "initdb", "-D", self.folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                      "--no-sync", "--no-instructions")
            self._run(BINARIES / "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", "-t", "60", "-o",
                      f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c full_page_writes=off "
                      "-c shared_buffers=16MB -c autovacuum=off -c max_worker_processes=0", "start")
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_):
        self._run(BINARIES / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)

    def url(self, database=USER, more=""):
        return f"postgresql://{USER}@/{database}?host={self.folder}{more}"

    def sql(self, text, *options, database=USER):
        """What psql prints of TEXT, unaligned."""
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *options, self.url(database)], input=text,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, (text, done.stderr)
        return done.stdout

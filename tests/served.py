"""An instance of the reference example and a server on it, for test scripts.

Each instance lies in a folder of its own and is served on a free port of 127.0.0.1.  Nothing here judges: the
scripts say what has to come.
"""
import base64
import datetime
import http.client
import json
import os
import re
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REFERENCE = os.path.join(ROOT, "examples", "reference")
JST = datetime.timezone(datetime.timedelta(hours=9))
START_SECONDS = 60
STOP_SECONDS = 60


def day(shift=0):
    """The day SHIFT days from today in Japan."""
    return (datetime.datetime.now(JST) + datetime.timedelta(days=shift)).strftime("%Y-%m-%d")


def shown(channel="web_form", notice="sign_up", shift=-1):
    """An acquisition through CHANNEL, NOTICE having been shown five minutes before."""
    return {"channel": channel, "at": day(shift) + "T10:20:00+09:00",
            "notice": {"id": notice, "version": 1, "language": "ja", "shown_at": day(shift) + "T10:15:00+09:00"}}


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body) if self.body else {}

    def log(self):
        """(generation, index) of the entry that the answer rests on, or None."""
        found = re.fullmatch(r"g(\d+)/(\d+)", self.headers.get("Sekisho-Log", ""))
        return (int(found.group(1)), int(found.group(2))) if found else None


class Client:
    """One connection, kept open, that asks with one token."""

    def __init__(self, address, token=None, timeout=60):
        self.token = token
        self.connection = http.client.HTTPConnection(address, timeout=timeout)

    def ask(self, method, path, body=None, purpose=None, headers=None):
        sent = {"Authorization": "Bearer " + self.token} if self.token else {}
        if purpose:
            sent["Sekisho-Purpose"] = purpose
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        self.connection.request(method, path, body, {name: value.encode() for name, value in sent.items()})
        return Answer(self.connection.getresponse())

    def close(self):
        self.connection.close()


class Instance:
    """An instance in FOLDER, made new, and perhaps a server on it."""

    def __init__(self, sekisho, folder, policy=REFERENCE):
        self.sekisho, self.folder = sekisho, folder
        self.path = os.path.join(folder, "instance")
        self.process = self.address = None
        self.tokens = {}
        self.must("init", self.path, "--policy", policy)

    def run(self, *arguments, **options):
        return subprocess.run([self.sekisho, *arguments], capture_output=True, text=True, check=False, **options)

    def must(self, *arguments):
        done = self.run(*arguments)
        if done.returncode:
            raise RuntimeError(f"sekisho {' '.join(arguments)}: {done.returncode} {done.stderr}")
        return done.stdout

    def token(self, role, name=None, *options):
        """Makes a token of ROLE, known here as NAME."""
        name = name or role
        made = self.must("token", "create", self.path, "--role", role, "--name", name, *options)
        self.tokens[name] = made.strip()
        return self.tokens[name]

    def log_files(self):
        return os.path.join(self.folder, "stdout"), os.path.join(self.folder, "stderr")

    def start(self, *options, environment=None, prepare=None):
        """Serves; raises RuntimeError with what was said when it does not come up.  PREPARE runs in the child."""
        out, err = self.log_files()
        at = os.path.getsize(out) if os.path.exists(out) else 0
        with open(out, "a") as stdout, open(err, "a") as stderr:
            self.process = subprocess.Popen(
                [self.sekisho, "serve", self.path, "--listen", "127.0.0.1:0", *options], stdout=stdout, stderr=stderr,
                env={**os.environ, **(environment or {})}, preexec_fn=prepare)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            with open(out, encoding="utf-8") as file:
                file.seek(at)
                found = re.search(r"listening on http://([\d.:]+)\n", file.read())
            if found:
                self.address = found.group(1)
                return self
            if ended:
                break
            time.sleep(0.01)
        self.kill()
        raise RuntimeError("the server did not start: " + self.said())

    def said(self):
        with open(self.log_files()[1], encoding="utf-8", errors="replace") as file:
            return file.read()

    def client(self, name=None, timeout=60):
        """A connection that asks with the token called NAME."""
        return Client(self.address, self.tokens[name] if name else None, timeout)

    def ask(self, name, method, path, body=None, purpose=None, headers=None):
        """One request with the token called NAME on a connection of its own."""
        client = self.client(name)
        try:
            return client.ask(method, path, body, purpose, headers)
        finally:
            client.close()

    def control(self, request):
        """One request to the control socket, as the command line makes it."""
        import socket  # pylint: disable=import-outside-toplevel
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(os.path.join(self.path, "run", "control.sock"))
        connection.request("POST", "/control", json.dumps(request).encode(), {"Content-Type": "application/json"})
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def entry(self, log, name="auditor"):
        """The entry at LOG, as the token called NAME may see it."""
        answer = self.ask(name, "GET", f"/v1/log/g{log[0]}/{log[1]}")
        if answer.status != 200:
            raise RuntimeError(f"the entry {log}: {answer.status} {answer.body!r}")
        return answer.json()

    def log_size(self):
        lines = self.ask(None, "GET", "/log/checkpoint").body.split(b"\n")
        return int(lines[1])

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self):
        """Ends the server as an operator does; its exit status."""
        if not self.process:
            return 0
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        finally:
            self.kill()
        return status


def base64url(text):
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()

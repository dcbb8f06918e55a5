"""Checks 4 and 11: gcc and clang take every file and every header alone without a warning; shellcheck the scripts.

What a file gave is remembered in build-lint/seen under the hash of all that it
depends on, so that only what changed is compiled again.  The gcc run makes
unoptimized objects without built-ins and keeps their symbols for calls.py.
"""
import ast
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from tree import GENERATED, Finding, closure, read

SEEN = os.path.join(GENERATED, "seen")
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wformat=2", "-Wvla", "-Wstrict-prototypes", "-Wmissing-prototypes"]
PLAIN = ["-std=c17", "-D_GNU_SOURCE", "-Isrc", "-Itests", f"-I{GENERATED}/src", *WARNINGS]
DIAGNOSTIC = re.compile(r"^([^:\s]+):(\d+):(?:\d+:)? (?:fatal )?(?:warning|error): (.*)$", re.M)


def _or_stop(command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"script/lint: {' '.join(command[:4])} failed\n{run.stdout}{run.stderr}")


def prepare():
    """Makes the generated headers, and the list of what is compiled with which definitions."""
    if not os.path.exists(os.path.join(GENERATED, "build.ninja")):
        shutil.rmtree(GENERATED, ignore_errors=True)
        _or_stop(["meson", "setup", GENERATED, "--buildtype=debug", "-Dbench=true"])
    targets = json.loads(subprocess.run(["meson", "introspect", GENERATED, "--targets"],
                                        capture_output=True, text=True, check=True).stdout)
    top = os.path.realpath(GENERATED)
    outputs = [os.path.relpath(os.path.realpath(f), top)
               for t in targets if t["type"] == "custom" for f in t["filename"]]
    _or_stop(["ninja", "-C", GENERATED, "build.ninja", *outputs])


@functools.lru_cache(maxsize=None)
def compiled():
    """The files that meson compiles, each with its own definitions and include folders."""
    own = {}
    for row in json.load(open(os.path.join(GENERATED, "compile_commands.json"), encoding="utf-8")):
        name = os.path.relpath(os.path.realpath(os.path.join(row["directory"], row["file"])))
        flags = shlex.split(row["command"])
        own[name] = [f for f in flags if f.startswith("-D")]
        own[name] += [f"-I{os.path.normpath(os.path.join(GENERATED, f[2:]))}" for f in flags if f.startswith("-I")]
    return own


@functools.lru_cache(maxsize=None)
def _version(compiler):
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout


def _key(compiler, flags, name):
    digest = hashlib.sha256("\0".join([_version(compiler), *flags]).encode())
    for part in sorted(closure(name) | {os.path.abspath(__file__)}):
        digest.update(part.encode() + b"\0" + read(part).encode())
    for definitions in sorted(n for n in os.listdir("src/base") if n.endswith(".def")):
        digest.update(read(f"src/base/{definitions}").encode())
    return digest.hexdigest()


def _symbols(binary):
    """Undefined symbols, writable data and functions for all of the object file BINARY."""
    undefined, writable, functions = [], [], []
    table = subprocess.run(["objdump", "-t", binary], capture_output=True, text=True, check=True).stdout
    for line in table.split("\n"):
        match = re.match(r"^[0-9a-f]+ (.{7}) (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$", line)
        if not match:
            continue
        kind, section, size, symbol = match.groups()
        if section == "*UND*":
            undefined.append(symbol)
        elif kind[6] == "O" and (section == "*COM*" or re.match(r"\.t?(bss|data)(?!\.rel\.ro)", section)):
            writable.append(symbol)
        elif kind[0] == "g" and kind[6] == "F":
            functions.append(symbol)
    return undefined, writable, functions


def _compile(compiler, name):
    """What COMPILER says of NAME, from memory or anew."""
    flags = PLAIN + compiled().get(name, [])
    where = os.path.join(SEEN, _key(compiler, flags, name))
    if os.path.exists(where):
        return json.load(open(where, encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        binary = os.path.join(scratch, "o")
        if name.endswith(".h"):
            job = ["-fsyntax-only", "-x", "c", "-include", name, "/dev/null"]
        elif compiler == "gcc":
            job = ["-O0", "-fno-builtin", "-c", "-o", binary, name]
        else:
            job = ["-fsyntax-only", name]
        run = subprocess.run([compiler, *flags, *job], capture_output=True, text=True)
        said = [[f, int(line), text] for f, line, text in DIAGNOSTIC.findall(run.stderr)]
        if run.returncode and not said:
            said = [[name, 1, run.stderr.strip().split("\n")[0]]]
        undefined, writable, functions = _symbols(binary) if os.path.exists(binary) else ([], [], [])
    result = {"said": said, "undefined": undefined, "writable": writable, "functions": functions}
    with open(where, "w", encoding="utf-8") as file:
        json.dump(result, file)
    return result


@functools.lru_cache(maxsize=None)
def objects(names):
    """What gcc and clang say of NAMES: {(compiler, name): result}."""
    prepare()
    os.makedirs(SEEN, exist_ok=True)
    jobs = [(compiler, name) for name in names for compiler in ("gcc", "clang")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(jobs, pool.map(lambda job: _compile(*job), jobs)))


def _python(name):
    """What Python itself refuses in NAME, and imports that nothing uses."""
    try:
        parsed = ast.parse(read(name))
    except SyntaxError as error:
        return [Finding(name, error.lineno or 1, "python", str(error.msg))]
    used = {node.id for node in ast.walk(parsed) if isinstance(node, ast.Name)}
    return [Finding(name, node.lineno, "python", f"`{alias.asname or alias.name}` is imported and not used")
            for node in ast.walk(parsed) if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names
            if (alias.asname or alias.name).split(".")[0] not in used]


def _scripts(tree):
    """The bash and sh scripts of the tree."""
    return [n for n in tree.names if re.match(r"#!.*\b(ba)?sh\b", read(n)[:40])]


def check(tree):
    findings = []
    for (compiler, name), result in objects(tuple(tree.sources())).items():
        for file, line, text in result["said"]:
            at = os.path.relpath(file)
            rule = "header_alone" if name.endswith(".h") and at == name else "warning"
            findings.append(Finding(at, line, rule, f"{compiler}: {text}"))
    for name in tree.under("src", "tests", ends=(".c",)):
        if name not in compiled():
            findings.append(Finding(name, 1, "not_built", "add it to its folder's meson.build, or take it away"))
    for name in tree.under("script", "tests"):
        if name.endswith(".py") or re.match(r"#!.*\bpython3?\b", read(name)[:40]):
            findings += _python(name)
    scripts = _scripts(tree)
    if scripts:
        run = subprocess.run(["shellcheck", "-f", "gcc", *scripts], capture_output=True, text=True)
        for file, line, text in re.findall(r"^([^:]+):(\d+):\d+: \w+: (.*)$", run.stdout, re.M):
            findings.append(Finding(file, int(line), "shellcheck", text))
    return findings

"""Checks 5 to 8: what is called and defined, by symbol in unoptimized objects, and what is writable for the whole program."""
import re

from compilers import objects
from tree import Finding, code, folder_of, line_of, read

BANNED = {
    "strcpy": "buf_text or str_copy", "stpcpy": "buf_text", "strcat": "buf_text", "strncpy": "str_sub and str_copy",
    "strncat": "buf_add", "sprintf": "buf_printf", "vsprintf": "buf_printf", "strtok": "str_find",
    "strtok_r": "str_find",
    "atoi": "str_to_u64", "atol": "str_to_u64", "atoll": "str_to_u64", "atof": "strtod and its end pointer",
    "gets": "file_read", "scanf": "a parser", "sscanf": "a parser", "fscanf": "a parser",
    "system": "posix_spawn with arguments", "popen": "posix_spawn with arguments", "rand": "struct entropy",
    "srand": "struct entropy", "random": "struct entropy", "drand48": "struct entropy", "localtime": "base/date.h",
    "localtime_r": "base/date.h", "gmtime": "base/date.h", "asctime": "base/date.h", "ctime": "base/date.h",
    "mktime": "base/date.h", "strftime": "base/date.h", "tmpnam": "mkstemp", "tempnam": "mkstemp", "mktemp": "mkstemp",
    "alloca": "an arena", "setjmp": "result", "longjmp": "result",
    "signal": "sigaction", "gethostbyname": "getaddrinfo",
}
# cmocka's headers need setjmp; its programs are made of it
TEST_ONLY = {"setjmp", "longjmp", "_setjmp"}
PRINTING = {"printf", "fprintf", "vprintf", "vfprintf", "dprintf", "vdprintf", "snprintf", "vsnprintf", "asprintf",
            "vasprintf", "puts", "fputs", "putchar", "putc", "fputc", "putchar_unlocked", "perror", "syslog", "vsyslog",
            "err", "errx", "warn", "warnx", "psignal"}
PRINTERS = {"base", "cmd"}
NAMED = {"malloc", "calloc", "realloc", "reallocarray", "strdup", "strndup", "aligned_alloc", "posix_memalign",
         "memcmp", "bcmp"}
ALLOWED = "script/lint.d/allowed"


def _allowed():
    """Rows `SYMBOL FILE reason` of the list: {(symbol, file): line}."""
    rows = {}
    for number, line in enumerate(read(ALLOWED).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            parts = line.split(None, 2)
            rows[tuple(parts[:2])] = (number, len(parts) == 3)
    return rows


def _place(name, symbol):
    match = re.search(rf"\b{re.escape(symbol)}\b", code(name))
    return line_of(code(name), match.start()) if match else 1


def _symbol_findings(name, result, allowed, used):
    source = name.startswith("src/")
    for symbol in result["undefined"]:
        at = _place(name, symbol)
        if symbol in BANNED and (source or symbol not in TEST_ONLY):
            yield Finding(name, at, "banned", f"`{symbol}`: use {BANNED[symbol]}")
        if source and symbol in PRINTING and folder_of(name) not in PRINTERS:
            yield Finding(name, at, "printing", f"`{symbol}`: only base and cmd print; use buf_printf")
        if source and symbol in NAMED:
            if (symbol, name) in allowed:
                used.add((symbol, name))
            else:
                cure = "str_eq, or sodium_memcmp for secrets" if "cmp" in symbol else "an arena or a buf"
                yield Finding(name, at, "named_files", f"`{symbol}`: use {cure}; or a row in {ALLOWED}")
    for symbol in result["writable"] if source else []:
        plain = re.sub(r"\.\d+$", "", symbol)
        if (plain, name) in allowed:
            used.add((plain, name))
        else:
            yield Finding(name, _place(name, plain), "writable_global", f"`{plain}`: pass it in; or a row in {ALLOWED}")


def _twins(results):
    """Functions of one name in two files: the library's archive links whichever comes first, without a word."""
    owners = {}
    for (compiler, name), result in sorted(results.items()):
        for symbol in result["functions"] if compiler == "gcc" and name.startswith("src/") else []:
            first = owners.setdefault(symbol, name)
            if first != name and symbol != "main":
                yield Finding(name, _place(name, symbol), "twin", f"`{symbol}` is in {first} too: rename one, or make it static")


def _ignored(name):
    """Check 5: results thrown away without a word."""
    lines = read(name).splitlines()
    for match in re.finditer(r"\(void\)\s*([A-Za-z_]\w*)\s*\(", code(name)):
        at = line_of(code(name), match.start())
        if not any("/* ignored:" in line for line in lines[max(0, at - 2):at + 1]):
            yield Finding(name, at, "ignored", f"`{match.group(1)}`: look at what it gives, or say /* ignored: why */")


def check(tree):
    findings, allowed, used = [], _allowed(), set()
    results = objects(tuple(tree.sources()))
    findings += _twins(results)
    for (compiler, name), result in results.items():
        if compiler == "gcc":
            findings += _symbol_findings(name, result, allowed, used)
    for name in tree.sources():
        findings += _ignored(name)
    for row, (number, reasoned) in allowed.items():
        if not reasoned:
            findings.append(Finding(ALLOWED, number, "allowed", "give the reason"))
        elif row not in used:
            findings.append(Finding(ALLOWED, number, "allowed", f"`{row[0]}` is not in {row[1]}: take the row out"))
    return findings

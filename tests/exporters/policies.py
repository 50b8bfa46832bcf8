#!/usr/bin/env python3
"""policies.py FOLDER: 20 policies with names that formats could misread, 01.xml to 20.xml, and what
each has in plain names beside.  The same each time."""
import sys
from xml.sax.saxutils import escape, quoteattr

HOSTILE = [
    b"plain", b"with space", b"new\nline", b'quo"te', b"apo'strophe", b"back\\slash", b"star*", b"[a-z]?",
    b"{a,b}", b"@{HOME}", b"$HOME", b"#include <x>", b"-rf", b"per%cent%h", b"\xff\xfe", "ümlaut".encode(),
    b"a, deny /** w", b"tab\there \x1b[31m", b"); system(`id`) #", b"${x}:y;z|&<>!^~",
]
LONG = b"/".join([b"L" * 200] * 20)  # 4019 bytes: no path of the kernel's is longer than 4096


def pattern(path):
    return "".join(chr(c) if chr(c).isalnum() and c < 128 or c in b"/._-" else f"\\x{c:02x}" for c in path)


def rule(resource, action, text, more=""):
    return (f'<rule resource="{resource}" action="{action}"{more}><pattern>{escape(text)}</pattern>'
            "<justification>a test</justification></rule>")


def policy(number, name):
    path = b"/srv/" + name
    rules = [rule("file", action, pattern(path) + f"/{action}")
             for action in ("read", "list", "stat", "write", "append", "create", "rename", "link", "attr", "map")]
    rules += [
        rule("file", "delete", pattern(path) + "/delete", ' own="true"'),
        rule("file", "read", pattern(path) + "/*"),
        rule("file", "read", pattern(path) + "/*/mine"),
        rule("file", "read", pattern(path) + "/tree/**"),
        rule("file", "create", pattern(path) + "/t{hex:8}.{uuid}", ' own="true"'),
        rule("file", "write", "/var/tmp/cc{alnum:6}-{digit:1-9}.o"),
        rule("file", "read", "$WS/a"), rule("file", "create", "$HOME/" + pattern(name)),
        rule("program", "exec", "/usr/bin/true"), rule("program", "exec", pattern(path) + "/bin/x"),
        rule("host", "connect", "tcp/api.example.com:443"), rule("host", "connect", "tcp/192.0.2.7:8080"),
        rule("host", "connect", "tcp/" + pattern(name.replace(b"/", b"")).replace("/", "") + ":443"),
        rule("host", "accept", "tcp/127.0.0.1:8017"), rule("host", "bind", "tcp/127.0.0.1:8017"),
        rule("host", "send", "udp/\\[2001:db8::1\\]:53", ' rate="30" burst="5"'),
        rule("host", "resolve", "dns/api.example.com:53"),
        rule("socket", "connect", pattern(path) + "/socket"), rule("socket", "connect", "@abstract"),
        rule("process", "signal", "/usr/bin/true"), rule("process", "trace", "/usr/bin/true"),
        rule("variable", "hold", pattern(name)), rule("variable", "hold", "GITHUB_TOKEN"),
        rule("tool", "call", "server/get_issue"), rule("tool", "call", pattern(b"server/" + name)),
        rule("kernel", "use", "mount" if number % 2 else "io_uring"),
    ]
    if number == 1:
        rules.append(rule("file", "read", pattern(b"/srv/" + LONG)))
    if number == 2:
        rules = []
    agent = "demo" if number % 3 else name.decode("utf-8", "replace").replace("\\", "\\\\").translate({i: "?" for i in range(32)})
    return (f'<policy xmlns="urn:pare:policy:1" agent={quoteattr(agent.strip())}>'
            + "".join(rules) + "</policy>")


for number, name in enumerate(HOSTILE, 1):
    with open(f"{sys.argv[1]}/{number:02}.xml", "w", encoding="utf-8") as file:
        file.write(policy(number, name))

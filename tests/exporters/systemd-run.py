#!/usr/bin/env python3
"""systemd-run.py SETTINGS COMMAND...: the command, in the current folder and with HOME, TMPDIR and PATH, as a unit
of a systemd of its own with these settings beside (systemd.unit(5)): process 1 of namespaces that end with it.
Needs root.  Status and output are the command's."""
import os
import shutil
import subprocess
import sys
import tempfile

# What the new process 1 needs, and nothing of the machine's: a folder for its own files, a cgroup of its own.
SETUP = """set -e
mount --make-rprivate /
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system/agent.service.d
cp "$1/agent.service" "$1/agent.target" /run/systemd/system
cp "$1/pare.conf" /run/systemd/system/agent.service.d
exec env -i container=pare PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=agent.target \\
	--log-target=console --log-level=err --show-status=no
"""
TARGET = "[Unit]\nDefaultDependencies=no\nWants=agent.service\nAllowIsolate=yes\n"


def quoted(word, dollars):
    """systemd.service(5), COMMAND LINES: every byte but the plainest as \\xNN."""
    text = "".join(chr(c) if chr(c).isalnum() and c < 128 or c in b"/._-=:,+@" else f"\\x{c:02x}" for c in os.fsencode(word))
    return '"' + (text.replace("\\x24", "$$") if dollars else text).replace("\\x25", "%%") + '"'


def unit(command, folder):
    lines = ["[Unit]", "DefaultDependencies=no", "SuccessAction=exit-force", "FailureAction=exit-force", "[Service]",
             "Type=oneshot", f"WorkingDirectory={os.getcwd()}", f"StandardOutput=file:{folder}/out",
             f"StandardError=file:{folder}/err",
             "ExecStart=" + " ".join(quoted(word, True) for word in [shutil.which(command[0])] + command[1:])]
    lines += ["Environment=" + quoted(f"{name}={os.environ[name]}", False)
              for name in sorted(os.environ) if name in ("HOME", "PATH", "TMPDIR") or name.startswith(("GIT_", "AGENT_"))]
    return "\n".join(lines) + "\n"


with tempfile.TemporaryDirectory() as folder:
    shutil.copy(sys.argv[1], f"{folder}/pare.conf")
    for name, text in (("agent.service", unit(sys.argv[2:], folder)), ("agent.target", TARGET), ("out", ""), ("err", "")):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    done = subprocess.run(["unshare", "--pid", "--fork", "--mount", "--cgroup", "--ipc", "--uts", "--mount-proc",
                           "sh", "-c", SETUP, "sh", folder], stdin=subprocess.DEVNULL, timeout=60, check=False)
    for name, to in (("out", sys.stdout), ("err", sys.stderr)):
        with open(f"{folder}/{name}", "rb") as file:
            to.buffer.write(file.read())
    sys.exit(done.returncode)

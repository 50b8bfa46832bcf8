#!/usr/bin/env python3
"""Runs a command on a terminal of its own and types at it: terminal-session.py COMMAND...

What is typed is a job-control session for bash.  Each step waits for the prompt, so that the
output does not depend on how fast the machine is.  Prints what the terminal showed."""
import os
import pty
import re
import select
import signal
import sys
import time

PROMPT = b"READY> "
STEPS = [  # what is typed, and what is waited for
    (b"sleep 100\n", None), (b"\x1a", PROMPT),       # Ctrl-Z
    (b"jobs | sed 's/^/job: /'\n", PROMPT),
    (b"bg\n", PROMPT), (b"kill %1; wait %1; echo waited $?\n", PROMPT),
    (b"sleep 100\n", None), (b"\x03", PROMPT),       # Ctrl-C
    (b"echo status $?\n", PROMPT),
    (b"sh -c 'kill -STOP $$; echo continued'\n", PROMPT), (b"fg\n", PROMPT),
    (b"cat | tr a-z A-Z\n", None), (b"typed text\n", b"TYPED"), (b"\x04", PROMPT),  # Ctrl-D
    (b"trap 'echo got winch' WINCH; stty size; stty rows 30; echo $LINES\n", PROMPT),
    (b"(sleep 0.2; echo background) & wait\n", PROMPT),
    (b"exit 7\n", None),
]


def read_until(master, wanted, seconds=10):
    """Everything up to `wanted`, or to the end of the output."""
    seen = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (wanted and wanted in seen):
        if not select.select([master], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        if not data:
            break
        seen += data
    return seen


pid, master = pty.fork()
if pid == 0:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)  # whatever this script was started with
    signal.alarm(60)  # kept over an exec: nothing here may hang a test
    os.environ.update(PS1="READY> ", TERM="dumb", HISTFILE="/dev/null", INPUTRC="/dev/null")
    os.execvp(sys.argv[1], sys.argv[1:])
shown = read_until(master, PROMPT)
for typed, wanted in STEPS:
    os.write(master, typed)
    if wanted is None and typed != b"exit 7\n":
        time.sleep(0.4)  # until the program in the foreground is there
    else:
        shown += read_until(master, wanted)
shown += read_until(master, None, 2)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = shown.decode(errors="replace").replace("\r", "")
text = re.sub(r"^\[(\d+)\] \d+$", r"[\1] PID", text, flags=re.M)
print(text)
print("status", status)

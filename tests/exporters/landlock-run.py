#!/usr/bin/env python3
"""landlock-run.py FILE [COMMAND...]: runs the command under a ruleset for Landlock (landlock(7)); what is
not there is left out, as are rights that a file that is no folder cannot have."""
import ctypes
import json
import os
import stat
import struct
import sys

FILE = ["execute", "write_file", "read_file", "read_dir", "remove_dir", "remove_file", "make_char", "make_dir",
        "make_reg", "make_sock", "make_fifo", "make_block", "make_sym", "refer", "truncate", "ioctl_dev"]
NETWORK = ["bind_tcp", "connect_tcp"]
SCOPE = ["abstract_unix_socket", "signal"]
OF_FILES = {"execute", "write_file", "read_file", "truncate", "ioctl_dev"}
CREATE, ADD, RESTRICT, PATH_BENEATH, NET_PORT = 444, 445, 446, 1, 2
libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def bits(names, words):
    return sum(1 << words.index(name) for name in names)


def add_path(ruleset, path, names):
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        names = [name for name in names if name in OF_FILES]
    if names:
        call(ADD, ruleset, PATH_BENEATH, struct.pack("=Qi", bits(names, FILE), place), 0)
    os.close(place)


with open(sys.argv[1], encoding="utf-8") as file:
    wanted = json.load(file)
handled = wanted["ruleset"][0]
attributes = struct.pack("=QQQ", bits(handled["handledAccessFs"], FILE), bits(handled["handledAccessNet"], NETWORK),
                         bits(handled["scoped"], SCOPE))
ruleset = call(CREATE, attributes, len(attributes), 0)
for row in wanted["pathBeneath"]:
    for path in row["parent"]:
        add_path(ruleset, path, row["allowedAccess"])
for row in wanted["netPort"]:
    for port in row["port"]:
        call(ADD, ruleset, NET_PORT, struct.pack("=QQ", bits(row["allowedAccess"], NETWORK), port), 0)
if sys.argv[2:]:
    libc.prctl(38, 1, 0, 0, 0)
    call(RESTRICT, ruleset, 0)
    os.execvp(sys.argv[2], sys.argv[2:])

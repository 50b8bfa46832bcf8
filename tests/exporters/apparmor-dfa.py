#!/usr/bin/env python3
"""apparmor-dfa.py BINARY: what a compiled profile (apparmor_parser -S) permits for each path, one in
hexadecimal a line on the standard input: "r", "rw", "-", ... for files of the user's own.  The format
is that of the kernel's security/apparmor/match.c and include/match.h."""
import struct
import sys

MAGIC = struct.pack(">I", 0x1B5E783D)
ACCEPT, BASE, CHECK, DEFAULT, CLASSES, NEXT = 1, 2, 3, 4, 5, 8
DIFFERENCE = 0x80000000  # of a base: what is not here is as in the default state


def tables(blob, at):
    size = struct.unpack_from(">I", blob, at + 4)[0]
    whole = struct.unpack_from(">I", blob, at + 8)[0]
    here, table = at + size, {}
    while here < at + whole:
        number, width, _, count = struct.unpack_from(">HHII", blob, here)
        code = {1: "B", 2: "H", 4: "I"}[width]
        table[number] = struct.unpack_from(f">{count}{code}", blob, here + 12)
        here += (12 + count * width + 7) // 8 * 8
    return table


def walk(table, path):
    state = 1
    for byte in path:
        byte = table[CLASSES][byte] if CLASSES in table else byte
        while True:
            base = table[BASE][state]
            at = (base & 0xFFFFFF) + byte
            if table[CHECK][at] == state:
                state = table[NEXT][at]
                break
            state = table[DEFAULT][state]
            if not base & DIFFERENCE:
                break
    return table[ACCEPT][state]


blob = open(sys.argv[1], "rb").read()
file = tables(blob, blob.rindex(MAGIC)) if MAGIC in blob else None  # the rules of files stand last
for line in sys.stdin:
    found = walk(file, bytes.fromhex(line)) if file else 0
    print("".join(letter for bit, letter in zip((4, 2, 8, 16, 64, 1), "rwalmx") if found & bit) or "-")

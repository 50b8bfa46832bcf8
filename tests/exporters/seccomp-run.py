#!/usr/bin/python3
"""seccomp-run.py FILE [COMMAND...]: loads a filter of the OCI's form through libseccomp, and runs the
command under it."""
import json
import os
import sys

import seccomp

COMPARE = {"SCMP_CMP_EQ": seccomp.EQ, "SCMP_CMP_MASKED_EQ": seccomp.MASKED_EQ}


def action(rule):
    if rule["action"] != "SCMP_ACT_ERRNO":
        raise ValueError(f"{rule['action']}: no such action here")
    return seccomp.ERRNO(rule["errnoRet"])


def argument(row):
    if row["op"] == "SCMP_CMP_MASKED_EQ":
        return seccomp.Arg(row["index"], seccomp.MASKED_EQ, row["value"], row["valueTwo"])
    return seccomp.Arg(row["index"], COMPARE[row["op"]], row["value"])


with open(sys.argv[1], encoding="utf-8") as file:
    wanted = json.load(file)
if wanted["defaultAction"] != "SCMP_ACT_ALLOW":
    raise ValueError(f"{wanted['defaultAction']}: no such action here")
rules = seccomp.SyscallFilter(seccomp.ALLOW)
for rule in wanted["syscalls"]:
    for name in rule["names"]:
        rules.add_rule(action(rule), name, *[argument(row) for row in rule.get("args", [])])
if sys.argv[2:]:
    rules.load()
    os.execvp(sys.argv[2], sys.argv[2:])

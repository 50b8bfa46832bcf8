"""report_files.py DIR [page]: says where the files of a report are not what they should be, or not of one mind."""
import csv
import io
import json
import os
import re
import sys
import xml.etree.ElementTree as tree

folder = sys.argv[1]
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def text(name):
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    decoded = data.decode("utf-8")  # raises where it is none
    if CONTROL.search(decoded):
        print(name, "has a control or bidi character:", ascii(CONTROL.search(decoded).group()))
    return decoded


def lines(name):
    return [json.loads(line) for line in text(name).splitlines()]


def table(name):
    whole = text(name)
    if not whole.endswith("\r\n") or "\n" in whole.replace("\r\n", ""):
        print(name, "has a line that does not end with CRLF")
    rows = list(csv.reader(io.StringIO(whole, newline=""), strict=True))
    head = rows.pop(0)
    for row in rows:
        if len(row) != len(head):
            print(name, "has a row of", len(row), "cells:", row)
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                print(name, "has a formula:", cell)
    return [dict(zip(head, row)) for row in rows]


def same(what, one, other):
    if sorted(one) != sorted(other):
        print(what, "differ: only one has", sorted(set(one) ^ set(other))[:5], len(one), len(other))


report = json.loads(text("report.json"))
audit = report["audit"]
grants = {grant["id"]: grant for grant in audit["grants"]}
findings = {finding["id"]: finding for finding in audit["findings"]}
evidence = {"E-%s-%d" % (row["run"], row["seq"]) for finding in audit["findings"] for row in finding["evidence"]}

permissions = table("permissions.csv")
same("permissions.csv and report.json", [row["id"] for row in permissions], list(grants))
for row in permissions:
    grant = grants[row["id"]]
    for key in ("state", "uses", "runs", "days", "objects", "attempts"):
        if row[key] != str(grant[key]):
            print("permissions.csv:", row["id"], key, row[key], grant[key])
rows = table("findings.csv")
same("findings.csv and report.json", [row["id"] for row in rows], list(findings))
for row in rows:
    if row["severity"] != findings[row["id"]]["severity"]:
        print("findings.csv:", row["id"], row["severity"])
table("denied.csv")

same("events.jsonl and what findings cite", [row["id"] for row in lines("events.jsonl")], list(evidence))
events = lines("findings.ocsf.jsonl")
same("OCSF and report.json", [row["finding_info"]["uid"] for row in events], list(findings))

run = json.loads(text("results.sarif"))["runs"][0]
rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
results = run["results"]
same("SARIF and report.json", [row["partialFingerprints"]["pareFinding/v1"] for row in results
                               if row.get("baselineState") != "absent" and row["ruleId"] != "pinned"], list(findings))
for row in results:
    if row["ruleId"] not in rules:
        print("SARIF: no rule", row["ruleId"])

NS = "{http://csrc.nist.gov/ns/oscal/1.0}"
oscal = tree.fromstring(text("oscal-ar.xml"))
seen = [element.get("uuid") for element in oscal.iter() if element.get("uuid")]
if len(seen) != len(set(seen)):
    print("OSCAL: a UUID twice")
for element, attribute in (("observation", "observation-uuid"), ("risk", "risk-uuid")):
    there = {found.get("uuid") for found in oscal.iter(NS + element)}
    for found in oscal.iter():
        if found.get(attribute) and found.get(attribute) not in there:
            print("OSCAL: no", element, found.get(attribute))
same("OSCAL and report.json", [prop.get("value") for finding in oscal.iter(NS + "finding")
                               for prop in finding.findall(NS + "prop") if prop.get("name") == "finding-id"],
     list(findings))
same("observations of OSCAL", [prop.get("value") for finding in oscal.iter(NS + "observation")
                               for prop in finding.findall(NS + "prop") if prop.get("name") == "permission-id"],
     list(grants))

junit = tree.fromstring(text("junit.xml"))
for suite in junit:
    cases = suite.findall("testcase")
    counted = (len(cases), sum(case.find("failure") is not None for case in cases),
               sum(case.find("skipped") is not None for case in cases))
    if counted != tuple(int(suite.get(name)) for name in ("tests", "failures", "skipped")):
        print("JUnit: the suite", suite.get("name"), "has", counted)
same("JUnit and report.json", [case.get("name")[-11:-1] for case in junit[0]], list(grants))
text("report.txt")

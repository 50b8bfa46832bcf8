"""convert.py json FILE.csv FILE.json, or database FOLDER FILE.sqlite"""
import csv
import json
import os
import pathlib
import sqlite3
import sys
import uuid


def to_json(source, target):
    partial = pathlib.Path("work", f"{uuid.uuid4()}.json")
    with open(source, newline="") as file:
        partial.write_text(json.dumps(list(csv.DictReader(file))))
    os.replace(partial, target)


def to_database(folder, target):
    partial = pathlib.Path("work", uuid.uuid4().hex + ".sqlite")
    database = sqlite3.connect(partial)
    database.execute("CREATE TABLE thing (name, amount)")
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        rows = [(row["name"], row["amount"]) for row in json.loads(file.read_text())]
        database.executemany("INSERT INTO thing VALUES (?, ?)", rows)
    database.commit()
    database.close()
    os.replace(partial, target)


{"json": to_json, "database": to_database}[sys.argv[1]](*sys.argv[2:])

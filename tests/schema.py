"""schema.py SCHEMA FILE...: says where a document, or a line of a .jsonl, is not as the schema says."""
import json
import sys

import jsonschema


def refuse(name):
    raise ValueError("JSON has no " + name)


def unique(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a name twice: %s" % names
    return dict(pairs)


def read(text):
    return json.loads(text, parse_constant=refuse, object_pairs_hook=unique)


with open(sys.argv[1], encoding="utf-8") as file:
    schema = read(file.read())
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
validator = kind(schema)
documents = 0
for path in sys.argv[2:]:
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    for line in text.splitlines() if path.endswith(".jsonl") else [text]:
        documents += 1
        for error in list(validator.iter_errors(read(line)))[:20]:
            print(path, list(error.absolute_path), error.message[:300])
if not documents:
    print("there is no document")

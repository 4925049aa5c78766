#!/usr/bin/env python3
"""Whether an export is what the JSON Schema says: against_schema.py SCHEMA FILE (- is stdin)."""
import json
import sys

import jsonschema

schema_path, path = sys.argv[1:]
with open(schema_path, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
document = json.loads((sys.stdin if path == "-" else open(path, encoding="utf-8")).read())
errors = list(jsonschema.Draft202012Validator(schema).iter_errors(document))
for error in errors[:5]:
    print("/".join(map(str, error.absolute_path)), error.message[:300])
sys.exit(1 if errors else 0)

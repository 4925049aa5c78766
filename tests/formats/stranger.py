#!/usr/bin/env python3
"""A reader that knows docs/export-format.md and nothing else of dbkeeper.

stranger.py FILE (- is stdin): recomputes every digest and number of rows of an export, and exits 1
if one isn't what the summary says.
"""
import base64
import json
import math
import re
import struct
import sys

import xxhash


class Number(str):
    """A number's digits as they stand."""


class Pairs(list):
    """An object: its keys and values in order, a key twice if it stands there twice."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=Pairs)


def mapping(pairs):
    out = dict(pairs)
    assert len(out) == len(pairs), "a key stands twice in one object"
    return out


def tagged(tag, data):
    return tag + struct.pack("<I", len(data)) + data


def text_bytes(text):
    return text.encode("utf-8")


def integer(digits):
    value = int(digits)
    fits = -(2**63) <= value < 2**63
    return tagged(b"i", struct.pack("<q", value) if fits else str(value).encode())


def real(value):
    value = float(value)
    return tagged(b"d", struct.pack("<Q", 0x7FF8000000000000) if math.isnan(value) else struct.pack("<d", value))


def single(value):
    value = float(value)
    return tagged(b"f", struct.pack("<I", 0x7FC00000) if math.isnan(value) else struct.pack("<f", value))


ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def json_string(text):
    def escaped(character):
        code = ord(character)
        if character in ESCAPES:
            return ESCAPES[character]
        if code < 0x20:
            return "\\u%04x" % code
        return "\\u%04x" % code if 0xD800 <= code < 0xE000 else character

    return '"' + "".join(map(escaped, text)) + '"'


def json_tokens(value, sort=False):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return json_string(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Pairs):
        pairs = sorted(value, key=lambda pair: text_bytes(pair[0])) if sort else value
        return "{" + ",".join(json_string(k) + ":" + json_tokens(v, sort) for k, v in pairs) + "}"
    return "[" + ",".join(json_tokens(item, sort) for item in value) + "]"


def embedded(value):
    return tagged(b"j", text_bytes(json_tokens(value)))


def is_float(number):
    return re.search("[.eE]", number) is not None


def from_tag(tag, kind, element):
    tag = mapping(tag)
    what = tag["$type"]
    if what == "array":
        return array(tag["value"], element, [int(lower) for lower in tag["lower"]])
    if what == "json":
        if "value" in tag:
            return embedded(tag["value"])
        text = tag["text"] if "text" in tag else base64.b64decode(tag["base64"]).decode("utf-8", "surrogateescape")
        return tagged(b"j", json_tokens(parse(text)).encode("utf-8", "surrogateescape"))
    if what == "blob":
        return tagged(b"x", base64.b64decode(tag["base64"], validate=True))
    if what == "text":
        return tagged(b"s", base64.b64decode(tag["base64"]) if "base64" in tag else text_bytes(tag["value"]))
    return {"integer": integer, "real": real}[what](tag["value"])


def dimensions(value, element):
    """The lengths of an array's dimensions: an embedded JSON array would be tagged."""
    if not isinstance(value, list) or isinstance(value, Pairs):
        return []
    return [len(value)] + (dimensions(value[0], element) if value else [])


def leaves(value, depth):
    if depth == 0:
        return [value]
    return [leaf for item in value for leaf in leaves(item, depth - 1)]


def array(value, element, lower=None):
    lengths = dimensions(value, element) if value else []
    lower = lower or [1] * len(lengths)
    out = struct.pack("<I", len(lengths))
    for begin, length in zip(lower, lengths):
        out += struct.pack("<iI", begin, length)
    for leaf in leaves(value, len(lengths)) if lengths else []:
        out += canonical(leaf, element, None)
    return tagged(b"a", out)


def canonical(value, kind, element):
    if value is None:
        return tagged(b"n", b"")
    if isinstance(value, Pairs) and any(key == "$type" for key, _ in value):
        return from_tag(value, kind, element)
    if kind in ("json", "jsonb"):
        return embedded(value)
    if isinstance(value, bool):
        return tagged(b"b", bytes([value]))
    if kind == "single":
        return single(value)
    if kind == "real":
        return real(value)
    if isinstance(value, Number):
        return real(value) if is_float(value) else integer(value)
    if kind == "bytes":
        return tagged(b"x", base64.b64decode(value, validate=True))
    if isinstance(value, list):
        return array(value, element)
    return tagged(b"s", text_bytes(value))


def digest(data):
    return xxhash.xxh3_128_intdigest(data)


def shown(number):
    return "xxh3-128:%032x" % number


def table_total(rows, described):
    columns = {c["name"]: c for c in map(mapping, mapping(described)["columns"])}
    total = 0
    for row in rows:
        data = b""
        for name, value in sorted(mapping(row).items(), key=lambda item: text_bytes(item[0])):
            data += canonical(value, columns[name]["kind"], columns[name].get("element"))
        total += digest(data)
    return {"rows": len(rows), "digest": shown(total % 2**128)}


def said(totals):
    out = {}
    for name, total in mapping(totals).items():
        total = mapping(total)
        out[name] = {"rows": int(total["rows"]), "digest": total["digest"]}
    return out


def main():
    path = sys.argv[1]
    raw = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()
    top = parse(raw.decode("utf-8-sig"))
    document = mapping(top)
    schema = mapping(document["schema"])
    summary = mapping(document["summary"])
    found = {"tables": {}, "references": {}}
    for section, into in (("data", "tables"), ("relationships", "tables"), ("references", "references")):
        for name, rows in mapping(document.get(section, Pairs())).items():
            found[into][name] = table_total(rows, schema[name])
    head = Pairs((key, document[key]) for key in ("export_metadata", "schema"))
    wrong = []
    for key in ("tables", "references"):
        if found[key] != said(summary.get(key, Pairs())):
            wrong.append("%s: %s\nthe summary says %s" % (key, found[key], said(summary[key])))
    if sum(total["rows"] for total in found["tables"].values()) != int(summary["rows"]):
        wrong.append("rows")
    if shown(digest(text_bytes(json_tokens(head, sort=True)))) != summary["header"]:
        wrong.append("header")
    print("\n".join(wrong) or "%d tables, all as the summary says" % len(found["tables"]))
    return 1 if wrong else 0


sys.exit(main())

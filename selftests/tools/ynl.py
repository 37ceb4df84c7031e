# SPDX-License-Identifier: GPL-2.0
"""A generic netlink client that knows khv from its YAML specification alone: the
numbers, types and enumerations are read from the spec, nothing from <linux/khv.h>
or libkhv. The spec comes as JSON (tools/khv-spec.json), made by the build."""
import json
import os
import socket
import struct

NLM_REQUEST, NLM_MULTI, NLM_ACK, NLM_DUMP = 1, 2, 4, 0x300
NLM_CAPPED, NLM_ACK_TLVS = 0x100, 0x200
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, CAP_ACK, EXT_ACK = 270, 10, 11
NUMBERS = {"u8": "B", "u16": "H", "u32": "I", "s32": "i", "u64": "Q"}
NESTED = 0x8000


def align(n):
    return (n + 3) & ~3


def attr(number, data):
    raw = struct.pack("=HH", len(data) + 4, number) + data
    return raw + bytes(align(len(raw)) - len(raw))


def attrs_of(data):
    """[(number, value, offset)]"""
    found, at = [], 0
    while at + 4 <= len(data):
        size, number = struct.unpack_from("=HH", data, at)
        if size < 4:
            raise ValueError("an attribute without a length")
        found.append((number & 0x3fff, data[at + 4:at + size], at))
        at += align(size)
    return found


class Refused(Exception):
    def __init__(self, errno, text, offset):
        super().__init__(f"{os.strerror(errno)}: {text}")
        self.errno, self.text, self.offset = errno, text, offset


class Family:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.spec = json.load(f)
        self.sets = {s["name"]: s for s in self.spec["attribute-sets"]}
        self.enums = {d["name"]: self.values(d)
                      for d in self.spec["definitions"] if "entries" in d}
        self.ops, value = {}, 0
        for op in self.spec["operations"]["list"]:
            value = op.get("value", value + 1)
            self.ops[op["name"]] = dict(op, value=value)
        self.seq = 0
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.sock.settimeout(20)
        self.id = self.resolve()

    @staticmethod
    def values(definition):
        names = [e["name"] if isinstance(e, dict) else e
                 for e in definition["entries"]]
        shift = definition["type"] == "flags"
        return {n: 1 << i if shift else i for i, n in enumerate(names)}

    def numbered(self, name):
        """{attribute name: (number, attribute)} of a set or a part of one."""
        part = self.sets[name]
        if "subset-of" in part:
            whole = self.numbered(part["subset-of"])
            return {a["name"]: (whole[a["name"]][0],
                                dict(whole[a["name"]][1], **a))
                    for a in part["attributes"]}
        return {a["name"]: (i, a)
                for i, a in enumerate(part["attributes"], 1)}

    def encode(self, set_name, values):
        data = b""
        for name, value in values.items():
            number, a = self.numbered(set_name)[name]
            kind = a["type"]
            if kind == "nest":
                data += attr(number | NESTED,
                             self.encode(a["nested-attributes"], value))
                continue
            if isinstance(value, str) and "enum" in a:
                value = self.enums[a["enum"]][value]
            if kind in NUMBERS:
                raw = struct.pack("=" + NUMBERS[kind], value)
            elif kind == "string":
                raw = value.encode() + b"\0"
            else:
                raw = b"" if kind == "flag" else value
            data += attr(number, raw)
        return data

    def decode(self, set_name, data):
        known = {n: (name, a)
                 for name, (n, a) in self.numbered(set_name).items()}
        record = {}
        for number, raw, _ in attrs_of(data):
            if number not in known:
                raise ValueError(f"{set_name}: attribute {number}")
            name, a = known[number]
            value = self.value(a, raw)
            if a["type"] == "pad":
                continue
            if a.get("multi-attr"):
                record.setdefault(name, []).append(value)
            else:
                record[name] = value
        return record

    def value(self, a, raw):
        kind = a["type"]
        if kind == "nest":
            return self.decode(a["nested-attributes"], raw)
        if kind in NUMBERS:
            value = struct.unpack("=" + NUMBERS[kind], raw)[0]
            if "enum" in a and not a.get("enum-as-flags"):
                back = {v: n for n, v in self.enums[a["enum"]].items()}
                return back.get(value, value)
            return value
        if kind == "string":
            return raw.rstrip(b"\0").decode(errors="replace")
        return True if kind == "flag" else raw

    def send(self, kind, flags, body):
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   flags | NLM_REQUEST | NLM_ACK, self.seq,
                                   0) + body)
        return self.answers(flags & NLM_DUMP == NLM_DUMP)

    def answers(self, dump):
        bodies = []
        while True:
            data = self.sock.recv(1 << 17)
            while len(data) >= 16:
                size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body, data = data[16:size], data[align(size):]
                if seq != self.seq:
                    continue
                if kind not in (NLMSG_ERROR, NLMSG_DONE):
                    bodies.append(body)
                    continue
                error = -struct.unpack_from("=i", body)[0]
                head = 4 if kind == NLMSG_DONE else 20
                tlvs = body[head:] if flags & NLM_ACK_TLVS else b""
                words = {n: v for n, v, _ in attrs_of(tlvs)}
                if error:
                    raise Refused(error,
                                  words.get(1, b"").rstrip(b"\0").decode(),
                                  struct.unpack("=I", words[2])[0]
                                  if 2 in words else None)
                if kind == NLMSG_DONE or not dump:
                    return bodies

    def resolve(self):
        body = struct.pack("=BBH", 3, 1, 0) + attr(
            2, self.spec["name"].encode() + b"\0")
        for answer in self.send(16, 0, body):
            for number, raw, _ in attrs_of(answer[4:]):
                if number == 1:
                    return struct.unpack("=H", raw)[0]
        raise Refused(2, "no such family", None)

    def raw(self, op, body, dump=False):
        head = struct.pack("=BBH", self.ops[op]["value"],
                           self.spec["version"], 0)
        return self.send(self.id, NLM_DUMP if dump else 0, head + body)

    def ask(self, op, **values):
        """All records of the answer, each a dictionary."""
        o = self.ops[op]
        values = {k.replace("_", "-"): v for k, v in values.items()}
        answers = self.raw(op, self.encode(o["attribute-set"], values),
                           "dump" in o)
        return [self.decode(o["attribute-set"], a[4:]) for a in answers]

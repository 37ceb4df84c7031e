#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""An independent client, made from the YAML specification alone, gets the same
answers as hvctl: every list, and what is refused, with the same error and words."""
import errno
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import ynl  # noqa: E402

SPEC = os.path.join(os.environ["KHV_PROGS"], "tools/khv-spec.json")
WORK = "/tmp/spec-client"
# These change between two looks.
ALIVE = {"entered", "left", "allowed", "denied", "produced", "delivered",
         "lost", "judged", "rounds"}
# The words of hvctl are those of people.
WORDS = {"covered-elsewhere": "elsewhere", "not-covered": "gap",
         "drop": "drop-count"}
results = []


def check(good, what, detail=""):
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} - {what}")
    if not good:
        print("# " + str(detail).replace("\n", "\n# "))


def hvctl(*args, **more):
    done = subprocess.run(["hvctl", "-j", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, text=True,
                          **more)
    return json.loads(done.stdout)


def plain(value, like):
    """A value of the protocol as hvctl prints it."""
    if isinstance(value, dict):
        return value.get("call-name", [])
    if isinstance(like, bool):
        return bool(value)
    if isinstance(value, int) and isinstance(like, str) and "T" in like:
        seconds, ns = divmod(value, 1000000000)
        return time.strftime("%Y-%m-%dT%H:%M:%S",
                             time.gmtime(seconds)) + f".{ns:09d}Z"
    return WORDS.get(value, value) if isinstance(value, str) else value


def differences(ours, theirs):
    """Fields of hvctl's record that are not in ours, or otherwise."""
    found = []
    for key, wanted in theirs.items():
        name = key.replace("_", "-")
        name = {"on-tamper": "action", "waited-ns": "waited"}.get(name, name)
        if name in ALIVE or name in ("who", "right-names"):
            continue
        got = ours.get(name)
        if got is not None:
            got = plain(got, wanted)
        if got != wanted and not (got == [] and wanted is None):
            found.append(f"{key}: {got!r}, hvctl: {wanted!r}")
    return found


def same_list(family, op, nest, *command):
    ours = []
    for r in family.ask(op):
        one = r[nest]
        ours += one if isinstance(one, list) else [one]
    theirs = hvctl(*command)["data"]
    bad = []
    for a, b in zip(ours, theirs):
        bad += differences(a, b)
    check(len(ours) == len(theirs) and ours and not bad,
          f"{op}: the same as hvctl {' '.join(command)} ({len(ours)})",
          bad[:5] or f"{len(ours)} and {len(theirs)}")


def same_refusal(what, wanted, request, *command):
    try:
        request()
        check(False, what, "not refused")
        return
    except ynl.Refused as e:
        refused = e
    error = hvctl("--timeout", "0", *command).get("error", {})
    name = errno.errorcode[refused.errno]
    check(refused.errno == wanted and name == error.get("errno") and
          refused.text and refused.text in error["message"],
          f"{what}: {name}, in the same words",
          f"{name}: {refused.text}\nhvctl: {error}")


def lists(family):
    info = family.ask("info-get")[0]
    status = hvctl("status")["data"][0]
    keys = ("abi", "event-schema", "generation", "boot-id", "kernel",
            "version")
    check([info[k] for k in keys] ==
          [status[k.replace("-", "_")] for k in keys],
          "info-get: the same as hvctl status", [info, status])
    check(info["abi"] == [d["value"] for d in family.spec["definitions"]
                          if d["name"] == "abi-version"][0],
          "the version of the protocol is that of the specification")
    same_list(family, "client-get", "client", "module", "list")
    same_list(family, "hook-get", "hook", "hook", "list")
    same_list(family, "task-get", "task", "task", "list")
    same_list(family, "policy-get", "policy", "policy", "list")
    same_list(family, "coverage-get", "coverage", "coverage")
    same_list(family, "event-stats-get", "stats", "event", "stats")
    same_list(family, "admin-get", "admin", "admin", "list")
    same_list(family, "count-get", "counts", "shadow", "diff")
    chunks = [r["policy"] for r in
              family.ask("policy-blob-get", policy={"name": "web"})]
    blob = b"".join(c["data"] for c in chunks)
    check(len(blob) == chunks[0]["size"] and blob[:4] == b"khvp",
          "policy-blob-get: the whole policy", len(blob))


def refusals(family, victim):
    ask = family.ask
    same_refusal("a client that does not exist", errno.ENOENT,
                 lambda: ask("client-set", client={"name": "nosuch",
                                                   "state": "enabled"}),
                 "module", "enable", "nosuch")
    same_refusal("a policy that is not in force", errno.ENOENT,
                 lambda: ask("policy-clear", policy={"name": "nosuch"}),
                 "policy", "clear", "nosuch")
    same_refusal("its bytes", errno.ENOENT,
                 lambda: ask("policy-blob-get", policy={"name": "nosuch"}),
                 "policy", "show", "nosuch")
    same_refusal("a task that does not exist", errno.ESRCH,
                 lambda: ask("task-attach", task={
                     "pid": 4194303, "client": "wrap", "policy": "web"}),
                 "attach", "4194303", "web")
    same_refusal("a policy to attach to that does not exist", errno.ENOENT,
                 lambda: ask("task-attach", task={
                     "pid": victim, "client": "wrap", "policy": "nosuch"}),
                 "attach", str(victim), "nosuch")
    same_refusal("another generation", errno.ESTALE,
                 lambda: ask("policy-begin", generation=12345),
                 "policy", "load", "--if-generation", "12345",
                 f"{WORK}/web.hv")
    same_refusal("rights that nobody has", errno.ENOENT,
                 lambda: ask("admin-set", admin={
                     "client": "wrap", "uid": 77, "rights": 0}),
                 "admin", "revoke", "wrap", "user=77")
    # What hvctl would not send. The kernel says where it is wrong.
    head = 16 + 4
    for what, wanted, op, body, at in (
            ("a state out of range", errno.ERANGE, "client-set",
             {"client": {"name": "wrap", "state": 9}}, head + 4 + 12),
            ("unknown flags", errno.EINVAL, "lock-set",
             {"lock-flags": 0x100}, head),
            ("a missing name", errno.EINVAL, "policy-clear",
             {"policy": {}}, None),
            ("an attribute that is only for answers", errno.EINVAL,
             "policy-abort", {"abi": 1}, head)):
        try:
            ask(op, **body)
            check(False, what, "not refused")
        except ynl.Refused as e:
            check(e.errno == wanted and e.text and
                  (at is None or e.offset == at),
                  f"{what}: {errno.errorcode[wanted]}, words and place",
                  f"{e.errno} {e.text!r} at {e.offset}, wanted {at}")


def as_user(uid, work):
    """Run work() as another user; its checks count here."""
    sys.stdout.flush()
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        before = len(results)
        work()
        sys.stdout.flush()
        os.write(write, bytes(results[before:]))
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    results.extend(bool(b) for b in os.read(read, 4096))


def nobody():
    family = ynl.Family(SPEC)
    for op, command in (("client-get", ("module", "list")),
                        ("hook-get", ("hook", "list")),
                        ("task-get", ("task", "list")),
                        ("policy-get", ("policy", "list")),
                        ("coverage-get", ("coverage",)),
                        ("event-stats-get", ("event", "stats")),
                        ("admin-get", ("admin", "list")),
                        ("count-get", ("shadow", "diff"))):
        same_refusal(f"user nobody: {op}", errno.EPERM,
                     lambda op=op: family.ask(op), *command)


def overtaken():
    """Her transaction is ended by root's; she hears by whom."""
    hers = ynl.Family(SPEC)
    txn = hers.ask("policy-begin")[0]["txn"]
    open(f"{WORK}/begun", "w", encoding="utf-8").close()
    while not os.path.exists(f"{WORK}/taken"):
        time.sleep(0.05)
    try:
        hers.ask("policy-stage", txn=txn, policy={
            "name": "web", "size": 8, "offset": 0, "data": b"khvp"})
        check(False, "an overtaken transaction ends", "it goes on")
    except ynl.Refused as e:
        check(e.errno == errno.EBUSY and "process " in e.text and
              "uid 0" in e.text, "who is overtaken hears by whom", e)


def transactions(family):
    sys.stdout.flush()
    watcher = os.fork()
    if not watcher:
        while not os.path.exists(f"{WORK}/begun"):
            time.sleep(0.05)
        root = ynl.Family(SPEC)
        root.ask("policy-begin")
        open(f"{WORK}/taken", "w", encoding="utf-8").close()
        os._exit(0)
    as_user(1001, overtaken)
    check(os.waitpid(watcher, 0)[1] == 0, "root begins over hers")
    # Ended with its socket: another may begin at once.
    txn = family.ask("policy-begin")[0]["txn"]
    other = ynl.Family(SPEC)
    try:
        other.ask("policy-begin")
        check(False, "one transaction at a time", "two")
    except ynl.Refused as e:
        check(e.errno == errno.EBUSY and f"process {os.getpid()} " in e.text,
              "the second hears who was first", e)
    family.ask("policy-abort", txn=txn)


def main():
    os.makedirs(WORK, exist_ok=True)
    os.chmod(WORK, 0o777)
    with open(f"{WORK}/web.hv", "w", encoding="utf-8") as f:
        f.write("policy web\nadmin user=1001\nfile / read/write\n"
                "socket any read/write\nprocess any read/write\n")
    subprocess.run(["modprobe", "khv_wrap"], check=True)
    subprocess.run(["hvctl", "-q", "policy", "load", f"{WORK}/web.hv"],
                   check=True)
    # A shadow that would refuse what is done, so that there is something to count.
    with open(f"{WORK}/shadow.hv", "w", encoding="utf-8") as f:
        f.write("policy web\nadmin user=1001\nfile / read/write\n"
                "file /etc/hostname none\n"
                "socket any read/write\nprocess any read/write\n")
    subprocess.run(["hvctl", "-q", "policy", "load", "--shadow",
                    f"{WORK}/shadow.hv"], check=True)
    subprocess.run(["hvctl", "run", "web", "--", "cat", "/etc/hostname"],
                   check=True, stdout=subprocess.PIPE)
    with subprocess.Popen(["hvctl", "run", "web", "--", "sleep", "600"]) as \
            confined, subprocess.Popen(["sleep", "600"]) as victim:
        time.sleep(2)
        family = ynl.Family(SPEC)
        lists(family)
        refusals(family, victim.pid)
        as_user(65534, nobody)
        transactions(family)
        confined.kill()
        victim.kill()
    family.sock.close()
    print(f"1..{len(results)}")
    sys.stdout.flush()
    subprocess.run("sleep 1; hvctl -q policy clear --all --force;"
                   "hvctl -q module unload wrap; modprobe -rq khv_policy khv",
                   shell=True, check=False)
    return not all(results)


raise SystemExit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Put what measure has left in a folder into one table and one JSON file.

usage: report.py FOLDER JSON [COMMIT]

A technique counts as held if its control run, unconfined, reached the goal and
the confined run did not, whatever the error number; a refusal after which the
tree has changed is none, nor is an end without a result. What no control run
reached on this kernel is not applicable. Techniques that the policy grants are
counted apart: there "kept" means that they still work.
"""
import json
import os
import re
import sys

SYSTEMS = [("khv", "khv"), ("apparmor", "AppArmor"), ("landlock", "Landlock"),
           ("seccomp", "seccomp"), ("bpf", "BPF-LSM"), ("selinux", "SELinux")]
DETAIL = re.compile(r"unconfined: (.*); confined: (.*)")
DAMAGE = "was refused, but the tree has changed"
SILENT = "ended without a result"


class Run:
    """One technique under one system."""

    def __init__(self, verdict, detail):
        found = DETAIL.fullmatch(detail)
        if not found:
            raise ValueError(f"not a line of the stage: {detail!r}")
        self.control, self.confined = found.groups()
        self.verdict = verdict
        self.tried = self.control == "succeeded" and self.confined != SILENT
        self.reached = self.tried and self.confined in ("succeeded", DAMAGE)
        # The stage knows what the policy grants: its verdict tells.
        self.granted = verdict == "lost" or (verdict == "held" and
                                             self.confined == "succeeded")


class Technique:
    def __init__(self, group, name, what):
        self.group, self.name, self.what = group, name, what
        self.runs = {}

    @property
    def family(self):
        return self.name.split("-")[0]

    @property
    def applicable(self):
        return any(r.control == "succeeded" for r in self.runs.values())

    @property
    def granted(self):
        return any(r.granted for r in self.runs.values())

    def good(self, system):
        """Held; or kept, if the policy grants it."""
        run = self.runs.get(system)
        return bool(run and run.tried and run.reached == self.granted)

    def reason(self):
        return next(iter(self.runs.values())).control

    def as_json(self):
        return {
            "set": self.group, "id": self.name, "class": self.family,
            "what": self.what,
            "kind": "granted" if self.granted else "attack",
            "applicable": self.applicable,
            "reason": "" if self.applicable else self.reason(),
            "results": {system: {"good": self.good(system),
                                 "unconfined": run.control,
                                 "confined": run.confined}
                        for system, run in self.runs.items()}}


def read(folder):
    """All techniques in the order of the sets, and why systems are missing."""
    techniques, missing = {}, {}
    for system, _ in SYSTEMS:
        path = os.path.join(folder, system)
        if os.path.exists(path + ".why"):
            with open(path + ".why", encoding="utf-8") as f:
                missing[system] = (f.read().strip().splitlines() or ["?"])[-1]
        if not os.path.exists(path + ".tsv"):
            continue
        with open(path + ".tsv", encoding="utf-8") as f:
            for line in f:
                if line.startswith("#"):
                    continue
                group, verdict, name, what, _, detail = \
                    line.rstrip("\n").split("\t")
                entry = techniques.setdefault(
                    (group, name), Technique(group, name, what))
                entry.runs[system] = Run(verdict, detail)
    return list(techniques.values()), missing


def about(folder):
    with open(os.path.join(folder, "about"), encoding="utf-8") as f:
        return dict(line.rstrip("\n").split("\t", 1) for line in f)


def families(techniques):
    return list(dict.fromkeys(t.family for t in techniques))


def rows(techniques, systems):
    """(name, techniques, [good for each system])"""
    def row(name, chosen):
        return (name, len(chosen),
                [sum(t.good(s) for t in chosen) for s in systems])
    tried = [t for t in techniques if t.applicable]
    attacks = [t for t in tried if not t.granted]
    for family in families(attacks):
        yield row(family, [t for t in attacks if t.family == family])
    yield row("all", attacks)
    yield row("granted, kept", [t for t in tried if t.granted])


def print_table(techniques, systems):
    names = dict(SYSTEMS)
    line = "{:<14}{:>11}" + "{:>10}" * len(systems)
    print(line.format("class", "techniques", *(names[s] for s in systems)))
    for name, number, good in rows(techniques, systems):
        print(line.format(name, number, *good))


def print_rest(techniques, systems, missing, facts):
    for technique in techniques:
        if not technique.applicable:
            print(f"not applicable: {technique.name} {technique.what}: "
                  f"{technique.reason()}")
            continue
        for system in systems:
            run = technique.runs.get(system)
            if not run or not run.tried:
                why = f"unconfined: {run.control}; confined: " \
                      f"{run.confined}" if run else "not run"
                print(f"no result: {system}: {technique.name} "
                      f"{technique.what}: {why}")
    for system, why in missing.items():
        print(f"not to be had: {system}: {why}")
    if facts.get("without"):
        print(f"not compared: {facts['without']}")


def main():
    folder, output = sys.argv[1:3]
    techniques, missing = read(folder)
    systems = [s for s, _ in SYSTEMS if any(s in t.runs for t in techniques)]
    if not techniques:
        sys.exit(f"report: no results in {folder}")
    facts = about(folder)
    facts["commit"] = sys.argv[3] if len(sys.argv) > 3 else ""
    print_table(techniques, systems)
    print_rest(techniques, systems, missing, facts)
    print(", ".join(f"{k} {facts[k]}" for k in ("kernel", "commit") if facts[k]))
    with open(output + ".new", "w", encoding="utf-8") as f:
        json.dump({"schema": 1, "about": facts, "systems": systems,
                   "missing": missing,
                   "totals": {name: dict(zip(systems, good), techniques=number)
                              for name, number, good
                              in rows(techniques, systems)},
                   "techniques": [t.as_json() for t in techniques]},
                  f, indent=1)
    os.replace(output + ".new", output)


if __name__ == "__main__":
    main()

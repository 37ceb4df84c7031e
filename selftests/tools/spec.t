#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Documentation/netlink/specs/khv.yaml says what <linux/khv.h> says: the same
commands, attributes and enumerations in the same order. Read by lines, without
a YAML library: the host needs none for anything else."""
import os
import re

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
SPEC = os.path.join(TOP, "Documentation/netlink/specs/khv.yaml")
HEADER = os.path.join(TOP, "kmod/include/uapi/linux/khv.h")

# enum in the header: where it is in the spec, prefix of its values
ATTRIBUTES = {"khv_attr": ("khv", "KHV_A_"),
              "khv_client_attr": ("client", "KHV_CLIENT_A_"),
              "khv_hook_attr": ("hook", "KHV_HOOK_A_"),
              "khv_task_attr": ("task", "KHV_TASK_A_"),
              "khv_policy_attr": ("policy", "KHV_POLICY_A_"),
              "khv_stats_attr": ("stats", "KHV_STATS_A_"),
              "khv_integrity_attr": ("integrity", "KHV_INTEGRITY_A_"),
              "khv_coverage_attr": ("coverage", "KHV_COVERAGE_A_"),
              "khv_lock_attr": ("lock", "KHV_LOCK_A_"),
              "khv_count_attr": ("count", "KHV_COUNT_A_"),
              "khv_admin_attr": ("admin", "KHV_ADMIN_A_"),
              "khv_found_attr": ("found", "KHV_FOUND_A_"),
              "khv_ack_attr": ("ack", "KHV_ACK_A_"),
              "khv_arg_attr": ("arg", "KHV_ARG_A_"),
              "khv_event_attr": ("event", "KHV_E_")}
DEFINITIONS = {"khv_client_state": ("client-state", "KHV_CLIENT_"),
               "khv_gate": ("gate", "KHV_GATE_"),
               "khv_abi": ("abi", "KHV_ABI_"),
               "khv_log_level": ("log-level", "KHV_LOG_"),
               "khv_mode": ("mode", "KHV_MODE_"),
               "khv_verdict": ("verdict", "KHV_"),
               "khv_policy_state": ("policy-state", "KHV_POLICY_"),
               "khv_task_flags": ("task-flags", "KHV_TASK_"),
               "khv_tamper": ("tamper", "KHV_TAMPER_"),
               "khv_coverage_state": ("coverage-state", "KHV_"),
               "khv_found_kind": ("found-kind", "KHV_FOUND_"),
               "khv_found_state": ("found-state", "KHV_FOUND_"),
               "khv_lock_flags": ("lock-flags", "KHV_LOCK_"),
               "khv_admin_rights": ("admin-rights", "KHV_ADMIN_"),
               "khv_full": ("full", "KHV_FULL_"),
               "khv_lost": ("lost", "KHV_LOST_"),
               "khv_arg_kind": ("arg-kind", "KHV_ARG_"),
               "khv_sub_flags": ("sub-flags", "KHV_SUB_")}


def header_enums():
    with open(HEADER, encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    return {m[1]: [w for w in re.findall(r"^\s*(\w+)", m[2], re.M)
                   if not w.endswith("_MAX") and not w.endswith("_UNSPEC")]
            for m in re.finditer(r"enum (\w+) \{(.*?)\};", text, re.S)}


def spec_lists():
    """{section: {name: [entries]}}; operations are one list."""
    found, section, name = {}, "", ""
    with open(SPEC, encoding="utf-8") as f:
        for line in f:
            if re.match(r"\w", line):
                section = line.split(":")[0]
                found.setdefault(section, {})
                continue
            field = re.match(r"( +)(?:- )?(name|entries): *(.*)", line)
            entry = re.match(r" {6}- (\S+)$", line)
            if field and field[2] == "name":
                depth = len(field[1])
                value = field[3].strip('"')
                if section == "operations":
                    found[section].setdefault("", [])
                    if depth == 6:
                        found[section][""].append(value)
                elif depth == 4:
                    name = value
                    found[section][name] = []
                elif depth == 8:
                    found[section][name].append(value)
            elif field and "[" in field[3]:
                found[section][name] = [w.strip(' "') for w in
                                        field[3].strip("[] ").split(",")]
            elif entry and section == "definitions":
                found[section][name].append(entry[1])
    return found


def main():
    enums, spec = header_enums(), spec_lists()
    results = []

    def check(what, words, prefix, wanted):
        got = [prefix + w.upper().replace("-", "_") for w in words or []]
        results.append((got == wanted and bool(wanted), what, got, wanted))

    for enum, (name, prefix) in ATTRIBUTES.items():
        check(enum, spec["attribute-sets"].get(name), prefix,
              enums.pop(enum, []))
    for enum, (name, prefix) in DEFINITIONS.items():
        check(enum, spec["definitions"].get(name), prefix,
              enums.pop(enum, []))
    check("khv_cmd", spec["operations"][""], "KHV_CMD_",
          enums.pop("khv_cmd", []))
    results.append((not enums, "nothing else is in the header",
                    list(enums), []))
    print(f"1..{len(results)}")
    for number, (good, what, got, wanted) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {what}")
        if not good:
            print(f"# got:    {got}\n# wanted: {wanted}")
    return not all(r[0] for r in results)


raise SystemExit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The table, the JSON file and the chart of make bench.

usage: report.py OUT COMMIT KERNEL=FOLDER...

Each folder has what one run of bench/run left for one kernel. Writes OUT.json and,
for the first kernel, OUT.svg.
"""
import json
import os
import sys

SCHEMA = 2
# What goes into the chart: the cases, and configurations (column of the table).
CHART_CASES = ["getppid", "open3", "open10", "stat", "connect", "create"]
CHART = [("wrap-50", "khv, 50 rules"), ("stack-1", "khv, one client"),
         ("apparmor", "AppArmor"), ("landlock", "Landlock"),
         ("seccomp", "seccomp"), ("bpf", "BPF-LSM")]
COLOURS = ["#1f5fa8", "#6fa8dc", "#c0504d", "#e69138", "#7f7f7f", "#6aa84f"]


def rows(path):
    """Lines of tab-separated words; none if the file is not there."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f]


def figures(path):
    """name -> median, mean, rounds; what is no figure is said elsewhere."""
    return {r[0]: {"median": int(r[1]), "mean": int(r[2]), "rounds": int(r[3])}
            for r in rows(path) if len(r) == 4}


def words(folder, ending):
    return sorted(f[:-len(ending)] for f in os.listdir(folder)
                  if f.endswith(ending))


def read_micro(folder):
    """configuration -> {"in": figures, "out": figures}"""
    found = {}
    for config in words(folder, ".out"):
        found[config] = {side: figures(os.path.join(folder, f"{config}.{side}"))
                         for side in ("in", "out")}
    return found


def read_kernel(name, folder):
    about = dict(r for r in rows(os.path.join(folder, "about")) if len(r) == 2)
    wall = os.path.join(folder, "wall")
    return {
        "name": name,
        "kernel": about.get("kernel", name),
        "boot": about.get("boot", ""),
        "cases": [{"name": r[0], "what": r[1]}
                  for r in rows(os.path.join(folder, "cases"))],
        "order": [r[0] for r in rows(os.path.join(folder, "order"))],
        "instructions": read_micro(folder),
        "wall": read_micro(wall) if os.path.isdir(wall) else {},
        "absent": {c: " ".join(sum(rows(os.path.join(folder, c + ".why")), []))
                   for c in words(folder, ".why")},
        "memory": [{"name": r[0], "bytes": int(r[1]), "what": r[2]}
                   for r in rows(os.path.join(folder, "memory", "memory.tsv"))],
        "macro": [{"application": r[0], "configuration": r[1],
                   "microseconds": int(r[2])}
                  for r in rows(os.path.join(folder, "macro", "macro.tsv"))],
    }


def base_of(micro, side):
    """No configuration: the same program under the same name."""
    return micro.get("nothing", {}).get(side, {})


def added(micro, config, side, case):
    one = micro.get(config, {}).get(side, {}).get(case)
    base = base_of(micro, side).get(case)
    return one["median"] - base["median"] if one and base else None


def ratio(micro, config, side, case):
    one = micro.get(config, {}).get(side, {}).get(case)
    base = base_of(micro, side).get(case)
    return one["median"] / base["median"] if one and base else None


def table(head, lines):
    width = [max(len(str(line[i])) for line in [head] + lines)
             for i in range(len(head))]
    for line in [head] + lines:
        print("  ".join(str(cell).ljust(w) if i == 0 else str(cell).rjust(w)
                        for i, (cell, w) in enumerate(zip(line, width))).rstrip())


def cell(value, shape):
    return "-" if value is None else shape.format(value)


def print_micro(kernel, key, title, of, shape):
    micro = kernel[key]
    if not micro:
        return
    configs = [c for c in kernel["order"] if c in micro and c != "nothing"]
    for side, who in (("in", "a task in a domain (under the peer)"),
                      ("out", "a task in none")):
        print(f"\n{kernel['kernel']}: {title}, {who}")
        lines = []
        for case in kernel["cases"]:
            name = case["name"]
            base = base_of(micro, side).get(name)
            lines.append([case["what"], base["median"] if base else "-"] +
                         [cell(of(micro, c, side, name), shape)
                          for c in configs])
        table(["", "nothing"] + configs, lines)


def print_macro(kernel):
    if not kernel["macro"]:
        return
    found = {}
    for m in kernel["macro"]:
        found.setdefault(m["application"], {})[m["configuration"]] = \
            m["microseconds"]
    print(f"\n{kernel['kernel']}: applications, thousands of instructions of all "
          "processes")
    table(["", "nothing", "khv, in no domain", "khv, 50 rules"],
          [[a, f.get("nothing", "-")] +
           [cell(f[c] / f["nothing"] * 100 - 100, "{:+.1f} %")
            if c in f and f.get("nothing") else "-"
            for c in ("outside", "inside")] for a, f in found.items()])


def print_memory(kernel):
    if not kernel["memory"]:
        return
    print(f"\n{kernel['kernel']}: memory, in bytes")
    table(["", "bytes"], [[m["what"], f"{m['bytes']:,}"]
                          for m in kernel["memory"]])


def chart(kernel, commit):
    """Bars of instructions added, on a logarithmic scale: 10 to 100,000."""
    micro = kernel["instructions"]
    high, bar, left, group = 260, 13, 50, 13 * len(CHART) + 24
    what = {c["name"]: c["what"] for c in kernel["cases"]}
    wide = left + group * len(CHART_CASES) + 10

    def y(value):
        size = len(str(max(int(value), 1))) - 1
        exact = size + (max(value, 1) / 10 ** size - 1) / 9
        return high - (high - 40) * min(max(exact - 1, 0), 4) / 4

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" '
           f'height="{high + 80}" font-family="sans-serif" font-size="10">',
           f'<rect width="{wide}" height="{high + 80}" fill="white"/>',
           f'<text x="{left}" y="14" font-size="12">Instructions added to a '
           f'call, task in a domain ({kernel["kernel"]}, {commit})</text>']
    for power in range(1, 6):
        at = y(10 ** power)
        out.append(f'<line x1="{left}" x2="{wide}" y1="{at:.0f}" y2="{at:.0f}" '
                   'stroke="#ddd"/>'
                   f'<text x="{left - 5}" y="{at + 3:.0f}" text-anchor="end">'
                   f'{10 ** power:,}</text>')
    for i, case in enumerate(CHART_CASES):
        x = left + 10 + i * group
        for j, (config, _) in enumerate(CHART):
            value = added(micro, config, "in", case)
            if value is None or value <= 0:
                continue
            top = y(value)
            out.append(f'<rect x="{x + j * bar}" y="{top:.0f}" '
                       f'width="{bar - 2}" height="{high - top:.0f}" '
                       f'fill="{COLOURS[j]}"><title>{value:,}</title></rect>')
        out.append(f'<text x="{x}" y="{high + 14}">{what.get(case, case)}</text>')
    for j, (_, name) in enumerate(CHART):
        x = left + 10 + j % 3 * 170
        at = high + 34 + j // 3 * 18
        out.append(f'<rect x="{x}" y="{at}" width="10" height="10" '
                   f'fill="{COLOURS[j]}"/><text x="{x + 15}" y="{at + 9}">{name}'
                   '</text>')
    return "\n".join(out + ["</svg>", ""])


def write(path, text):
    with open(path + ".new", "w", encoding="utf-8") as f:
        f.write(text)
    os.rename(path + ".new", path)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    out, commit = sys.argv[1:3]
    kernels = [read_kernel(*word.split("=", 1)) for word in sys.argv[3:]]
    for kernel in kernels:
        print_micro(kernel, "instructions", "instructions added to a call", added,
                    "{:+d}")
        print_micro(kernel, "wall", "time under plain emulation, of that of "
                    "nothing (noisy)", ratio, "{:.2f}")
        print_memory(kernel)
        print_macro(kernel)
        for config, why in kernel["absent"].items():
            print(f"not to be had: {config}: {why}")
    write(out + ".json", json.dumps({"schema": SCHEMA, "commit": commit,
                                     "kernels": kernels}, indent=1) + "\n")
    write(out + ".svg", chart(kernels[0], commit))
    print(f"\ncommit {commit}; {out}.json, {out}.svg")


if __name__ == "__main__":
    main()

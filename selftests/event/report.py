#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py FOLDER COUNTS OUT COMMIT KERNEL: the tables of make bench-audit, and the
same as JSON. Fails if events of khv are not written at 20 times the rate of auditd, or
some are lost."""
import json
import os
import sys

FACTOR = 20


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [line.split() for line in f if line.strip()]


def main():
    folder, counts, out, commit, kernel = sys.argv[1:6]
    rows = []
    for name, events, seconds, written, lost, waited in lines(
            os.path.join(folder, "audit.lines")):
        rows.append({"name": name, "events": int(events),
                     "seconds": float(seconds), "written": int(written),
                     "lost": int(lost), "programs_seconds": float(waited),
                     "rate": round(int(written) / max(float(seconds), 0.01))})
    cost = {name: int(n) for name, n in
            lines(os.path.join(counts, "audit.count"))}
    by_name = {r["name"]: r for r in rows}
    peer = max(by_name["auditd"]["rate"], by_name["auditd-no-wait"]["rate"], 1)
    ratio = round(by_name["khv-json"]["rate"] / peer, 1)
    print(f"{'':18}{'events':>10}{'seconds':>10}{'written':>10}"
          f"{'lost':>8}{'events/s':>10}")
    for r in rows:
        print(f"{r['name']:18}{r['events']:>10}{r['seconds']:>10.2f}"
              f"{r['written']:>10}{r['lost']:>8}{r['rate']:>10}")
    print(f"\nkhv to auditd, events in a file in a second: {ratio} "
          f"(wanted: {FACTOR})")
    print("\ninstructions")
    for name, n in cost.items():
        print(f"  {name:24}{n:>8}")
    lost = sum(r["lost"] for r in rows if r["name"].startswith("khv") and
               r["name"] != "khv-slow-reader")
    good = (ratio >= FACTOR and not lost and cost["event-queued"] <= 2500)
    with open(out, "w", encoding="utf-8") as f:
        json.dump({"schema": 1, "commit": commit, "kernel": kernel,
                   "rows": rows, "ratio": ratio, "wanted_ratio": FACTOR,
                   "instructions": cost, "good": good}, f, indent=1)
        f.write("\n")
    return not good


raise SystemExit(main())

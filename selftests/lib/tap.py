# SPDX-License-Identifier: GPL-2.0
"""Read the output of one TAP test and decide what it is worth."""
import re

RESULT = re.compile(r"^(not )?ok\b\s*(\d+)?\s*(?:- )?([^#]*)"
                    r"(?:#\s*((?i:SKIP|TODO))\b\s*(.*))?")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*(?i:SKIP)\b\s*(.*))?$")


class Result:
    def __init__(self, name, verdict, reason=""):
        self.name, self.verdict, self.reason = name, verdict, reason


class Outcome:
    """Fill with line(), close with end(); results holds the verdicts."""

    def __init__(self, test):
        self.test = test
        self.lines = []
        self.results = []
        self.planned = None
        self.printed = 0
        self.seconds = 0.0

    @property
    def failed(self):
        return any(r.verdict == "failed" for r in self.results)

    def fail(self, name, reason):
        self.results.append(Result(name, "failed", reason))

    def line(self, text):
        self.lines.append(text)
        if text.startswith("Bail out!"):
            self.fail("bail out", text[9:].strip())
        match = PLAN.match(text)
        if match:
            if self.planned is not None:
                self.fail("plan", "two plans")
            self.planned = int(match[1])
            if self.planned == 0 and match[2] is not None:
                self.results.append(Result("all", "skipped", match[2]))
            return
        match = RESULT.match(text)
        if match:
            self.result(*match.groups())

    def result(self, bad, number, name, directive, reason):
        self.printed += 1
        name = name.strip() or f"test {self.printed}"
        if number and int(number) != self.printed:
            self.fail(name, f"numbered {number}, is {self.printed}")
        elif directive and (directive.upper() == "SKIP" or bad):
            self.results.append(Result(name, "skipped", reason or directive))
        else:
            self.results.append(Result(name, "failed" if bad else "passed"))

    def end(self, status, seconds):
        """The process has ended: is what it said complete?"""
        self.seconds = seconds
        said_no = self.failed
        if status == 124:
            self.fail("time-out", f"after {seconds:.0f} s")
        elif self.planned is None:
            self.fail("plan", f"none printed (exit status {status})")
        elif self.planned != self.printed:
            self.fail("plan", f"{self.printed} results of {self.planned}")
        elif status != 0 and not said_no:
            self.fail("exit status", str(status))
        elif not self.results:
            self.fail("plan", "no results and no reason to skip")

    def word(self):
        if self.failed:
            return "FAIL"
        if all(r.verdict == "skipped" for r in self.results):
            return "skip"
        return "ok"

    def counts(self):
        parts = []
        for verdict in ("passed", "failed", "skipped"):
            n = sum(r.verdict == verdict for r in self.results)
            if n:
                parts.append(f"{n} {verdict}")
        return ", ".join(parts)

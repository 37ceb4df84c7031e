# SPDX-License-Identifier: GPL-2.0
"""Do what a page of the documentation tells its reader to do, and compare.

usage: walk.py PAGE SECTION

A block is what stands between lines of ``` or is indented by four blanks. Lines of it
that begin with "# " are typed; the others must be in what is answered, in their order.
There "..." stands for anything, and any number for any other. A block without commands
is the content of the file that the line before it names. A command may fail only if the
page says with what words. One that ends with "# until you press q" has a terminal, and
after three seconds a q in it.
"""
import os
import re
import shlex
import subprocess
import sys


def section(text, title):
    """Lines from the heading on to the next of its level."""
    lines, level, fenced = [], 0, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        mark = None if fenced else re.match(r"(#+) (.*)", line)
        if mark and not level and mark[2] == title:
            level = len(mark[1])
        elif mark and level and len(mark[1]) <= level:
            break
        elif level:
            lines.append(line)
    return lines


def blocks(lines):
    """Pairs: the last words before a block, and its lines."""
    block, before, fenced = [], "", False
    for line in lines + [""]:
        if line.startswith("```"):
            fenced = not fenced
            if not fenced:
                yield before, block
                block, before = [], ""
        elif fenced:
            block.append(line)
        elif line.startswith("    "):
            block.append(line[4:])
        elif block and line.strip():
            yield before, block
            block, before = [], line
        elif block:
            block.append("")
        elif line.strip():
            before = line
    if "".join(block):
        yield before, block


def steps(block):
    """Pairs: a command, and the lines of its answer."""
    step = None
    for line in block:
        if line.startswith("# "):
            if step:
                yield step
            step = (line[2:], [])
        elif step and line.strip():
            step[1].append(line.strip())
    if step:
        yield step


def answers(wanted, got):
    """The first of the wanted lines that is not there, or None."""
    numbers = re.compile(r"[0-9]+")
    at, text = 0, numbers.sub("0", got)
    for line in wanted:
        words = [re.escape(numbers.sub("0", w)).replace(r"\ ", r"\s+")
                 for w in re.split(r"\s*\.\.\.\s*", line)]
        found = re.compile("[^\n]*".join(words)).search(text, at)
        if not found:
            return line
        at = found.end()
    return None


def run(command):
    """In a shell; what it leaves running has no hand on our pipe."""
    key = re.search(r" # until you press (\w)$", command)
    if key:
        command = (f"(sleep 3; printf {key[1]}; sleep 3) | TERM=vt100 script -qec "
                   f"{shlex.quote(command)} /dev/null")
    background = re.search(r"[^&]&( |$)", command)
    return subprocess.run(
        ["sh", "-c", command], stdin=subprocess.DEVNULL, check=False,
        stdout=subprocess.DEVNULL if background else subprocess.PIPE,
        stderr=subprocess.DEVNULL if background else subprocess.STDOUT,
        text=True, errors="replace", timeout=60)


def main():
    page, title = sys.argv[1:]
    with open(page, encoding="utf-8") as f:
        lines = section(f.read(), title)
    count = failed = 0

    def check(good, name, *why):
        nonlocal count, failed
        count += 1
        failed += not good
        print(f"{'ok' if good else 'not ok'} {count} - {name}")
        if not good:
            for line in "\n".join(why).splitlines():
                print("# " + line)
        sys.stdout.flush()

    for before, block in blocks(lines):
        todo = list(steps(block))
        name = re.search(r"[`_](/[^`_]*)[`_]", before)
        if not todo and name:
            os.makedirs(os.path.dirname(name[1]), exist_ok=True)
            with open(name[1], "w", encoding="utf-8") as f:
                f.write("\n".join(block).strip() + "\n")
            check(True, f"write {name[1]}")
        for command, wanted in todo:
            done = run(command)
            got = done.stdout or ""
            missing = answers(wanted, got)
            check(missing is None and (wanted or not done.returncode),
                  command,
                  f"exit status {done.returncode}",
                  f"not answered: {missing}", got)
    check(count > 5, f"{page} has commands")
    print(f"1..{count}")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Checks of the documentation, for docs.t. Prints one complaint a line.

usage: docs.py parse|links|words|commands|dkms|facilities [FILE...]

FILE: pages to look at instead of README.md and Documentation/. Run it in the top
folder.
"""
import glob
import os
import re
import sys

import docutils.core
import docutils.nodes
import docutils.utils


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def pages(given):
    return given or ["README.md", *sorted(glob.glob("Documentation/*.rst"))]


def tree(path):
    """The parsed page; the slightest problem raises."""
    return docutils.core.publish_doctree(
        read(path), source_path=path,
        settings_overrides={"halt_level": 1, "report_level": 5})


def parse(paths):
    for path in paths:
        if not path.endswith(".rst"):
            continue
        try:
            tree(path)
        except docutils.utils.SystemMessage as problem:
            yield f"{problem}".replace("\n", " ")


def targets(path):
    if path.endswith(".rst"):
        try:
            nodes = tree(path).findall(docutils.nodes.reference)
        except docutils.utils.SystemMessage:
            return      # parse() says so
        yield from (node["refuri"] for node in nodes if "refuri" in node)
    else:
        yield from re.findall(r"\]\(([^)\s]+)\)", read(path))


def links(paths):
    for path in paths:
        for target in targets(path):
            if re.match(r"(https?|mailto):|#", target):
                continue
            where = os.path.join(os.path.dirname(path), target.split("#")[0])
            if not os.path.exists(where):
                yield f"{path}: there is no {target}"


def plain(text):
    """Without the markup of reST, Markdown and scdoc."""
    return re.sub(r"[*`]|\\(?=_)", "", text)


def sources(pattern):
    return "".join(read(p) for p in sorted(glob.glob(pattern, recursive=True)))


def hvctl_commands():
    table = sources("tools/hvctl/commands.c")
    return re.findall(r'\{ "([a-z]+)", (?:"([a-z]+)"|NULL), cmd_', table)


def words(paths):
    """Everything that has a name users see is named in the documentation."""
    text = plain("".join(read(p) for p in
                         paths + sorted(glob.glob("Documentation/man/*.scd"))))
    kmod = sources("kmod/**/*.c")
    wanted = {
        "module parameter": re.findall(r"MODULE_PARM_DESC\((\w+)", sources(
            "kmod/master/*.c") + sources("kmod/policy/*.c") + sources(
            "kmod/clients/wrap/*.c") + sources("kmod/clients/sample/*.c")),
        "netlink command": re.findall(
            r"^\t(KHV_CMD_[A-Z_]+),$",
            sources("kmod/include/uapi/linux/khv.h"), re.M),
        "exported function": re.findall(r"EXPORT_SYMBOL_GPL\((\w+)\)", kmod),
        "object check": re.findall(
            r"X\([A-Z_]+, (\w+), ", sources("kmod/include/khv/objects.h")),
        "limit": re.findall(r"#define (KHV_(?!LIMITS)\w+)\s",
                            sources("kmod/include/khv/limits.h")),
    }
    for kind, names in wanted.items():
        if not names:
            yield f"no {kind} found in the sources"
        for name in names:
            if name != "KHV_CMD_UNSPEC" and not re.search(
                    rf"\b{name}\b", text):
                yield f"{kind} {name} is not documented"
    for thing, verb in hvctl_commands():
        if not re.search(rf"\b{thing} {verb}\b" if verb else
                         rf"(^|hvctl ){thing}\b", text, re.M):
            yield f"hvctl {thing} {verb} is not documented"


def shown(path):
    """hvctl commands in literals and in blocks of code, cut into words."""
    text = read(path)
    for literal in re.findall(r"`+(hvctl [^`]*)`+", text):
        yield literal.split()
    for line in re.findall(r"^\s+(?:[#$] )?(hvctl .*)", text, re.M):
        if not line.startswith(("hvctl, ", "hvctl and ")):
            yield line.split()


def commands(paths):
    known = hvctl_commands()
    objects = {thing for thing, _ in known}
    for path in paths:
        for command in shown(path):
            args = [re.sub(r"[^a-z]+$", "", a) for a in command[1:]
                    if not a.startswith(("-", "[", "("))]
            if not args or not args[0] or args[0].isupper():
                continue
            if args[0] not in objects:
                yield f"{path}: hvctl has no {args[0]}: {' '.join(command)}"
                continue
            verbs = {verb for thing, verb in known if thing == args[0]}
            if "" not in verbs and (len(args) < 2 or args[1] not in verbs):
                yield f"{path}: hvctl {args[0]} cannot: {' '.join(command)}"


def dkms(_):
    conf = sources("kmod/dkms.conf")
    version = re.search(r'KHV_VERSION\s+"(.*)"', sources("kmod/master/main.h"))
    if f'PACKAGE_VERSION="{version[1]}"' not in conf:
        yield f"kmod/dkms.conf: the version is {version[1]}"
    modules = re.search(r"^khv-modules\s*:=\s*(.*)", sources("kmod/Kbuild"),
                        re.M)[1].split()
    for module in modules:
        if not re.search(rf"\b{module}\b", conf):
            yield f"kmod/dkms.conf does not mention {module}"
    for module in re.findall(r'BUILT_MODULE_NAME.*"(.*)"', conf):
        if module not in modules:
            yield f"kmod/dkms.conf: Kbuild makes no {module}"


def facilities(paths):
    """Names of type kernel, and which are granted, as the kernel has them."""
    header = sources("kmod/include/khv/facilities.h")
    text = "".join(read(p) for p in paths)
    found = re.findall(r'X\("(\S+)", "(\S*)", (\w+), "(.*)"\)', header)
    caps = re.findall(r'X\(\d+, "(\w+)", (\w+)\)', header)
    if not found or not caps:
        yield "no names in facilities.h"
    for group, member, flags, meaning in found:
        more = {"KHV_FAC_OPEN": "[:NAME]"}.get(flags, "")
        if group.endswith("capability"):
            more = "[:MEMBER]"
        if flags == "KHV_FAC_COMMON":
            meaning += "; granted"
        name = group + (":" + member if member else "") + more
        if not re.search(rf"^``{re.escape(name)}`` +{re.escape(meaning)}$",
                         text, re.M):
            yield f"no row {name}: {meaning}"
    for common, title in ((True, "by\nthemselves"), (False, "that are not")):
        names = {c for c, flags in caps if (flags != "0") == common}
        block = re.search(title + r"[^:]*::\n\n((?:    .*\n)+)", text)
        listed = set(block[1].split()) if block else set()
        if listed != names:
            yield f"capabilities {title!r}: {sorted(listed ^ names)}"


def main():
    checks = {c.__name__: c for c in (parse, links, words, commands, dkms,
                                      facilities)}
    if len(sys.argv) < 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    for complaint in checks[sys.argv[1]](pages(sys.argv[2:])):
        print(complaint)


if __name__ == "__main__":
    main()

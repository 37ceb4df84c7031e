# SPDX-License-Identifier: GPL-2.0
# khv: kernel hypervisors for Linux. "make help" lists the targets.

PREFIX	?= /usr/local
BUILD	?= build
T	?=

override BUILD := $(abspath $(BUILD))
export KHV_BUILD := $(BUILD)
VM	:= $(CURDIR)/selftests/vm

# Which kernel the modules are built for: KDIR names headers on this machine;
# KERNEL=6.1 one of Debian's kernels in the cache (make help). Without either:
# the running kernel, if its headers are installed, else the cached 6.1.
RUNNING	:= /lib/modules/$(shell uname -r)/build
ifdef KDIR
KERNEL	:= host
else ifdef KERNEL
else ifneq ($(wildcard $(RUNNING)/Makefile),)
KERNEL	:= host
KDIR	:= $(RUNNING)
else
KERNEL	:= 6.1
endif
ifneq ($(KERNEL),host)
KDIR	= $(shell $(VM)/kernel kdir $(KERNEL))
endif

# Guests run Debian kernels only.
GUEST	:= $(filter-out host,$(KERNEL))
GUEST	:= $(if $(GUEST),$(GUEST),6.1)

# As many jobs as processors, unless the caller has said how many.
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif

# Folders come and go while the project grows.
have	= $(if $(wildcard $(1)/Makefile),$(MAKE) -C $(1) $(2),@true)
share	= $(DESTDIR)$(PREFIX)/share/khv
user	= O=$(BUILD)/user PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

all: modules lib tools

# Debian's kernels compile without a warning of gcc or sparse, or not at all;
# static/modules.t is then what make finds done. The headers of others are theirs.
strict	= $(if $(filter-out host debug,$(1)),STRICT=1)

modules: deps
	$(MAKE) -C kmod KDIR=$(KDIR) OUT=$(BUILD)/$(KERNEL) $(call strict,$(KERNEL))

# What the guests of a test run need: modules for every kernel they boot.
modules-%: deps
	$(MAKE) -C kmod KDIR=$$($(VM)/kernel kdir $*) OUT=$(BUILD)/$* $(call strict,$*)

lib: deps
	+$(call have,lib,$(user))

tools: lib
	+$(call have,tools,$(user))

selftests: lib
	+$(call have,selftests,BUILD=$(BUILD))

deps:
	@$(VM)/deps

check: deps
	@selftests/run $(if $(T),--tests '$(T)') \
		$(if $(filter command line environment,$(origin KERNEL)),--kernel $(KERNEL))

# On the debug kernel: KASAN, lockdep, kmemleak, fault injection.
debug-kernel: deps
	@$(VM)/kernel fetch debug

check-debug: debug-kernel
	@selftests/run --kernel debug $(if $(T),--tests '$(T)')

# Random messages to the netlink family; a short run is part of check.
FUZZ_SECONDS ?= 600
fuzz-netlink: debug-kernel modules-debug tools selftests
	@$(VM)/run --kernel debug --timeout $$(($(FUZZ_SECONDS) + 300)) \
		/khv/selftests/tools/guest-fuzz.t $(FUZZ_SECONDS) $(SEED)

# The tutorial of khv(7) and the walk in README, command by command.
check-tutorial: deps
	@selftests/run --tests tools/pages.t \
		$(if $(filter command line environment,$(origin KERNEL)),--kernel $(KERNEL))

# A policy of a million rules, and loads that are interrupted.
check-million: deps modules tools selftests
	@$(VM)/run --mem 3072 --timeout 1200 --kernel $(or $(KERNEL),6.1) \
		/khv/selftests/million/million.sh

# What is tried against khv, and what came of it: a table by class at the end.
attacks: deps
	@selftests/run --tests 'hold/*.t' \
		$(if $(filter command line environment,$(origin KERNEL)),--kernel $(KERNEL)); \
	status=$$?; selftests/attacks/table $(BUILD)/results/summary.json \
		$(BUILD)/results/attacks.json && exit $$status

# The compiler, the blob loader and the audit daemon's formats with random
# input, for SECONDS each.
fuzz: deps
	@for part in policy audit; do \
		$(MAKE) -C selftests/$$part fuzz BUILD=$(BUILD) \
			$(if $(filter command environment,$(origin SECONDS)),SECONDS=$(SECONDS)) || \
			exit; done

demo:
	@selftests/demo/run $(GUEST)

# The same attack programs against AppArmor, Landlock, seccomp, ...
attacks-peers: deps
	@selftests/peers/run $(GUEST)

# What khv costs, beside its peers: tables, build/results/bench.json and .svg.
bench: deps
	@selftests/bench/run $(if $(filter command line environment,$(origin KERNEL)),$(KERNEL))

# Events of khv against those of auditd: tables and build/results/audit.json.
bench-audit: deps
	@selftests/event/bench $(if $(filter command line environment,$(origin KERNEL)),$(KERNEL))

# In which functions the instructions are: of CASE under CONFIG (selftests/bench/trace).
CONFIG ?= wrap-50
bench-trace: deps modules-$(GUEST) tools selftests
	@selftests/bench/trace --kernel $(GUEST) $(or $(CASE),open3) $(CONFIG)

# The figures that record.t compares with; WHY says what a higher one is for.
bench-record: deps
	@WHY='$(WHY)' selftests/bench/rerecord

# Lay out the C code outside kmod/ as the check wants it.
format: deps
	@git ls-files -co --exclude-standard lib tools selftests | \
		grep '\.[ch]$$' | xargs clang-format -i

vm: modules-$(GUEST) tools selftests
	@$(VM)/run --kernel $(GUEST) --interactive \
		$(if $(PACKAGES),--packages $(PACKAGES) --mem 2048)

install:
	@[ -n "$(DESTDIR)" ] || [ $(KERNEL) = host ] || { \
		echo "No headers of the running kernel:" \
		"apt install linux-headers-$$(uname -r)" >&2; exit 1; }
	$(MAKE) -C kmod KDIR=$(KDIR) OUT=$(BUILD)/$(KERNEL) \
		INSTALL_MOD_PATH=$(DESTDIR) install
	$(if $(DESTDIR),,depmod $$($(MAKE) -s -C $(KDIR) kernelrelease))
	+$(call have,lib,$(user) install)
	+$(call have,tools,$(user) install)
	$(MAKE) install-rules

install-rules:
	install -d $(share)/include $(share)/rules
	install -m 644 rules/include/*.hv $(share)/include
	install -m 644 rules/*.hv $(share)/rules
	install -m 755 rules/in-checkout $(share)/rules
	install -d $(share)/sdk/include/khv $(share)/sdk/include/uapi/linux
	install -m 644 kmod/include/khv/*.h $(share)/sdk/include/khv
	install -m 644 kmod/include/uapi/linux/khv.h $(share)/sdk/include/uapi/linux
	install -m 644 kmod/sdk/khv-client.mk kmod/sdk/Makefile.client \
		kmod/clients/sample/main.c $(share)/sdk

# Debian packages, of a copy of this tree.
deb: deps
	@selftests/packages/build '$(BUILD)/packages/debs'

# In the guest: dkms builds the modules of two versions, on both kernels.
check-packages: deps
	@KHV_BUILD='$(BUILD)' selftests/packages/check full \
		$(if $(filter command line environment,$(origin KERNEL)),$(KERNEL),6.1 6.12)

uninstall:
	rm -f $(DESTDIR)/lib/modules/*/extra/khv.ko \
		$(DESTDIR)/lib/modules/*/extra/khv_*.ko
	rm -rf $(share)/include $(share)/rules $(share)/sdk \
		$(DESTDIR)/var/lib/khv/symvers
	+$(call have,tools,$(user) uninstall)
	+$(call have,lib,$(user) uninstall)

clean:
	rm -rf $(BUILD)

# The cache holds kernels and guest images, shared by all working trees.
distclean: clean
	rm -rf $${KHV_CACHE:-/var/cache/khv}

help:
	@sed -n 's/^#: //p' Makefile

#: khv: kernel hypervisors for Linux
#:
#:   make                 build modules, library and tools
#:   make demo            wrap a real application in a virtual machine
#:   make attacks         all attacks, with a table of what was held; KERNEL=6.12 too
#:   make check           run every test; T=pattern selects, KERNEL=6.12 too
#:   make attacks-peers   the attacks against AppArmor, Landlock, SELinux, ...
#:   make bench           what khv and its peers cost, in instructions; KERNEL=6.12
#:   make bench-audit     a million events, and auditd in the same guest; KHV_EVENTS
#:   make bench-trace     the same by function; CASE=create CONFIG=stack-1
#:   make bench-record    new figures for the test of them; WHY='...' says why
#:   make check-debug     the tests on a kernel that looks for bugs in khv
#:   make check-tutorial  types the tutorial of khv(7) and README, and compares; KERNEL
#:   make check-million   a policy of a million rules; KERNEL=6.12 too
#:   make fuzz-netlink    ten minutes of random messages on it (FUZZ_SECONDS, SEED)
#:   make debug-kernel    build that kernel: 8 to 25 minutes, once
#:   make fuzz            random policies, blobs and events, SECONDS=600 each
#:   make vm              a shell in a virtual machine with khv installed;
#:                        PACKAGES=apps: and a browser, Postfix, sshd, git, gcc
#:   make install         install on this machine (PREFIX, DESTDIR)
#:   make uninstall       remove what install has put there
#:   make deb             Debian packages, in build/packages/debs
#:   make check-packages  install, upgrade, remove and purge them, with dkms; KERNEL too
#:   make modules lib tools selftests
#:   make deps            install the Debian packages that are missing
#:   make format          lay out the C code outside kmod/
#:   make clean           remove build/; distclean: the cache as well
#:
#: KERNEL=6.1|6.12        one of Debian's kernels, fetched and never installed;
#:                        debug: the one of make debug-kernel
#: KDIR=folder            kernel headers of your own; W=1 C=1 are passed on
#: BUILD=folder           where output goes (build)

.PHONY: all modules lib tools selftests deps check debug-kernel check-debug \
	check-million check-tutorial fuzz-netlink attacks \
	attacks-peers bench bench-audit bench-record bench-trace demo fuzz format \
	vm install install-rules deb check-packages uninstall clean distclean help

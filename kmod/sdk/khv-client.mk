# SPDX-License-Identifier: GPL-2.0
# Build a client module of khv in a folder of its own. Its whole Makefile:
#
#	obj-m := khv_mine.o
#	include /usr/share/khv/sdk/khv-client.mk
#
# Then "make", with KVER=release or KDIR=headers for another kernel than the one that
# runs, and "make install". KHV_SYMVERS names the Module.symvers of khv for it, if it
# is not where "make install" of khv or its dkms package puts it.

KHV_SDK := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

ifneq ($(KERNELRELEASE),)

ccflags-y += -I$(KHV_SDK)/include -I$(KHV_SDK)/include/uapi

else

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
KHV_RELEASE := $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
KHV_SYMVERS ?= /var/lib/khv/symvers/$(KHV_RELEASE)/Module.symvers
KHV_BUILD = $(MAKE) -C $(KDIR) M=$(CURDIR)

modules: khv-symvers
	$(KHV_BUILD) KBUILD_EXTRA_SYMBOLS=$(KHV_SYMVERS) modules

install: modules
	$(KHV_BUILD) INSTALL_MOD_DIR=extra modules_install

clean:
	$(KHV_BUILD) clean

# Without it modpost says "undefined!" of every function of khv, and not why.
khv-symvers:
	@[ -r $(KHV_SYMVERS) ] || { \
		echo "$(KHV_SYMVERS): khv is not built for kernel $(KHV_RELEASE)." \
		"Install khv for it (dkms autoinstall -k $(KHV_RELEASE)), or set" \
		"KHV_SYMVERS." >&2; exit 1; }

.PHONY: modules install clean khv-symvers
.DEFAULT_GOAL := modules

endif

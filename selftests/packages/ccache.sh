# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The same on the host and in the guest, or the guest finds nothing. Debian's headers
# have a switch. The compiler is the same if it says the same; a header of the kernel if it
# has the same size and time: both look at the same files.
DEBIAN_KERNEL_USE_CCACHE=1
CCACHE_COMPILERCHECK="string:$(gcc-12 --version | head -n 1)"
CCACHE_SLOPPINESS=file_stat_matches,include_file_mtime,include_file_ctime,time_macros
CCACHE_MAXSIZE=2G
export DEBIAN_KERNEL_USE_CCACHE CCACHE_COMPILERCHECK CCACHE_SLOPPINESS CCACHE_MAXSIZE

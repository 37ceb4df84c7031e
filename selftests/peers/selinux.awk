# SPDX-License-Identifier: GPL-2.0
# selinux.rules to CIL. Classes are declared here, and base_t may do everything
# with everything; what selinux.rules says comes after it, as it is.

function class(name, common, own) {
	print "(class " name " (" own "))"
	if (common != "")
		print "(classcommon " name " " common ")"
	order = order " " name
	if (own != "" || common != "")
		print "(allow base_t everything (" name " (all)))"
}

function each(names, common, own,    n, i, list) {
	n = split(names, list)
	for (i = 1; i <= n; i++)
		class(list[i], common, own)
}

BEGIN {
	io = "ioctl read write create getattr setattr lock relabelfrom " \
		"relabelto append map"
	print "(common files (" io " unlink link rename execute quotaon " \
		"mounton audit_access open execmod watch watch_mount watch_sb " \
		"watch_with_perm watch_reads))"
	print "(common sockets (" io " bind connect listen accept getopt " \
		"setopt shutdown recvfrom sendto name_bind))"
	print "(common ipcs (create destroy getattr setattr read write " \
		"associate unix_read unix_write))"
	print "(common caps (chown dac_override dac_read_search fowner " \
		"fsetid kill setgid setuid setpcap linux_immutable " \
		"net_bind_service net_broadcast net_admin net_raw ipc_lock " \
		"ipc_owner sys_module sys_rawio sys_chroot sys_ptrace " \
		"sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time " \
		"sys_tty_config mknod lease audit_write audit_control setfcap))"
	print "(common caps2 (mac_override mac_admin syslog wake_alarm " \
		"block_suspend audit_read perfmon bpf checkpoint_restore))"
	each("lnk_file chr_file blk_file sock_file fifo_file anon_inode", "files")
	class("file", "files", "execute_no_trans entrypoint")
	class("dir", "files", "add_name remove_name reparent search rmdir")
	each("tcp_socket dccp_socket sctp_socket", "sockets",
	     "node_bind name_connect")
	each("udp_socket rawip_socket icmp_socket", "sockets", "node_bind")
	class("unix_stream_socket", "sockets", "connectto")
	each("socket unix_dgram_socket packet_socket key_socket " \
	     "netlink_socket netlink_selinux_socket netlink_generic_socket " \
	     "netlink_netfilter_socket netlink_kobject_uevent_socket " \
	     "netlink_connector_socket netlink_crypto_socket alg_socket " \
	     "vsock_socket can_socket tipc_socket kcm_socket smc_socket " \
	     "xdp_socket bluetooth_socket", "sockets")
	each("netlink_route_socket netlink_tcpdiag_socket " \
	     "netlink_xfrm_socket", "sockets", "nlmsg_read nlmsg_write")
	class("netlink_audit_socket", "sockets",
	      "nlmsg_read nlmsg_write nlmsg_relay nlmsg_readpriv nlmsg_tty_audit")
	each("sem ipc", "ipcs")
	class("shm", "ipcs", "lock")
	class("msgq", "ipcs", "enqueue")
	each("capability cap_userns", "caps")
	each("capability2 cap2_userns", "caps2")
	class("security", "", "compute_av compute_create compute_member " \
	      "check_context load_policy compute_relabel compute_user " \
	      "setenforce setbool setsecparam setcheckreqprot read_policy " \
	      "validate_trans")
	class("process", "", "fork transition sigchld sigkill sigstop " \
	      "signull signal ptrace getsched setsched getsession getpgid " \
	      "setpgid getcap setcap share getattr setexec setfscreate " \
	      "noatsecure siginh setrlimit rlimitinh dyntransition " \
	      "setcurrent execmem execstack execheap setkeycreate " \
	      "setsockcreate getrlimit")
	class("process2", "", "nnp_transition nosuid_transition")
	class("system", "", "ipc_info syslog_read syslog_mod " \
	      "syslog_console module_request module_load")
	class("filesystem", "", "mount remount unmount getattr relabelfrom " \
	      "relabelto associate quotamod quotaget watch")
	class("fd", "", "use")
	class("node", "", "recvfrom sendto")
	class("netif", "", "ingress egress")
	class("peer", "", "recv")
	class("packet", "", "send recv relabelto forward_in forward_out")
	class("association", "", "sendto recvfrom setcontext polmatch")
	class("msg", "", "send receive")
	class("key", "", "view read write search link setattr create")
	class("memprotect", "", "mmap_zero")
	class("kernel_service", "", "use_as_override create_files_as")
	class("bpf", "", "map_create map_read map_write prog_load prog_run")
	class("perf_event", "", "open cpu kernel tracepoint read write")
	class("io_uring", "", "override_creds sqpoll cmd")
	class("user_namespace", "", "create")
	print "(classorder (" order "))"
	n = split("kernel security unlabeled fs file file_labels init " \
		"any_socket port netif netmsg node igmp_packet icmp_socket " \
		"tcp_socket sysctl_modprobe sysctl sysctl_fs sysctl_kernel " \
		"sysctl_net sysctl_net_unix sysctl_vm sysctl_dev kmod policy " \
		"scmp_packet devnull", sid)
	for (i = 1; i <= n; i++) {
		print "(sid " sid[i] ")"
		sids = sids " " sid[i]
		print "(sidcontext " sid[i] " (u r " \
			(sid[i] ~ /^(kernel|init|kmod)$/ ? "base_t" : \
			 sid[i] == "port" ? "port_t" : \
			 sid[i] == "node" ? "node_t" : "os_t") " low))"
	}
	print "(sidorder (" sids "))"
}

# NAME TYPE: what is made under that name, in a folder of that type
$1 == "named" {
	n = split("dir file", kind)
	for (i = 1; i <= n; i++)
		print "(typetransition everything " $3 " " kind[i] " \"" $2 \
			"\" " $4 ")"
	next
}

{ print }

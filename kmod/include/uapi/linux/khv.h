/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * khv: kernel hypervisors for Linux - the generic netlink protocol.
 *
 * Family "khv", version 1. The family exists in the initial network namespace
 * only. Every refusal carries an extended-ack text that says what, why and what
 * next. Unknown attributes are refused (strict validation).
 *
 *   command               who                 what
 *   INFO_GET              anyone              versions, boot id, kernel
 *   CLIENT_GET   (dump)   CAP_MAC_ADMIN       one message per client
 *   CLIENT_SET            CAP_MAC_ADMIN       state, log level, priority of a client
 *   HOOK_GET     (dump)   CAP_MAC_ADMIN       one message per attached function
 *   TASK_GET     (dump)   CAP_MAC_ADMIN       one message per (task, client)
 *   TASK_ATTACH           CAP_MAC_ADMIN       put a task (tree) under a client
 *   FOUND_GET    (dump)   CAP_MAC_ADMIN       what the last TASK_ATTACH has found
 *   POLICY_GET   (dump)   CAP_MAC_ADMIN       one message per policy in force
 *   POLICY_BLOB_GET (dump) CAP_MAC_ADMIN      a compiled policy, in chunks
 *   POLICY_BEGIN          CAP_MAC_ADMIN       open a transaction
 *   POLICY_STAGE          CAP_MAC_ADMIN       add bytes of one compiled policy
 *   POLICY_COMMIT         CAP_MAC_ADMIN       all staged policies in force at once
 *   POLICY_ABORT          CAP_MAC_ADMIN       forget the transaction
 *   POLICY_CLEAR          CAP_MAC_ADMIN       take a policy out of force
 *   POLICY_CONFIRM        CAP_MAC_ADMIN       keep what was loaded on trial
 *   POLICY_ROLLBACK       CAP_MAC_ADMIN       go back to what was before it, now
 *   SHADOW_PROMOTE        CAP_MAC_ADMIN       put a shadow in force
 *   SHADOW_DROP           CAP_MAC_ADMIN       forget a shadow
 *   COUNT_GET    (dump)   CAP_MAC_ADMIN       what complain mode and shadows counted
 *   EVENT_SUBSCRIBE       CAP_AUDIT_READ      events to this socket, by unicast
 *   EVENT_ACK             CAP_AUDIT_READ      what the audit daemon has put away
 *   EVENT_STATS_GET       CAP_AUDIT_READ      produced, delivered, lost
 *   EVENT        (notification)               decisions, calls, and gap records
 *   LOCK_SET              CAP_MAC_ADMIN       refuse changes until reboot
 *   COVERAGE_GET (dump)   CAP_MAC_ADMIN       one message per verb of the language
 *   ADMIN_GET    (dump)   CAP_MAC_ADMIN       one message per administrator
 *   ADMIN_SET             CAP_MAC_ADMIN       give or take a right on a client
 *
 * Capabilities are those of the initial user namespace, for the sender and for
 * the opener of the socket. A task that is itself inside a domain is refused
 * every command but INFO_GET, unless its policy grants "kernel khv use".
 *
 * Administrators without CAP_MAC_ADMIN are users and groups: those that the
 * policy in force names in its "admin" lines, for that policy; and those that
 * ADMIN_SET has named, for a client. Both the sender (effective ids, supplementary
 * groups) and the opener of the socket must be one. To them
 *   an "admin" line gives    POLICY_BEGIN, _STAGE, _COMMIT, _ABORT of that policy,
 *                            as long as its admin lines stay as they are (its
 *                            attach lines have no effect: those in force stay);
 *                            POLICY_GET, POLICY_BLOB_GET and TASK_GET of it;
 *                            TASK_ATTACH of the sender itself (PID 0) to it, after
 *                            PR_SET_NO_NEW_PRIVS
 *   KHV_ADMIN_LOG gives      CLIENT_SET with LOG_LEVEL alone, CLIENT_GET of it
 *   KHV_ADMIN_STATE gives    CLIENT_SET with STATE alone, CLIENT_GET of it
 *   both give                ADMIN_GET of their own lines
 *
 * Every change and every refused change is an event of type "admin", client "khv":
 * VERB "load", "clear", "client", "attach", "lock" or "grant"; OBJECT the policy,
 * client, process or lock it is about. One that the family's attribute policy
 * refuses has asked for nothing and is none.
 *
 * INFO_GET reply
 *   KHV_A_ABI             u32     version of this protocol
 *   KHV_A_EVENT_SCHEMA    u32     version of KHV_A_EVENT
 *   KHV_A_GENERATION      u64     generation of the policies in force; 1 at load
 *   KHV_A_BOOT_ID         string
 *   KHV_A_KERNEL          string  release the module was built for
 *   KHV_A_VERSION         string  version of khv
 *   and for who may ask for more
 *   KHV_A_LOCK            nest    one per lock that is set
 *     KHV_LOCK_A_NAME     string  "policy" or "module"
 *     KHV_LOCK_A_UID      u32     who has set it; absent: the parameter khv.lock
 *     KHV_LOCK_A_TIME     u64     when, ns since the epoch
 *   KHV_A_INTEGRITY       nest    the watchdog
 *     KHV_INTEGRITY_A_PERIOD u32  seconds; 0: it is off
 *     KHV_INTEGRITY_A_ACTION u8   enum khv_tamper
 *     KHV_INTEGRITY_A_ROUNDS u64  periods that have ended
 *     KHV_INTEGRITY_A_VIOLATIONS u32 found so far
 *     KHV_INTEGRITY_A_OBJECTS nest of string KHV_CLIENT_A_CALL_NAME, repeated: the
 *                                 first of them
 *
 * CLIENT_GET: in KHV_A_CLIENT nest
 *   KHV_CLIENT_A_ID       u32     stable while the client is registered
 *   KHV_CLIENT_A_NAME     string
 *   KHV_CLIENT_A_MODULE   string  module that carries it
 *   KHV_CLIENT_A_PRIORITY s32     lower runs first
 *   KHV_CLIENT_A_STATE    u8      enum khv_client_state
 *   KHV_CLIENT_A_LOG_LEVEL u8     enum khv_log_level
 *   KHV_CLIENT_A_TASKS    u32     tasks in it now
 *   KHV_CLIENT_A_CALLS    nest    of string KHV_CLIENT_A_CALL_NAME, repeated:
 *                                 system calls as the client named them
 *   KHV_CLIENT_A_OBJECTS  nest    of string KHV_CLIENT_A_CALL_NAME, repeated:
 *                                 object checks ("file_open", ...)
 *   KHV_CLIENT_A_ALLOWED, _DENIED u64  decisions so far
 *   KHV_CLIENT_A_FULL     u8      enum khv_full: when its events find no room
 *
 * CLIENT_SET: KHV_A_CLIENT { NAME, [STATE], [LOG_LEVEL], [FULL], [PRIORITY] }.
 *   PRIORITY moves it behind all clients of a lower or the same one. Calls that are
 *   in flight end in the order in which they have begun.
 *   STATE disabled on a client with calls in flight answers EBUSY; the reply is
 *   the extack text naming task and function, e.g.
 *   "client sample: task 4711 (cat) is inside openat". Ask again later. The
 *   client's hooks are already out; only its memory is still pinned.
 *
 * HOOK_GET: in KHV_A_HOOK nest
 *   KHV_HOOK_A_SYMBOL     string  kernel function
 *   KHV_HOOK_A_NAME       string  "openat" or "file_open"
 *   KHV_HOOK_A_GATE       u8      enum khv_gate
 *   KHV_HOOK_A_ABI        u8      enum khv_abi (call gate)
 *   KHV_HOOK_A_CLIENTS    nest    of string KHV_CLIENT_A_CALL_NAME: client names
 *                                 in the order in which they run
 *   KHV_HOOK_A_ENTERED, _LEFT u64 frames entered and left; the difference sleeps
 *                                 inside the function now
 *   KHV_HOOK_A_LIVE       u8      1 if the code bytes still call us
 *
 * TASK_GET: in KHV_A_TASK nest
 *   KHV_TASK_A_PID        u32     thread id, initial pid namespace
 *   KHV_TASK_A_TGID       u32
 *   KHV_TASK_A_COMM       string
 *   KHV_TASK_A_CLIENT     string
 *   KHV_TASK_A_POLICY     string  absent if the client has no policies
 *   KHV_TASK_A_DOMAIN     string
 *   KHV_TASK_A_INSIDE     string  hooked function it is inside of now; absent: none
 *
 * TASK_ATTACH: KHV_A_TASK { PID, CLIENT, [POLICY], [DOMAIN], [FLAGS] }
 *   [KHV_A_DRY_RUN flag: only look], [KHV_A_FORCE flag]
 *   KHV_TASK_A_FLAGS      u32     enum khv_task_flags. PID 0 is the sender.
 *   reply KHV_A_COUNT u32: tasks that were attached, or would be; KHV_A_PENDING u32:
 *   findings that could not be dealt with (yet)
 *   EACCES if the process has what is refused to it and cannot be taken away
 *   without breaking it (mappings of files), or shares memory or descriptors with
 *   one that would stay outside. With FORCE the mappings are removed, and who shares
 *   is attached as well.
 *
 * FOUND_GET: what the last TASK_ATTACH of this socket has found, also if it was
 *   refused; in KHV_A_FOUND nest. ENODATA if there was none.
 *   KHV_FOUND_A_PID       u32     process, initial pid namespace
 *   KHV_FOUND_A_TID       u32     thread that was looked at
 *   KHV_FOUND_A_COMM      string
 *   KHV_FOUND_A_KIND      u8      enum khv_found_kind
 *   KHV_FOUND_A_STATE     u8      enum khv_found_state
 *   KHV_FOUND_A_FD        u32     number of a descriptor
 *   KHV_FOUND_A_START, _END u64   addresses of a mapping
 *   KHV_FOUND_A_OTHER     u32     process that traces, is traced or shares; number
 *                                 of findings that are not listed
 *   KHV_FOUND_A_VERB      string  what is not granted
 *   KHV_FOUND_A_OBJECT    binary without NUL, may be cut
 *
 * POLICY_GET: [KHV_A_SHADOW flag: the shadows instead]; in KHV_A_POLICY nest
 *   KHV_POLICY_A_NAME     string
 *   KHV_POLICY_A_GENERATION u64   under which this text was loaded; one that comes
 *                                 back by a rollback, or is promoted, keeps it
 *   KHV_POLICY_A_RULES    u32
 *   KHV_POLICY_A_TASKS    u32
 *   KHV_POLICY_A_SIZE     u32     bytes of kernel memory
 *   KHV_POLICY_A_TIME     u64     when loaded, ns since the epoch
 *   KHV_POLICY_A_UID      u32     who loaded it
 *   KHV_POLICY_A_MODE     u8      enum khv_mode
 *   KHV_POLICY_A_STATE    u8      enum khv_policy_state; absent for shadows
 *   KHV_POLICY_A_CONFIRM  u32     seconds until it goes back; with STATE trial
 *   KHV_POLICY_A_WOULD_DENY u64   verbs that a policy in mode complain has let
 *                                 pass, or that a shadow alone would have denied;
 *                                 absent where nothing is counted
 *   KHV_POLICY_A_WOULD_ALLOW u64  shadows: verbs that it would have allowed
 *   KHV_POLICY_A_JUDGED   u64     shadows: checks that were judged beside
 *
 * POLICY_BLOB_GET: request KHV_A_POLICY { NAME }, [KHV_A_SHADOW flag]; replies, in
 *   order,
 *   KHV_A_POLICY { NAME, GENERATION, SIZE, OFFSET u32, DATA binary }
 *
 * POLICY_BEGIN: [KHV_A_GENERATION u64: refuse with ESTALE unless this is the
 *   generation in force]. Reply KHV_A_TXN u32. One transaction at a time; it
 *   belongs to the sending socket, ends with it, and after 30 s without a word.
 * POLICY_STAGE: KHV_A_TXN, KHV_A_POLICY { NAME, SIZE, OFFSET, DATA }
 *   chunks in rising order of OFFSET, each at most KHV_POLICY_CHUNK bytes.
 * POLICY_COMMIT: KHV_A_TXN, [KHV_A_DRY_RUN flag], [KHV_A_CONFIRM u32],
 *   [KHV_A_SHADOW flag]. Reply KHV_A_GENERATION.
 *   CONFIRM: on trial. Unless POLICY_CONFIRM comes within so many seconds (1 to
 *   86400) the kernel itself goes back to what was in force. Until then every other
 *   change of policies answers EBUSY, LOCK_SET of "policy" as well. A policy that
 *   was not there before is withdrawn: no task enters it any more; those in it stay
 *   bound by it until they end.
 *   SHADOW: beside the policies of the same names, which must be in force. Every
 *   check of their tasks is judged by both; only the differences are counted.
 * POLICY_ABORT: KHV_A_TXN.
 * POLICY_CLEAR: KHV_A_POLICY { NAME }, [KHV_A_FORCE flag]. EBUSY while tasks
 *   are in it; with FORCE they stay in it and everything is refused to them.
 *
 * POLICY_CONFIRM, POLICY_ROLLBACK: [KHV_A_GENERATION u64: ESTALE unless the trial is
 *   of this one]. Reply KHV_A_GENERATION. ENOENT if nothing is on trial.
 * SHADOW_PROMOTE: KHV_A_POLICY { NAME }, [KHV_A_CONFIRM u32]. Reply KHV_A_GENERATION.
 * SHADOW_DROP: KHV_A_POLICY { NAME }. ENOENT if it has no shadow.
 * COUNT_GET: in KHV_A_COUNTS nest, for each verb with a number
 *   KHV_COUNT_A_POLICY    string
 *   KHV_COUNT_A_SHADOW    u8      1: by its shadow; 0: by itself, in mode complain
 *   KHV_COUNT_A_GENERATION u64    of the text that counts
 *   KHV_COUNT_A_TYPE, KHV_COUNT_A_VERB string
 *   KHV_COUNT_A_WOULD_DENY, KHV_COUNT_A_WOULD_ALLOW u64
 *
 * EVENT_SUBSCRIBE: KHV_A_SUB_FLAGS u32 enum khv_sub_flags.
 *   The one PRIMARY subscriber (the audit daemon) continues where the last
 *   primary stopped; all others start now. A second primary gets EBUSY.
 *   ACK, with PRIMARY only: it will send EVENT_ACK. What it has not acknowledged
 *   when its socket is closed is sent again, with the same sequence numbers, to the
 *   next primary. Without ACK everything that is put into the socket is delivered.
 *   Events go to the socket that has asked, not to its port: one that is bound to
 *   the same port later gets none.
 *   Replies: KHV_A_BOOT_ID, KHV_A_EVENT_SCHEMA; and KHV_A_STATS nests as to
 *   EVENT_STATS_GET, in which NEXT is the sequence number that the first event of
 *   this CPU will have, or its gap record will begin with.
 * EVENT_ACK: KHV_A_ACK nests { KHV_ACK_A_CPU u32, KHV_ACK_A_SEQ u64 }: all events of
 *   this CPU up to and with this sequence number are put away, gap records between
 *   them too. ERANGE if it has not been sent yet; an older one than the last has no
 *   effect. Only from the socket of the primary. May be sent without NLM_F_ACK.
 * EVENT_STATS_GET replies: KHV_A_STATS nests, one per CPU. At all times
 *   PRODUCED = DELIVERED + LOST + what still lies in the kernel.
 *   KHV_STATS_A_CPU       u32
 *   KHV_STATS_A_PRODUCED  u64     events made; the newest sequence number
 *   KHV_STATS_A_DELIVERED u64     to primaries, and acknowledged if they do that
 *   KHV_STATS_A_LOST      u64     to primaries; the sum of these, by enum khv_lost:
 *   KHV_STATS_A_LATE, _SLOW, _ABSENT, _FULL, _MEMORY, _REFUSED u64
 *   KHV_STATS_A_NEXT      u64     see EVENT_SUBSCRIBE
 *   KHV_STATS_A_BYTES     u32     of the queue
 *   KHV_STATS_A_USED      u32     of these, not acknowledged yet
 *   KHV_STATS_A_SPILLED   u32     bytes that wait for room in it (block)
 *   KHV_STATS_A_WAITS     u64     times that a task has waited for room
 *   KHV_STATS_A_WAITED    u64     nanoseconds of that
 *   KHV_STATS_A_GAVE_UP   u64     waits that ended at the limit (event_wait), or
 *                                 because the task was killed; nothing is lost by it
 *
 * LOCK_SET: KHV_A_LOCK_FLAGS u32 enum khv_lock_flags. Reply as to INFO_GET. There
 *   is no way back but a reboot; setting a lock again changes nothing. What a lock
 *   refuses answers EPERM with "locked until reboot (...)", and is an event.
 *
 * COVERAGE_GET: in KHV_A_COVERAGE nest
 *   KHV_COVERAGE_A_TYPE   string  "file"
 *   KHV_COVERAGE_A_VERB   string  "open"
 *   KHV_COVERAGE_A_STATE  u8      enum khv_coverage_state
 *   KHV_COVERAGE_A_CHECKS nest    of string KHV_CLIENT_A_CALL_NAME, repeated, as the
 *                                 next three: checks that this kernel has for it
 *   KHV_COVERAGE_A_SYMBOLS nest   their functions, in the same order
 *   KHV_COVERAGE_A_LIVE   nest    those checks whose code calls us now
 *   KHV_COVERAGE_A_ABSENT nest    checks for it that this kernel does not have
 *   KHV_COVERAGE_A_TEXT   string  why it is not covered, or where it is judged
 *
 * ADMIN_GET: in KHV_A_ADMIN nest
 *   KHV_ADMIN_A_POLICY    string  the policy with the line; else
 *   KHV_ADMIN_A_CLIENT    string  the client
 *   KHV_ADMIN_A_UID       u32     the user, or
 *   KHV_ADMIN_A_GID       u32     the group
 *   KHV_ADMIN_A_RIGHTS    u32     enum khv_admin_rights
 * ADMIN_SET: KHV_A_ADMIN { CLIENT, UID or GID, RIGHTS }. RIGHTS are those it has
 *   from then on, KHV_ADMIN_LOG and KHV_ADMIN_STATE; 0: none. Forgotten with the
 *   last module. (The right on a policy is a line of the policy.)
 *
 * EVENT: one or more KHV_A_EVENT nests in a message. Sequence numbers count
 *   from 1 per CPU, without holes in what was produced; KHV_E_LOST says how many
 *   events of this CPU this subscriber missed directly before this one. An event
 *   with KHV_E_LOST and without KHV_E_SEQ is a gap record: so many events are
 *   missing here. Every loss is such a record (and KHV_E_LOST of the next event is
 *   0): KHV_E_CPU, KHV_E_LOST, KHV_E_TIME when it was noticed, KHV_E_FIRST u64 the
 *   first sequence number that is missing, and KHV_E_LOST by enum khv_lost, where
 *   not 0: KHV_E_LATE, _SLOW, _ABSENT, _FULL, _MEMORY, _REFUSED u64.
 *   An event has
 *   KHV_E_CPU u32, KHV_E_SEQ u64, KHV_E_LOST u64, KHV_E_TIME u64 (ns since the
 *   epoch), KHV_E_CLIENT string, KHV_E_POLICY string, KHV_E_DOMAIN string,
 *   KHV_E_GENERATION u64, KHV_E_RULE string "file:line" (absent: no rule
 *   covers the object), KHV_E_TYPE string ("file"), KHV_E_VERB string ("read"),
 *   KHV_E_OBJECT binary without NUL (a path may hold any byte), KHV_E_HOOK
 *   string ("file_open"), KHV_E_VERDICT u8 enum khv_verdict, KHV_E_ERRNO u32
 *   (positive; 0 if allowed), KHV_E_PID u32, KHV_E_TGID u32, KHV_E_UID u32,
 *   KHV_E_COMM string, KHV_E_EXE binary without NUL, KHV_E_ASKED string: the
 *   identifier that was looked up in the rules, where it is not the object
 *   ("control:boot" for a path, "descendants" for a process)
 *   SHADOW_DENY has generation and rule of the shadow, SHADOW_ALLOW those of the
 *   policy in force.
 *   KHV_E_TAG string: tag= of the rule.
 *   Calls, and the arguments of checks, as khv_audit reports them:
 *   KHV_E_RESULT s64: what the call returned, -errno if it failed (verdict AUDITED;
 *   of a check VERDICT and ERRNO tell). KHV_E_TYPE "call", KHV_E_VERB its name.
 *   KHV_E_NR u32 number of the call, KHV_E_ABI u8 enum khv_abi.
 *   KHV_E_ARG nest, repeated, in order:
 *     KHV_ARG_A_NAME      string  as in the manual: "flags"
 *     KHV_ARG_A_KIND      u8      enum khv_arg_kind: how to show it
 *     KHV_ARG_A_VALUE     u64     the register, sign extended; absent: only TEXT
 *     KHV_ARG_A_TEXT      binary  what it stood for, as the kernel had it: the path of
 *                                 a descriptor, a name, an address, bytes
 *     KHV_ARG_A_REDACTED  flag    VALUE and TEXT are held back by a rule
 */
#ifndef _UAPI_LINUX_KHV_H
#define _UAPI_LINUX_KHV_H

#define KHV_GENL_NAME		"khv"
#define KHV_GENL_VERSION	1
#define KHV_ABI_VERSION		1
#define KHV_EVENT_SCHEMA	1

/* Longest names, with the terminating NUL. */
#define KHV_NAME_MAX		64
/* Most bytes of a compiled policy in one POLICY_STAGE or POLICY_BLOB_GET. */
#define KHV_POLICY_CHUNK	16384

enum khv_cmd {
	KHV_CMD_UNSPEC,
	KHV_CMD_INFO_GET,
	KHV_CMD_CLIENT_GET,
	KHV_CMD_CLIENT_SET,
	KHV_CMD_HOOK_GET,
	KHV_CMD_TASK_GET,
	KHV_CMD_TASK_ATTACH,
	KHV_CMD_POLICY_GET,
	KHV_CMD_POLICY_BLOB_GET,
	KHV_CMD_POLICY_BEGIN,
	KHV_CMD_POLICY_STAGE,
	KHV_CMD_POLICY_COMMIT,
	KHV_CMD_POLICY_ABORT,
	KHV_CMD_POLICY_CLEAR,
	KHV_CMD_EVENT_SUBSCRIBE,
	KHV_CMD_EVENT_STATS_GET,
	KHV_CMD_EVENT,
	KHV_CMD_LOCK_SET,
	KHV_CMD_COVERAGE_GET,
	KHV_CMD_POLICY_CONFIRM,
	KHV_CMD_POLICY_ROLLBACK,
	KHV_CMD_SHADOW_PROMOTE,
	KHV_CMD_SHADOW_DROP,
	KHV_CMD_COUNT_GET,
	KHV_CMD_ADMIN_GET,
	KHV_CMD_ADMIN_SET,
	KHV_CMD_FOUND_GET,
	KHV_CMD_EVENT_ACK,

	__KHV_CMD_MAX,
	KHV_CMD_MAX = __KHV_CMD_MAX - 1
};

enum khv_attr {
	KHV_A_UNSPEC,
	KHV_A_PAD,
	KHV_A_ABI,
	KHV_A_EVENT_SCHEMA,
	KHV_A_GENERATION,
	KHV_A_BOOT_ID,
	KHV_A_KERNEL,
	KHV_A_VERSION,
	KHV_A_COUNT,
	KHV_A_TXN,
	KHV_A_DRY_RUN,
	KHV_A_FORCE,
	KHV_A_SUB_FLAGS,
	KHV_A_CLIENT,
	KHV_A_HOOK,
	KHV_A_TASK,
	KHV_A_POLICY,
	KHV_A_STATS,
	KHV_A_EVENT,
	KHV_A_LOCK_FLAGS,
	KHV_A_LOCK,
	KHV_A_COVERAGE,
	KHV_A_INTEGRITY,
	KHV_A_CONFIRM,
	KHV_A_SHADOW,
	KHV_A_COUNTS,
	KHV_A_ADMIN,
	KHV_A_FOUND,
	KHV_A_PENDING,
	KHV_A_ACK,

	__KHV_A_MAX,
	KHV_A_MAX = __KHV_A_MAX - 1
};

enum khv_client_attr {
	KHV_CLIENT_A_UNSPEC,
	KHV_CLIENT_A_PAD,
	KHV_CLIENT_A_ID,
	KHV_CLIENT_A_NAME,
	KHV_CLIENT_A_MODULE,
	KHV_CLIENT_A_PRIORITY,
	KHV_CLIENT_A_STATE,
	KHV_CLIENT_A_LOG_LEVEL,
	KHV_CLIENT_A_TASKS,
	KHV_CLIENT_A_CALLS,
	KHV_CLIENT_A_OBJECTS,
	KHV_CLIENT_A_CALL_NAME,
	KHV_CLIENT_A_ALLOWED,
	KHV_CLIENT_A_DENIED,
	KHV_CLIENT_A_FULL,

	__KHV_CLIENT_A_MAX,
	KHV_CLIENT_A_MAX = __KHV_CLIENT_A_MAX - 1
};

enum khv_hook_attr {
	KHV_HOOK_A_UNSPEC,
	KHV_HOOK_A_PAD,
	KHV_HOOK_A_SYMBOL,
	KHV_HOOK_A_NAME,
	KHV_HOOK_A_GATE,
	KHV_HOOK_A_ABI,
	KHV_HOOK_A_CLIENTS,
	KHV_HOOK_A_ENTERED,
	KHV_HOOK_A_LEFT,
	KHV_HOOK_A_LIVE,

	__KHV_HOOK_A_MAX,
	KHV_HOOK_A_MAX = __KHV_HOOK_A_MAX - 1
};

enum khv_task_attr {
	KHV_TASK_A_UNSPEC,
	KHV_TASK_A_PID,
	KHV_TASK_A_TGID,
	KHV_TASK_A_COMM,
	KHV_TASK_A_CLIENT,
	KHV_TASK_A_POLICY,
	KHV_TASK_A_DOMAIN,
	KHV_TASK_A_INSIDE,
	KHV_TASK_A_FLAGS,

	__KHV_TASK_A_MAX,
	KHV_TASK_A_MAX = __KHV_TASK_A_MAX - 1
};

enum khv_policy_attr {
	KHV_POLICY_A_UNSPEC,
	KHV_POLICY_A_PAD,
	KHV_POLICY_A_NAME,
	KHV_POLICY_A_GENERATION,
	KHV_POLICY_A_RULES,
	KHV_POLICY_A_TASKS,
	KHV_POLICY_A_SIZE,
	KHV_POLICY_A_TIME,
	KHV_POLICY_A_UID,
	KHV_POLICY_A_MODE,
	KHV_POLICY_A_OFFSET,
	KHV_POLICY_A_DATA,
	KHV_POLICY_A_STATE,
	KHV_POLICY_A_CONFIRM,
	KHV_POLICY_A_WOULD_DENY,
	KHV_POLICY_A_WOULD_ALLOW,
	KHV_POLICY_A_JUDGED,

	__KHV_POLICY_A_MAX,
	KHV_POLICY_A_MAX = __KHV_POLICY_A_MAX - 1
};

enum khv_stats_attr {
	KHV_STATS_A_UNSPEC,
	KHV_STATS_A_PAD,
	KHV_STATS_A_CPU,
	KHV_STATS_A_PRODUCED,
	KHV_STATS_A_DELIVERED,
	KHV_STATS_A_LOST,
	KHV_STATS_A_LATE,
	KHV_STATS_A_SLOW,
	KHV_STATS_A_ABSENT,
	KHV_STATS_A_FULL,
	KHV_STATS_A_MEMORY,
	KHV_STATS_A_REFUSED,
	KHV_STATS_A_NEXT,
	KHV_STATS_A_BYTES,
	KHV_STATS_A_USED,
	KHV_STATS_A_SPILLED,
	KHV_STATS_A_WAITS,
	KHV_STATS_A_WAITED,
	KHV_STATS_A_GAVE_UP,

	__KHV_STATS_A_MAX,
	KHV_STATS_A_MAX = __KHV_STATS_A_MAX - 1
};

enum khv_lock_attr {
	KHV_LOCK_A_UNSPEC,
	KHV_LOCK_A_PAD,
	KHV_LOCK_A_NAME,
	KHV_LOCK_A_UID,
	KHV_LOCK_A_TIME,

	__KHV_LOCK_A_MAX,
	KHV_LOCK_A_MAX = __KHV_LOCK_A_MAX - 1
};

enum khv_integrity_attr {
	KHV_INTEGRITY_A_UNSPEC,
	KHV_INTEGRITY_A_PAD,
	KHV_INTEGRITY_A_PERIOD,
	KHV_INTEGRITY_A_ACTION,
	KHV_INTEGRITY_A_ROUNDS,
	KHV_INTEGRITY_A_VIOLATIONS,
	KHV_INTEGRITY_A_OBJECTS,

	__KHV_INTEGRITY_A_MAX,
	KHV_INTEGRITY_A_MAX = __KHV_INTEGRITY_A_MAX - 1
};

enum khv_coverage_attr {
	KHV_COVERAGE_A_UNSPEC,
	KHV_COVERAGE_A_TYPE,
	KHV_COVERAGE_A_VERB,
	KHV_COVERAGE_A_STATE,
	KHV_COVERAGE_A_CHECKS,
	KHV_COVERAGE_A_SYMBOLS,
	KHV_COVERAGE_A_LIVE,
	KHV_COVERAGE_A_ABSENT,
	KHV_COVERAGE_A_TEXT,

	__KHV_COVERAGE_A_MAX,
	KHV_COVERAGE_A_MAX = __KHV_COVERAGE_A_MAX - 1
};

enum khv_count_attr {
	KHV_COUNT_A_UNSPEC,
	KHV_COUNT_A_PAD,
	KHV_COUNT_A_POLICY,
	KHV_COUNT_A_SHADOW,
	KHV_COUNT_A_GENERATION,
	KHV_COUNT_A_TYPE,
	KHV_COUNT_A_VERB,
	KHV_COUNT_A_WOULD_DENY,
	KHV_COUNT_A_WOULD_ALLOW,

	__KHV_COUNT_A_MAX,
	KHV_COUNT_A_MAX = __KHV_COUNT_A_MAX - 1
};

enum khv_admin_attr {
	KHV_ADMIN_A_UNSPEC,
	KHV_ADMIN_A_CLIENT,
	KHV_ADMIN_A_POLICY,
	KHV_ADMIN_A_UID,
	KHV_ADMIN_A_GID,
	KHV_ADMIN_A_RIGHTS,

	__KHV_ADMIN_A_MAX,
	KHV_ADMIN_A_MAX = __KHV_ADMIN_A_MAX - 1
};

enum khv_found_attr {
	KHV_FOUND_A_UNSPEC,
	KHV_FOUND_A_PAD,
	KHV_FOUND_A_PID,
	KHV_FOUND_A_TID,
	KHV_FOUND_A_COMM,
	KHV_FOUND_A_KIND,
	KHV_FOUND_A_STATE,
	KHV_FOUND_A_FD,
	KHV_FOUND_A_START,
	KHV_FOUND_A_END,
	KHV_FOUND_A_OTHER,
	KHV_FOUND_A_VERB,
	KHV_FOUND_A_OBJECT,

	__KHV_FOUND_A_MAX,
	KHV_FOUND_A_MAX = __KHV_FOUND_A_MAX - 1
};

enum khv_event_attr {
	KHV_E_UNSPEC,
	KHV_E_PAD,
	KHV_E_CPU,
	KHV_E_SEQ,
	KHV_E_LOST,
	KHV_E_TIME,
	KHV_E_CLIENT,
	KHV_E_POLICY,
	KHV_E_DOMAIN,
	KHV_E_GENERATION,
	KHV_E_RULE,
	KHV_E_TYPE,
	KHV_E_VERB,
	KHV_E_OBJECT,
	KHV_E_HOOK,
	KHV_E_VERDICT,
	KHV_E_ERRNO,
	KHV_E_PID,
	KHV_E_TGID,
	KHV_E_UID,
	KHV_E_COMM,
	KHV_E_EXE,
	KHV_E_ASKED,
	KHV_E_FIRST,
	KHV_E_LATE,
	KHV_E_SLOW,
	KHV_E_ABSENT,
	KHV_E_FULL,
	KHV_E_MEMORY,
	KHV_E_REFUSED,
	KHV_E_TAG,
	KHV_E_RESULT,
	KHV_E_NR,
	KHV_E_ABI,
	KHV_E_ARG,

	__KHV_E_MAX,
	KHV_E_MAX = __KHV_E_MAX - 1
};

enum khv_ack_attr {
	KHV_ACK_A_UNSPEC,
	KHV_ACK_A_PAD,
	KHV_ACK_A_CPU,
	KHV_ACK_A_SEQ,

	__KHV_ACK_A_MAX,
	KHV_ACK_A_MAX = __KHV_ACK_A_MAX - 1
};

enum khv_arg_attr {
	KHV_ARG_A_UNSPEC,
	KHV_ARG_A_PAD,
	KHV_ARG_A_NAME,
	KHV_ARG_A_KIND,
	KHV_ARG_A_VALUE,
	KHV_ARG_A_TEXT,
	KHV_ARG_A_REDACTED,

	__KHV_ARG_A_MAX,
	KHV_ARG_A_MAX = __KHV_ARG_A_MAX - 1
};

enum khv_client_state {
	KHV_CLIENT_DISABLED = 0,
	KHV_CLIENT_ENABLED = 1,
	KHV_CLIENT_DRAINING = 2,	/* hooks out, frames still in flight */
};

enum khv_gate {
	KHV_GATE_CALL = 0,	/* entry point of a system call */
	KHV_GATE_OBJECT = 1,	/* security_*() check on a kernel object */
};

/* Which register convention an entry point of the call gate has. */
enum khv_abi {
	KHV_ABI_64 = 0,		/* x86-64, and x32 where it shares the entry */
	KHV_ABI_IA32 = 1,	/* int 0x80, sysenter, compat syscall */
	KHV_ABI_X32 = 2,	/* x32 compat entries */
};

/* Events that are queued: everything at or below the client's level. */
enum khv_log_level {
	KHV_LOG_OFF = 0,
	KHV_LOG_DENY = 1,	/* the default */
	KHV_LOG_AUDIT = 2,	/* and what a rule marks with "audit" */
	KHV_LOG_ALLOW = 3,	/* and every other decision */
};

enum khv_mode {
	KHV_MODE_ENFORCE = 0,
	KHV_MODE_COMPLAIN = 1,	/* would-deny is reported, the call goes on */
	KHV_MODE_OFF = 2,	/* loaded, judges nothing */
	KHV_MODE_LEARN = 3,	/* as complain, and all of it is reported */
	KHV_MODE_AUDIT = 4,	/* for khv_audit: says what is reported, judges nothing */
};

enum khv_verdict {
	KHV_ALLOWED = 0,
	KHV_DENIED = 1,
	KHV_WOULD_DENY = 2,
	KHV_SHADOW_DENY = 3,	/* allowed; the shadow would have denied it */
	KHV_SHADOW_ALLOW = 4,	/* the shadow would have allowed it */
	KHV_AUDITED = 5,	/* a call, which nobody was asked about */
};

/* What happens when an event of a client finds no room in the queue. */
enum khv_full {
	KHV_FULL_DROP = 0,	/* it or older ones are lost, and counted */
	KHV_FULL_BLOCK = 1,	/* it is kept; its task waits before it goes on */
	KHV_FULL_DENY = 2,	/* what it is about is refused with EBUSY */
};

/* Why events are lost. */
enum khv_lost {
	KHV_LOST_LATE = 0,	/* newer ones took their place */
	KHV_LOST_SLOW = 1,	/* so, and the reader's socket was full */
	KHV_LOST_ABSENT = 2,	/* so, and there was no reader */
	KHV_LOST_FULL = 3,	/* what lay in the queue may not be lost */
	KHV_LOST_MEMORY = 4,	/* no memory to keep it */
	KHV_LOST_REFUSED = 5,	/* what it was about was refused for it */
};

/* How to show an argument. */
enum khv_arg_kind {
	KHV_ARG_NUMBER = 0,	/* signed */
	KHV_ARG_HEX = 1,	/* also pointers */
	KHV_ARG_SIZE = 2,
	KHV_ARG_TEXT = 3,	/* a name: TEXT only */
	KHV_ARG_BYTES = 4,	/* TEXT only */
	KHV_ARG_FD = 5,		/* TEXT: its path */
	KHV_ARG_PATH = 6,	/* TEXT: as resolved by the kernel */
	KHV_ARG_ADDRESS = 7,	/* TEXT: "192.0.2.1:80", "unix:/run/x" */
	KHV_ARG_MODE = 8,	/* permissions */
	KHV_ARG_OPEN_FLAGS = 9,
	KHV_ARG_AT_FLAGS = 10,
	KHV_ARG_PROT = 11,
	KHV_ARG_MMAP_FLAGS = 12,
	KHV_ARG_CLONE_FLAGS = 13,
	KHV_ARG_MSG_FLAGS = 14,
	KHV_ARG_FAMILY = 15,	/* of sockets */
	KHV_ARG_SOCKET_TYPE = 16,	/* with SOCK_NONBLOCK, SOCK_CLOEXEC */
	KHV_ARG_PROTOCOL = 17,
	KHV_ARG_SOL = 18,	/* level of a socket option */
	KHV_ARG_SIGNAL = 19,
	KHV_ARG_WHENCE = 20,
	KHV_ARG_ACCESS = 21,	/* R_OK, ... */
	KHV_ARG_FCNTL = 22,
	KHV_ARG_IOCTL = 23,
	KHV_ARG_PTRACE = 24,
	KHV_ARG_MOUNT_FLAGS = 25,
	KHV_ARG_UMOUNT_FLAGS = 26,
	KHV_ARG_PRCTL = 27,
	KHV_ARG_RESOURCE = 28,
	KHV_ARG_MADVISE = 29,
	KHV_ARG_PID = 30,
	KHV_ARG_UID = 31,
	KHV_ARG_BPF = 32,
	KHV_ARG_RENAME_FLAGS = 33,
};

enum khv_policy_state {
	KHV_POLICY_IN_FORCE = 0,
	KHV_POLICY_TRIAL = 1,		/* goes back unless it is confirmed */
	KHV_POLICY_WITHDRAWN = 2,	/* binds who is in it, and nobody enters */
	KHV_POLICY_CLEARED = 3,		/* by force: tasks in it are refused everything */
};

/* Longest time for a confirmation, in seconds. */
#define KHV_CONFIRM_MAX		86400

enum khv_task_flags {
	KHV_TASK_TREE = 1 << 0,		/* and all its descendants */
	KHV_TASK_ON_EXEC = 1 << 1,	/* at the task's next execve, not now */
};

enum khv_sub_flags {
	KHV_SUB_PRIMARY = 1 << 0,	/* the audit daemon; one at a time */
	KHV_SUB_ACK = 1 << 1,		/* it sends EVENT_ACK */
};

/* What the watchdog does about what it finds. */
enum khv_tamper {
	KHV_TAMPER_REPORT = 0,
	KHV_TAMPER_PANIC = 1,
};

/* What an administrator without CAP_MAC_ADMIN may do. */
enum khv_admin_rights {
	KHV_ADMIN_POLICY = 1 << 0,	/* replace the policy */
	KHV_ADMIN_LOG = 1 << 1,		/* set the log level of the client */
	KHV_ADMIN_STATE = 1 << 2,	/* enable and disable the client */
};

enum khv_coverage_state {
	KHV_COVERED = 0,
	KHV_COVERED_ELSEWHERE = 1,	/* at another moment, or as another verb */
	KHV_NOT_COVERED = 2,		/* naming it takes "allow-gap" */
};

/* What a process may have when it is attached. */
enum khv_found_kind {
	KHV_FOUND_DESCRIPTOR = 0,
	KHV_FOUND_MAPPING = 1,	/* executable, or shared and writable */
	KHV_FOUND_RING = 2,	/* requests and workers of io_uring */
	KHV_FOUND_TRACER = 3,	/* it is traced from outside */
	KHV_FOUND_TRACEE = 4,	/* it traces a process outside */
	KHV_FOUND_SHARED = 5,	/* its memory or descriptors are another's too */
	KHV_FOUND_THREAD = 6,	/* that has not come by to be judged */
	KHV_FOUND_MORE = 7,	/* for which there was no room, in FOUND_A_OTHER */
};

enum khv_found_state {
	KHV_FOUND_KEPT = 0,
	KHV_FOUND_REVOKED = 1,	/* taken away; in a dry run: would be */
	KHV_FOUND_JUDGED = 2,	/* stays, each use is judged */
	KHV_FOUND_BLOCKED = 3,	/* attaching is refused because of it */
	KHV_FOUND_PENDING = 4,	/* not dealt with yet */
};

/* Until reboot. Attaching tasks stays possible: it only confines more. */
enum khv_lock_flags {
	KHV_LOCK_POLICY = 1 << 0,	/* policies and clients stay as they are */
	KHV_LOCK_MODULE = 1 << 1,	/* no client is disabled, no module unloaded */
};

#endif /* _UAPI_LINUX_KHV_H */

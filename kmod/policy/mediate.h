/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KHV_POLICY_MEDIATE_H
#define _KHV_POLICY_MEDIATE_H

#include "path.h"
#include "store.h"

struct cred;
struct file;
struct inode;
struct msghdr;
struct sock;
struct sockaddr;
struct socket;
struct vm_area_struct;

enum khv_pass {
	KHV_PASS_LIVE,		/* the policy in force answers */
	KHV_PASS_SHADOW,	/* what would the shadow answer? */
	KHV_PASS_AGAIN,		/* what has the policy in force denied? */
};

/**
 * struct khv_beside - a check that a shadow is asked about as well
 * @shadow: the candidate
 * @pass: who is being asked
 * @denied: the policy in force denies it, or would if it were enforced
 * @shadow_denied: the shadow would
 */
struct khv_beside {
	const struct khv_loaded *shadow;
	enum khv_pass pass;
	bool denied;
	bool shadow_denied;
};

/**
 * struct khv_judge - one object check under one generation of a policy
 * @m: who asks
 * @check: about what
 * @d: domain of current
 * @l: the policy; NULL if it was cleared, or lacks the domain: nothing is granted
 * @domain: index of the domain in @l
 * @s: current as a subject
 * @brought: what is judged was there before; NULL for what happens now
 * @beside: NULL unless the policy has a shadow
 * @number: of an ioctl, for rules with ioctl(...)
 */
struct khv_judge {
	const struct khv_mediator *m;
	const struct khv_check *check;
	struct khv_domain *d;
	const struct khv_loaded *l;
	u16 domain;
	struct khv_subject s;
	struct khv_brought *brought;
	struct khv_beside *beside;
	u32 number;
};

/* Policies in mode audit are for clients that audit, the others for the others. */
static inline bool khv_is_for(const struct khv_mediator *m,
			      const struct khv_engine *e)
{
	return (khv_engine_mode(e) == KHV_MODE_AUDIT) == m->audits;
}

void khv_audit_answer(const struct khv_judge *j, enum khv_type type, u32 verbs,
		      const struct khv_decision *dec, const char *object,
		      size_t len, const char *asked);
bool khv_judge_start(struct khv_judge *j, const struct khv_mediator *m,
		     struct khv_domain *d, const struct khv_check *check);
bool khv_is_judged(enum khv_object id);
void khv_subject_real(struct khv_subject *s, const struct cred *cred);
u32 khv_judged_verbs(const struct khv_judge *j, enum khv_type type, u32 verbs);
void khv_judge_refuse(struct khv_decision *dec, enum khv_type type, u32 verbs);
int khv_judge_answer_as(const struct khv_judge *j, enum khv_type type, u32 verbs,
			const struct khv_decision *dec, const char *object,
			size_t len, const char *asked);
int khv_judge_report(const struct khv_judge *j, enum khv_type type, u32 verbs,
		     const struct khv_decision *dec, enum khv_verdict verdict,
		     const char *object, size_t len, const char *asked);
int khv_shadow_answer(const struct khv_judge *j, enum khv_type type,
		      const struct khv_decision *dec, const char *object,
		      size_t len, const char *asked);
int khv_mediate_beside(const struct khv_mediator *m, struct khv_domain *d,
		       const struct khv_check *check,
		       const struct khv_loaded *shadow,
		       int (*judge)(const struct khv_judge *j));

/**
 * struct khv_program - what the lines of a policy say about a program from outside
 * @attach: whose attach lines count; @rule and @domain are of it
 * @wanted: one of them names it
 * @refused: to this user, by line @refuse
 */
struct khv_program {
	const struct khv_loaded *attach;
	bool wanted;
	bool refused;
	u16 domain;
	u32 rule;
	u32 refuse;
};

void khv_program_find(struct khv_program *e, const struct khv_judge *j,
		      const struct khv_loaded *l, const struct khv_pathname *p);
bool khv_same_domain(const struct khv_loaded *l, u16 domain,
		     const struct khv_loaded *other, u16 its);
void khv_shadow_enter(const struct khv_judge *live,
		      const struct khv_loaded *shadow,
		      const struct khv_pathname *p, const struct khv_program *mine);
void khv_shadow_transition(const struct khv_judge *live,
			   const struct khv_loaded *shadow,
			   const struct khv_pathname *p, u16 domain);

/* Where the object is what was looked up in the rules. */
static inline int khv_judge_answer(const struct khv_judge *j, enum khv_type type,
				   u32 verbs, const struct khv_decision *dec,
				   const char *object, size_t len)
{
	return khv_judge_answer_as(j, type, verbs, dec, object, len, NULL);
}

int khv_answer_path(const struct khv_judge *j, const struct path *path,
		    const struct dentry *dentry, u32 verbs);
int khv_answer_nameless(const struct khv_judge *j, u32 verbs);
int khv_answer_file(const struct khv_judge *j, struct file *file);
/* Verbs that can change what is started next time. */
#define KHV_BOOT_VERBS	((KHV_F_WRITE & ~KHV_F_LOCK) | KHV_F_MOUNT)
void khv_boot_init(void);
bool khv_is_boot_change(const struct khv_pathname *p, u32 verbs);
int khv_answer_class(const struct khv_judge *j, struct file *file);
int khv_answer_control(const struct khv_judge *j, const struct path *path,
		       const struct dentry *dentry);
bool khv_path_is_detached(const struct path *path);

int khv_judge_file_open(const struct khv_judge *j);
int khv_judge_file_truncate(const struct khv_judge *j);
int khv_judge_file_lock(const struct khv_judge *j);
int khv_judge_file_receive(const struct khv_judge *j);
int khv_judge_mprotect(const struct khv_judge *j);
bool khv_prot_exec(unsigned long prot);
int khv_judge_mmap(const struct khv_judge *j);
int khv_judge_path(const struct khv_judge *j);
int khv_judge_child(const struct khv_judge *j);
int khv_judge_mknod(const struct khv_judge *j);
int khv_judge_link(const struct khv_judge *j);
int khv_judge_rename(const struct khv_judge *j);
int khv_judge_want_write(const struct khv_judge *j);
int khv_judge_setattr(const struct khv_judge *j);
int khv_judge_xattr(const struct khv_judge *j);
int khv_judge_umount(const struct khv_judge *j);
int khv_judge_move_mount(const struct khv_judge *j);
int khv_judge_loopback(const struct khv_judge *j);
int khv_judge_filesystem(const struct khv_judge *j);
int khv_judge_ioctl(const struct khv_judge *j);
int khv_judge_notify(const struct khv_judge *j);
int khv_judge_fcntl(const struct khv_judge *j);
int khv_judge_fallocate(const struct khv_judge *j);
int khv_judge_append_fcntl(const struct khv_judge *j, struct file *file);
int khv_judge_append_mmap(const struct khv_judge *j, struct file *file);
int khv_judge_append_mprotect(const struct khv_judge *j,
			      const struct vm_area_struct *vma);

int khv_judge_socket_create(const struct khv_judge *j);
int khv_judge_socket_addr(const struct khv_judge *j);
int khv_judge_socket_local(const struct khv_judge *j);
int khv_judge_setsockopt(const struct khv_judge *j);
void khv_settle_destination(const struct khv_judge *j, struct sockaddr *sa,
			    struct khv_sockaddr *a);
int khv_judge_route(const struct khv_judge *j, const struct msghdr *msg);
int khv_judge_accepted(const struct khv_judge *j);
int khv_judge_sendmsg(const struct khv_judge *j);
int khv_judge_recvmsg(const struct khv_judge *j);
int khv_judge_held_socket(const struct khv_judge *j, const struct socket *sock);
bool khv_sock_local(const struct sock *sk, struct khv_sockaddr *a);
bool khv_sock_peer(const struct sock *sk, struct khv_sockaddr *a);
bool khv_ruled_by_address(u16 family, int type, int protocol);
int khv_answer_family(const struct khv_judge *j, u16 family);
int khv_answer_addr(const struct khv_judge *j, const struct khv_sockaddr *a,
		    u32 verbs);
bool khv_grants_addr(const struct khv_judge *j, const struct khv_sockaddr *a,
		     u32 verbs);
int khv_answer_unix(const struct khv_judge *j, struct sock *sk, u32 verbs);
bool khv_grants_unix(const struct khv_judge *j, struct sock *sk, u32 verbs);
bool khv_unix_is_named(const struct sock *sk);
int khv_judge_unix(const struct khv_judge *j);
int khv_judge_unix_bind_path(const struct khv_judge *j,
			     const struct khv_pathname *p);

bool khv_cred_is_lent(const struct khv_judge *j, const struct cred *cred);
int khv_answer_kernel(const struct khv_judge *j, const char *name, size_t len,
		      bool quiet);
int khv_answer_kernel_about(const struct khv_judge *j, const char *name,
			    size_t len, const char *object, size_t object_len);

int khv_judge_capable(const struct khv_judge *j);
int khv_judge_ring_creds(const struct khv_judge *j);
int khv_judge_key(const struct khv_judge *j);
int khv_judge_facility(const struct khv_judge *j);
int khv_judge_load(const struct khv_judge *j);
int khv_judge_anon(const struct khv_judge *j);
int khv_judge_fork(const struct khv_judge *j);
#define KHV_MQUEUE_MAGIC	0x19800202	/* from ipc/mqueue.c */

/* Is it a POSIX message queue? They are files, to the kernel. */
static inline bool khv_is_queue(const struct inode *inode)
{
	return unlikely(inode->i_sb->s_magic == KHV_MQUEUE_MAGIC) &&
	       S_ISREG(inode->i_mode);
}

int khv_answer_queue(const struct khv_judge *j);
int khv_judge_queue(const struct khv_judge *j);
int khv_answer_memory(const struct khv_judge *j, bool quiet);
bool khv_is_memory(struct file *file);
int khv_judge_mmap_memory(const struct khv_judge *j);
int khv_judge_mprotect_memory(const struct khv_judge *j);

int khv_judge_kill(const struct khv_judge *j);
int khv_judge_ptrace(const struct khv_judge *j);
int khv_judge_traceme(const struct khv_judge *j);
int khv_judge_sched(const struct khv_judge *j);
int khv_judge_setown(const struct khv_judge *j);
int khv_answer_owner(const struct khv_judge *j, struct file *file);

#endif /* _KHV_POLICY_MEDIATE_H */

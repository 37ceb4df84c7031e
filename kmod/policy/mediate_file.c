// SPDX-License-Identifier: GPL-2.0
/* Object checks on files: which verbs on which paths. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/personality.h>
#include "../compat/file.h"
#include "cache.h"
#include "mediate.h"

/* Which verbs are judged on a file without a place in any tree. */
static u32 khv_placeless_verbs(const struct khv_pathname *p)
{
	/* Detached: it had a name once, and no rule can be found for it now. */
	if (!strncmp(p->name, "@unreachable:", 13))
		return ~0u;
	/*
	 * Pipes and memfds: the task's own; a layer of an overlay: judged under
	 * its outer name. Only running code from them counts.
	 */
	return KHV_F_EXEC | KHV_F_MMAP;
}

/* Decide about a name that has been built, that of @dentry. */
static void khv_decide_name(const struct khv_judge *j,
			    const struct khv_pathname *p,
			    const struct dentry *dentry, u32 verbs,
			    struct khv_decision *dec)
{
	if (!j->l)
		khv_judge_refuse(dec, KHV_TYPE_FILE, verbs);
	else if (unlikely(j->number != KHV_ANY_NUMBER))
		khv_engine_file_number(&j->l->engine, j->domain, &j->s, p->name,
				       p->len, verbs, j->number, dec);
	else
		khv_cache_file(j, p, dentry, verbs, dec);
}

static int khv_answer_name(const struct khv_judge *j,
			   const struct khv_pathname *p,
			   const struct dentry *dentry, u32 verbs)
{
	struct khv_decision dec __khv_uninitialized;

	if (*p->name == '@')
		verbs &= khv_placeless_verbs(p);
	if (!verbs)
		return 0;
	khv_decide_name(j, p, dentry, verbs, &dec);
	return khv_judge_answer(j, KHV_TYPE_FILE, verbs, &dec, p->name, p->len);
}

/* A path whose name cannot be built is refused, and reported without it. */
int khv_answer_nameless(const struct khv_judge *j, u32 verbs)
{
	static const char object[] = "@nameless";
	struct khv_decision dec;

	verbs = khv_judged_verbs(j, KHV_TYPE_FILE, verbs);
	if (!verbs)
		return 0;
	khv_judge_refuse(&dec, KHV_TYPE_FILE, verbs);
	return khv_judge_answer(j, KHV_TYPE_FILE, verbs, &dec, object,
				sizeof(object) - 1);
}

/*
 * By the rules for files, and by those for the files the kernel starts from.
 * @judged: those of @verbs that are judged.
 */
static int khv_answer_named(const struct khv_judge *j,
			    const struct khv_pathname *p,
			    const struct vfsmount *mnt,
			    const struct dentry *dentry, u32 judged, u32 verbs)
{
	static const char boot[] = "control:boot";
	int ret = judged ? khv_answer_name(j, p, dentry, judged) : 0;

	if (ret)
		return ret;
	if (khv_is_boot_change(p, verbs))
		return khv_answer_kernel_about(j, boot, sizeof(boot) - 1,
					       p->name, p->len);
	/* Nothing is remembered of what has no place. */
	if (j->l && *p->name == '/' && !khv_path_may_fold(dentry))
		khv_cache_plain(j, p, mnt, judged, verbs);
	return 0;
}

/*
 * Where rules tell names in a folder that ignores case apart, the task could have
 * taken a spelling that they do not name: then nothing there is granted but by name
 * of this danger. Where they do not, any spelling gets the same answer.
 */
static int khv_answer_folded(const struct khv_judge *j, struct khv_pathname *p,
			     const struct path *path,
			     const struct dentry *dentry)
{
	static const char facility[] = "casefold";
	size_t len;

	if (!j->l || !khv_engine_governs(&j->l->engine, KHV_TYPE_FILE))
		return 0;
	if (khv_path_folder(p, path, dentry, &len))
		return -EACCES;
	if (!len ||
	    !khv_engine_has_below(&j->l->engine, j->domain, p->name, len))
		return 0;
	return khv_answer_kernel_about(j, facility, sizeof(facility) - 1,
				       p->name, p->len);
}

/* The same where the answer is not known yet. */
static noinline int khv_answer_new_path(const struct khv_judge *j,
					const struct path *path,
					const struct dentry *dentry, u32 judged,
					u32 verbs)
{
	struct khv_pathname p;
	int ret;

	ret = khv_path_get(&p);
	if (ret)
		return -EACCES;
	ret = dentry ? khv_path_of_child(&p, path, dentry) :
		       khv_path_of(&p, path);
	ret = ret ? khv_answer_nameless(j, verbs) :
		    khv_answer_named(j, &p, path->mnt, dentry ?: path->dentry,
				     judged, verbs);
	if (!ret && unlikely(khv_path_may_fold(path->dentry)))
		ret = khv_answer_folded(j, &p, path, dentry);
	khv_path_put(&p);
	return ret;
}

/*
 * Was the answer to @verbs yes before, and nothing else to be done? @judged: those of
 * them that are judged. The mount that is asked about is @path's, so must the directory be.
 */
static __always_inline bool khv_is_remembered(const struct khv_judge *j,
					      const struct path *path,
					      const struct dentry *dentry,
					      u32 judged, u32 verbs)
{
	const struct dentry *d = dentry ?: path->dentry;

	return likely(!dentry || READ_ONCE(dentry->d_parent) == path->dentry) &&
	       !khv_path_may_fold(d) &&
	       khv_cache_allows(j, path->mnt, d, judged, verbs);
}

/* @dentry: entry of the directory @path, or NULL for @path itself. */
int khv_answer_path(const struct khv_judge *j, const struct path *path,
		    const struct dentry *dentry, u32 verbs)
{
	u32 judged = j->l ? khv_judged(&j->l->engine, KHV_TYPE_FILE, verbs) : verbs;
	int ret;

	if (dentry || verbs & KHV_F_ATTR) {
		ret = khv_answer_control(j, path, dentry);
		if (ret)
			return ret;
	}
	if (!judged && !(verbs & KHV_BOOT_VERBS) && likely(!j->m->seen))
		return 0;
	if (khv_is_remembered(j, path, dentry, judged, verbs))
		return 0;
	/* As in khv_judged_verbs(). */
	if (unlikely(j->m->seen))
		judged = verbs;
	return khv_answer_new_path(j, path, dentry, judged, verbs);
}

/* May current have @file as it was opened? Also the kernel's opens for exec. */
int khv_answer_file(const struct khv_judge *j, struct file *file)
{
	const struct inode *inode = file_inode(file);
	bool plain = S_ISDIR(inode->i_mode);
	u32 verbs = 0;
	int ret;

	/* It has no place in any tree: mq_open() knows it by a name of its own. */
	if (khv_is_queue(inode))
		return khv_answer_queue(j);
	if (file->f_flags & (__force int)FMODE_EXEC)
		verbs = KHV_F_EXEC;
	else if (S_ISDIR(inode->i_mode))
		verbs = KHV_F_LIST;
	else if (file->f_mode & FMODE_READ)
		verbs = KHV_F_OPEN;
	if (file->f_mode & FMODE_WRITE)
		verbs |= (file->f_flags & O_APPEND) ? KHV_F_APPEND :
						      KHV_F_OPEN_WRITE;
	else if (S_ISREG(inode->i_mode))
		plain = inode->i_nlink < 2;
	/* Opened for neither, as for ioctl: it still is an open. */
	ret = khv_answer_path(j, khv_file_path(file), NULL, verbs ?: KHV_F_OPEN);
	/* What is only read and has one name is nothing else. */
	return ret || likely(plain) ? ret : khv_answer_class(j, file);
}

int khv_judge_file_open(const struct khv_judge *j)
{
	return khv_answer_file(j, (struct file *)j->check->arg[0]);
}

int khv_judge_file_truncate(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];

	return khv_answer_path(j, khv_file_path(file), NULL, KHV_F_TRUNCATE);
}

static int khv_answer_lock(const struct khv_judge *j, struct file *file)
{
	return khv_answer_path(j, khv_file_path(file), NULL, KHV_F_LOCK);
}

/* A shared lock keeps no reader out; an exclusive one is a kind of writing. */
int khv_judge_file_lock(const struct khv_judge *j)
{
	if ((unsigned int)j->check->arg[1] != F_WRLCK)
		return 0;
	return khv_answer_lock(j, (void *)j->check->arg[0]);
}

/*
 * file_fcntl(file, cmd, arg). Unlike a lock, which only those heed who take one, a
 * lease makes everybody wait who opens the file: for writing, if it is one for reading.
 * The other kind is asked for as a lock.
 */
int khv_judge_fcntl(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];

	switch ((unsigned int)j->check->arg[1]) {
	case F_SETFL:
		return khv_judge_append_fcntl(j, file);
	case F_SETLEASE:
		return j->check->arg[2] == F_RDLCK ? khv_answer_lock(j, file) : 0;
	}
	return 0;
}

bool khv_prot_exec(unsigned long prot)
{
	if (prot & PROT_EXEC)
		return true;
	return (prot & PROT_READ) && (current->personality & READ_IMPLIES_EXEC);
}

int khv_judge_mmap(const struct khv_judge *j)
{
	struct file *file = (void *)j->check->arg[0];
	int ret;

	if (!file)
		return 0;
	ret = khv_judge_append_mmap(j, file);
	if (ret || !khv_prot_exec(j->check->arg[1]))
		return ret;
	return khv_answer_path(j, khv_file_path(file), NULL, KHV_F_MMAP);
}

int khv_judge_mprotect(const struct khv_judge *j)
{
	const struct vm_area_struct *vma = (void *)j->check->arg[0];
	int ret = khv_judge_append_mprotect(j, vma);

	if (ret || !vma->vm_file || (vma->vm_flags & VM_EXEC) ||
	    !khv_prot_exec(j->check->arg[2]))
		return ret;
	return khv_answer_path(j, khv_file_path(vma->vm_file), NULL, KHV_F_MMAP);
}

/* Checks with one path, and which argument it is. */
int khv_judge_path(const struct khv_judge *j)
{
	static const struct {
		u8 arg;
		u32 verbs;
	} how[KHV_NR_OBJECTS] = {
		[KHV_OBJ_PATH_TRUNCATE]	= { 0, KHV_F_TRUNCATE },
		[KHV_OBJ_PATH_CHMOD]	= { 0, KHV_F_ATTR },
		[KHV_OBJ_PATH_CHOWN]	= { 0, KHV_F_ATTR },
		[KHV_OBJ_INODE_GETATTR]	= { 0, KHV_F_STAT },
		[KHV_OBJ_SB_MOUNT]	= { 1, KHV_F_MOUNT },
		[KHV_OBJ_SB_PIVOTROOT]	= { 1, KHV_F_MOUNT },
		[KHV_OBJ_MOVE_MOUNT]	= { 1, KHV_F_MOUNT },
	};
	u8 arg = how[j->check->id].arg;

	return khv_answer_path(j, (const struct path *)j->check->arg[arg], NULL,
			       how[j->check->id].verbs);
}

/* Checks with a directory and an entry of it. */
int khv_judge_child(const struct khv_judge *j)
{
	static const u32 verbs[KHV_NR_OBJECTS] = {
		[KHV_OBJ_PATH_UNLINK]	= KHV_F_DELETE,
		[KHV_OBJ_PATH_RMDIR]	= KHV_F_DELETE,
		[KHV_OBJ_PATH_MKDIR]	= KHV_F_CREATE,
		[KHV_OBJ_PATH_SYMLINK]	= KHV_F_SYMLINK,
	};

	return khv_answer_path(j, (const struct path *)j->check->arg[0],
			       (struct dentry *)j->check->arg[1],
			       verbs[j->check->id]);
}

/*
 * path_mknod(dir, dentry, mode, dev): every creation of a file, also by open with
 * O_CREAT, before anything exists, so that a refusal leaves no empty file behind;
 * and the bind of a unix socket, which is judged as both.
 */
int khv_judge_mknod(const struct khv_judge *j)
{
	const struct path *dir = (const struct path *)j->check->arg[0];
	struct dentry *dentry = (struct dentry *)j->check->arg[1];
	umode_t mode = (umode_t)j->check->arg[2];
	struct khv_pathname p;
	int ret;

	ret = khv_answer_path(j, dir, dentry, S_ISCHR(mode) || S_ISBLK(mode) ?
			      KHV_F_MKNOD : KHV_F_CREATE);
	if (ret || !S_ISSOCK(mode) ||
	    !khv_judged_verbs(j, KHV_TYPE_SOCKET, KHV_S_BIND))
		return ret;
	ret = khv_path_get(&p);
	if (ret)
		return -EACCES;
	ret = khv_path_of_child(&p, dir, dentry);
	ret = ret ? -EACCES : khv_judge_unix_bind_path(j, &p);
	khv_path_put(&p);
	return ret;
}

/* What one may do to content by name: a second name must not grant more of it. */
#define KHV_F_CONTENT	(KHV_F_OPEN | KHV_F_OPEN_WRITE | KHV_F_APPEND |	\
			 KHV_F_TRUNCATE | KHV_F_EXEC | KHV_F_MMAP)

/* An entry of a directory. */
struct khv_entry {
	struct path dir;
	struct dentry *dentry;
};

/* Verbs of @ask that are not granted for an entry. */
static int khv_entry_denied(const struct khv_judge *j, struct khv_pathname *p,
			    const struct khv_entry *e, u32 ask, u32 *denied)
{
	struct khv_decision dec;
	int ret = khv_path_of_child(p, &e->dir, e->dentry);

	if (ret)
		return ret;
	khv_decide_name(j, p, e->dentry, ask, &dec);
	*denied = dec.allowed ? 0 : dec.denied;
	return 0;
}

/*
 * May @from get the name @to? Refused if the new name would grant what the old one
 * does not, or if rules for what is below a directory would be left behind.
 */
static int khv_judge_new_name(const struct khv_judge *j,
			      const struct khv_entry *from,
			      const struct khv_entry *to)
{
	u32 ask = khv_judged_verbs(j, KHV_TYPE_FILE, KHV_F_CONTENT);
	u32 before = 0, after = 0, gain;
	struct khv_decision dec;
	struct khv_pathname p;
	bool below;
	int ret;

	if (!ask || !j->l)
		return 0;	/* not judged; or refused by the verbs already */
	/* Nothing can be gained where the old name grants all of it. */
	if (!d_is_dir(from->dentry) &&
	    khv_is_remembered(j, &from->dir, from->dentry, ask, ask))
		return 0;
	if (khv_path_get(&p))
		return -EACCES;
	/* The new name has been judged as any other, of the old one only a part. */
	ret = khv_path_may_fold(from->dentry) ?
	      khv_answer_folded(j, &p, &from->dir, from->dentry) : 0;
	if (ret)
		goto out;
	ret = khv_entry_denied(j, &p, to, ask, &after);
	if (!ret)
		ret = khv_entry_denied(j, &p, from, ask, &before);
	if (ret) {
		ret = khv_answer_nameless(j, KHV_F_LINK);
		goto out;
	}
	if (!before && *p.name == '/' && !khv_path_may_fold(from->dentry) &&
	    !khv_is_boot_change(&p, ask))
		khv_cache_plain(j, &p, from->dir.mnt, ask, ask);
	gain = before & ~after;
	below = d_is_dir(from->dentry) &&
		khv_engine_has_below(&j->l->engine, j->domain, p.name, p.len);
	if (gain || below) {
		khv_decide_name(j, &p, from->dentry, gain ?: KHV_F_RENAME,
				&dec);
		dec.allowed = false;
		dec.denied = gain ?: KHV_F_RENAME;
		dec.error = EACCES;
		ret = khv_judge_answer(j, KHV_TYPE_FILE, dec.denied, &dec,
				       p.name, p.len);
	}
out:
	khv_path_put(&p);
	return ret;
}

/* path_link(old dentry, new dir, new dentry): both are on one mount. */
int khv_judge_link(const struct khv_judge *j)
{
	struct dentry *old = (struct dentry *)j->check->arg[0];
	const struct path *dir = (const struct path *)j->check->arg[1];
	struct khv_entry from = {
		.dir = { .mnt = dir->mnt, .dentry = old->d_parent },
		.dentry = old,
	};
	struct khv_entry to = {
		.dir = *dir,
		.dentry = (struct dentry *)j->check->arg[2],
	};
	int ret = khv_answer_path(j, dir, to.dentry, KHV_F_LINK);

	return ret ?: khv_judge_new_name(j, &from, &to);
}

static int khv_judge_move(const struct khv_judge *j,
			  const struct khv_entry *from,
			  const struct khv_entry *to, bool replaces)
{
	int ret;

	ret = khv_answer_path(j, &from->dir, from->dentry, KHV_F_RENAME);
	if (!ret)
		ret = khv_answer_path(j, &to->dir, to->dentry, KHV_F_CREATE |
				      (replaces ? KHV_F_DELETE : 0));
	return ret ?: khv_judge_new_name(j, from, to);
}

/* path_rename(old dir, old dentry, new dir, new dentry, flags) */
int khv_judge_rename(const struct khv_judge *j)
{
	struct khv_entry from = {
		.dir = *(const struct path *)j->check->arg[0],
		.dentry = (struct dentry *)j->check->arg[1],
	};
	struct khv_entry to = {
		.dir = *(const struct path *)j->check->arg[2],
		.dentry = (struct dentry *)j->check->arg[3],
	};
	bool exchange = (unsigned int)j->check->arg[4] & RENAME_EXCHANGE;
	int ret;

	ret = khv_judge_move(j, &from, &to,
			     !exchange && d_is_positive(to.dentry));
	if (!ret && exchange)
		ret = khv_judge_move(j, &to, &from, false);
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/* What was found out about tasks, and for how long it is believed. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "config.h"
#include "enrich.h"

#define PROCS	 2048 /* powers of two */
#define NAMES	 256
#define FRESH_NS 1000000000ull
#define NAME_NS	 60000000000ull
/* Clocks of the kernel differ by a tick. */
#define TICK_NS 20000000ull

struct name {
	uint64_t looked;
	uint32_t id;
	char text[64]; /* "": it has none */
};

struct enricher {
	struct extra extra;
	uint64_t version;	  /* grows with everything that is looked up */
	struct proc procs[PROCS]; /* by number; the later one stays */
	struct proc self;	  /* of the event: its place may be taken */
	struct proc scratch;
	struct name users[NAMES], groups[NAMES];
};

struct enricher *enricher_new(void)
{
	return calloc(1, sizeof(struct enricher));
}

void enricher_free(struct enricher *en)
{
	free(en);
}

/* --- names ------------------------------------------------------------------------- */

static void user_name(uint32_t id, char *text, size_t size)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (!getpwuid_r(id, &pw, buf, sizeof(buf), &found) && found)
		snprintf(text, size, "%s", pw.pw_name);
}

static void group_name(uint32_t id, char *text, size_t size)
{
	struct group gr, *found = NULL;
	char buf[16384];

	if (!getgrgid_r(id, &gr, buf, sizeof(buf), &found) && found)
		snprintf(text, size, "%s", gr.gr_name);
}

static const char *name_of(struct enricher *en, struct name *names, uint32_t id,
			   uint64_t now,
			   void (*look)(uint32_t id, char *text, size_t size))
{
	struct name *n = &names[id % NAMES];

	if (!n->looked || n->id != id || now - n->looked > NAME_NS) {
		en->version++;
		n->id = id;
		n->looked = now;
		n->text[0] = 0;
		look(id, n->text, sizeof(n->text));
	}
	return n->text[0] ? n->text : NULL;
}

/* --- processes --------------------------------------------------------------------- */

static struct proc *cached(struct enricher *en, uint32_t pid, uint64_t now)
{
	struct proc *p = &en->procs[pid % PROCS];

	return p->looked && p->pid == pid && now - p->looked < FRESH_NS ? p :
									  NULL;
}

static struct proc *look(struct enricher *en, uint32_t pid, uint64_t now)
{
	struct proc *p = &en->procs[pid % PROCS];

	en->version++;
	if (proc_read(&en->scratch, pid))
		return NULL;
	*p = en->scratch;
	p->looked = now;
	return p;
}

static uint64_t clock_now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* It has the number of the one of the event, which must have ended. */
static bool started_after(const struct proc *p, const struct khv_event *e)
{
	uint64_t boot = clock_now(CLOCK_REALTIME) - clock_now(CLOCK_BOOTTIME);

	return boot + p->start > e->time + TICK_NS;
}

static bool same_name(const struct proc *p, const struct khv_event *e)
{
	size_t n = strlen(p->comm);

	return n == e->comm.len && !memcmp(p->comm, e->comm.data, n);
}

static const struct proc *find(struct enricher *en, const struct khv_event *e,
			       uint64_t now, const char **state)
{
	uint32_t pid = e->tgid ? e->tgid : e->pid;
	/* A thread has a name of its own. */
	bool thread = e->tgid && e->tgid != e->pid;
	struct proc *p = cached(en, pid, now);

	if (p && !thread && !same_name(p, e))
		p = NULL;
	if (!p) {
		p = look(en, pid, now);
		if (p && started_after(p, e)) {
			p->looked = 0;
			p = NULL;
		}
	}
	*state = !p ? "gone" : thread || same_name(p, e) ? "seen" : "changed";
	return p;
}

static void find_parents(struct enricher *en, uint32_t pid, uint64_t now)
{
	struct extra *x = &en->extra;

	while (pid && x->nr_parents < PARENTS_MAX) {
		const struct proc *p = cached(en, pid, now);
		struct parent *to = &x->parents[x->nr_parents];

		if (!p)
			p = look(en, pid, now);
		if (!p)
			return;
		to->pid = pid;
		memcpy(to->comm, p->comm, sizeof(to->comm));
		x->nr_parents++;
		pid = p->parent;
	}
}

static const char *or_null(const char *s)
{
	return *s ? s : NULL;
}

static void find_out(struct enricher *en, const struct khv_event *e,
		     unsigned int what, uint64_t now)
{
	struct extra *x = &en->extra;
	const struct proc *p;
	uint32_t parent;

	x->user = x->group = x->unit = x->container = x->cgroup = NULL;
	x->task = NULL;
	x->nr_parents = 0;
	if ((what & ENRICH_USER) && KHV_HAS(e, KHV_E_UID))
		x->user = name_of(en, en->users, e->uid, now, user_name);
	if (!(e->tgid ? e->tgid : e->pid))
		return;
	p = find(en, e, now, &x->task);
	if (!p)
		return;
	parent = p->parent;
	if (what & ENRICH_PARENTS) {
		/* Looking for them may take the place of this one. */
		en->self = *p;
		p = &en->self;
	}
	if ((what & ENRICH_USER) && p->gid != UINT32_MAX)
		x->group = name_of(en, en->groups, p->gid, now, group_name);
	if (what & ENRICH_CGROUP) {
		x->cgroup = or_null(p->cgroup);
		x->unit = or_null(p->unit);
		x->container = or_null(p->container);
	}
	if (what & ENRICH_PARENTS)
		find_parents(en, parent, now);
}

const struct extra *enrich(struct enricher *en, const struct khv_event *e,
			   unsigned int what, uint64_t now)
{
	find_out(en, e, what, now);
	en->extra.version = en->version;
	return &en->extra;
}

// SPDX-License-Identifier: GPL-2.0
/* One event as a line for people, or as JSON. */
#include <string.h>
#include <time.h>
#include <json-c/json.h>
#include "event.h"

#define RESET "\033[0m"
#define DIM   "\033[2m"
#define BOLD  "\033[1m"

static const char *const colors[] = {
	[KHV_ALLOWED] = "\033[32m",	 [KHV_DENIED] = "\033[1;31m",
	[KHV_WOULD_DENY] = "\033[33m",	 [KHV_SHADOW_DENY] = "\033[35m",
	[KHV_SHADOW_ALLOW] = "\033[35m", [KHV_AUDITED] = "\033[36m",
};

const char *verdict_color(unsigned int verdict)
{
	return verdict < ARRAY_SIZE(colors) ? colors[verdict] : "";
}

static void show_json(struct hvctl *h, const struct item *e)
{
	struct json_object *o = e->json ? json_object_get(e->json) :
					  khv_event_json(e->event);

	json_line(h, o);
	json_object_put(o);
}

/* Events of another day than the one before: a line says so. */
static void show_day(struct hvctl *h, const struct tm *tm, const char *indent)
{
	static int shown_year, shown_day = -1;
	char text[32];
	time_t now;
	struct tm today;

	if (shown_day < 0) {
		now = time(NULL);
		localtime_r(&now, &today);
		shown_year = today.tm_year;
		shown_day = today.tm_yday;
	}
	if (shown_year == tm->tm_year && shown_day == tm->tm_yday)
		return;
	shown_year = tm->tm_year;
	shown_day = tm->tm_yday;
	strftime(text, sizeof(text), "%Y-%m-%d", tm);
	printf("%s-- %s --%s\n%s", h->color ? DIM : "", text,
	       h->color ? RESET : "", indent);
}

static void show_time(struct hvctl *h, uint64_t ns, const char *indent)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	show_day(h, &tm, indent);
	printf("%s%02d:%02d:%02d.%03u%s ", h->color ? DIM : "", tm.tm_hour,
	       tm.tm_min, tm.tm_sec, (unsigned int)(ns / 1000000 % 1000),
	       h->color ? RESET : "");
}

/* Safe for the terminal, in @color. */
static void part(struct hvctl *h, const char *color, const void *data,
		 size_t len)
{
	char buf[4096];

	khv_escape(buf, sizeof(buf), data, len, false);
	printf("%s%s%s", h->color ? color : "", buf, h->color ? RESET : "");
}

static void word(struct hvctl *h, const char *color, const char *s)
{
	part(h, color, s ? s : "-", s ? strlen(s) : 1);
	putchar(' ');
}

static void show_event(struct hvctl *h, const struct item *item)
{
	const struct khv_event *e = item->event;
	const char *found[] = { item_extra(item, "user"),
				item_extra(item, "container") };
	const char *rule = e->rule ? e->rule : "(no rule)";
	char name[16];

	word(h, verdict_color(e->verdict), khv_verdict_name(e->verdict));
	word(h, "", e->client);
	if (e->policy) {
		part(h, "\033[34m", e->policy, strlen(e->policy));
		if (e->domain && strcmp(e->domain, "main")) {
			fputs("//", stdout);
			part(h, "\033[34m", e->domain, strlen(e->domain));
		}
		putchar(' ');
	}
	part(h, BOLD, e->comm.data, e->comm.len);
	printf("[%u", e->tgid ? e->tgid : e->pid);
	for (int i = 0; i < 2; i++)
		if (found[i]) {
			putchar(' ');
			part(h, DIM, found[i], strlen(found[i]));
		}
	fputs("] ", stdout);
	word(h, "", e->type);
	word(h, "", e->verb);
	part(h, "\033[36m", e->object.data, e->object.len);
	putchar(' ');
	if (e->error)
		word(h, "\033[31m", khv_errno_name(e->error, name));
	putchar(' ');
	part(h, DIM, rule, strlen(rule));
}

static void show_lost(struct hvctl *h, const struct khv_event *e)
{
	printf("%s-- %llu events lost (cpu %u) --%s\n",
	       h->color ? "\033[1;31m" : "", (unsigned long long)e->lost,
	       e->cpu, h->color ? RESET : "");
}

void show_item(struct hvctl *h, const struct item *e, const char *indent)
{
	bool gap = e->event && !KHV_HAS(e->event, KHV_E_SEQ);

	if (h->json) {
		show_json(h, e);
		return;
	}
	fputs(indent, stdout);
	if (e->event && e->event->lost) {
		show_lost(h, e->event);
		if (gap)
			return;
		fputs(indent, stdout);
	}
	show_time(h, e->time, indent);
	if (e->event) {
		show_event(h, e);
	} else {
		word(h, strcmp(e->note, "LOST") ? BOLD : "\033[1;31m", e->note);
		part(h, "", e->text, strlen(e->text));
	}
	putchar('\n');
}

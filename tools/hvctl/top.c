// SPDX-License-Identifier: GPL-2.0
/* hvctl event top: the live view on a terminal. */
#define NCURSES_WIDECHAR 1
#include <langinfo.h>
#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "top.h"

#define FRAME_MS     250
#define CHART_HEIGHT 4
/* Columns of the last decisions, from the left, and of the rule, from the right. */
#define WHAT_COLUMN 42
#define RULE_WIDTH  28

enum { GREEN = 1, RED, YELLOW, MAGENTA, CYAN, BLUE };

struct view {
	struct top *top;
	const struct top_source *source;
	double begin;
	int by;
	bool help, ended, utf8;
	int y; /* next line */
};

static const int verdict_pairs[VERDICTS] = { GREEN,   RED,     YELLOW,
					     MAGENTA, MAGENTA, CYAN };

/* --- pieces ---------------------------------------------------------------------------- */

static void colored(int pair, int attr, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void colored(int pair, int attr, const char *fmt, ...)
{
	va_list ap;

	attron(COLOR_PAIR(pair) | attr);
	va_start(ap, fmt);
	vw_printw(stdscr, fmt, ap);
	va_end(ap);
	attroff(COLOR_PAIR(pair) | attr);
}

/* At most @width columns of it; a long one loses its middle, or its end. */
static void fitted(const char *s, int width, bool middle)
{
	int len = (int)strlen(s), half = (width - 1) / 2;

	if (width <= 0)
		return;
	if (len <= width)
		printw("%s", s);
	else if (middle && width > 8)
		printw("%.*s~%s", half, s, s + len - (width - 1 - half));
	else
		printw("%.*s", width, s);
}

static void next_line(struct view *v)
{
	clrtoeol();
	move(++v->y, 0);
}

static const char *grouped(uint64_t n, char buf[32])
{
	char digits[24];
	int len =
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	int at = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = 0;
	return buf;
}

/* --- the parts of the screen ------------------------------------------------------------- */

static void draw_head(struct view *v)
{
	static const char keys[] =
		"q end  p hold  g count by  d denials  c clear  h help ";
	unsigned int up = (unsigned int)(now() - v->begin);
	time_t seconds = time(NULL);
	struct tm tm;

	localtime_r(&seconds, &tm);
	move(v->y, 0);
	attron(A_REVERSE);
	hline(' ', COLS);
	printw(" khv %s  %02d:%02d:%02d  %u:%02u:%02u%s%s", v->source->title,
	       tm.tm_hour, tm.tm_min, tm.tm_sec, up / 3600, up / 60 % 60,
	       up % 60, v->top->held ? "  held" : "", v->ended ? "  end" : "");
	if (COLS > 100)
		mvprintw(v->y, COLS - (int)strlen(keys), "%s", keys);
	attroff(A_REVERSE);
	move(++v->y, 0);
}

static void draw_sums(struct view *v)
{
	const struct top *t = v->top;
	uint64_t last =
		t->newest ? t->second[(t->newest - 1) % SECONDS_MAX].all : 0;
	char buf[32];

	colored(0, A_BOLD, " %s", grouped(last, buf));
	printw(" events/s   ");
	colored(0, A_BOLD, "%s", grouped(t->events, buf));
	printw(" in all   ");
	for (unsigned int i = 0; i < VERDICTS; i++) {
		if (!t->verdict[i])
			continue;
		colored(verdict_pairs[i], A_BOLD, "%s", khv_verdict_name(i));
		printw(" %s   ", grouped(t->verdict[i], buf));
	}
	if (t->lost)
		colored(RED, A_BOLD | A_REVERSE, " lost %s ",
			grouped(t->lost, buf));
	else
		colored(0, A_DIM, "lost 0");
	next_line(v);
}

/* Eighths of a line; without UTF-8 halves. */
static const char *block(struct view *v, int eighths)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█" };

	if (eighths < 0)
		eighths = 0;
	if (eighths > 8)
		eighths = 8;
	return v->utf8	   ? blocks[eighths] :
	       eighths > 4 ? "#" :
	       eighths	   ? "." :
			     " ";
}

/* One column a second, denials below in red. */
static void draw_chart(struct view *v)
{
	const struct top *t = v->top;
	int width = COLS - 12 < SECONDS_MAX - 1 ? COLS - 12 : SECONDS_MAX - 1;
	uint32_t most = 8;
	char buf[32];

	for (int i = 0; i < width; i++) {
		uint64_t s = t->newest - (uint64_t)(width - 1 - i);

		if (t->second[s % SECONDS_MAX].all > most)
			most = t->second[s % SECONDS_MAX].all;
	}
	for (int row = CHART_HEIGHT - 1; row >= 0; row--) {
		printw("%10s ", row == CHART_HEIGHT - 1 ? grouped(most, buf) :
				!row			? "0" :
							  "");
		for (int i = 0; i < width; i++) {
			uint64_t s = t->newest - (uint64_t)(width - 1 - i);
			uint64_t all = t->second[s % SECONDS_MAX].all;
			uint64_t bad = t->second[s % SECONDS_MAX].denied;
			int high = (int)((all * CHART_HEIGHT * 8 + most - 1) /
					 most);
			int red = (int)((bad * CHART_HEIGHT * 8 + most - 1) /
					most);
			int pair = red > row * 8 ? RED : GREEN;

			colored(pair, 0, "%s", block(v, high - row * 8));
		}
		next_line(v);
	}
}

static void draw_row(const struct row *r, uint64_t most, int x, int y,
		     int width)
{
	char buf[32];
	int bar = most ? (int)(r->count * 8 / most) : 0;
	int red = most ? (int)(r->denied * 8 / most) : 0;

	move(y, x);
	printw("%9s ", grouped(r->count, buf));
	for (int i = 0; i < 8; i++) {
		int pair = i < red ? RED : i < bar ? GREEN : 0;

		colored(pair, pair ? A_REVERSE : 0, " ");
	}
	addch(' ');
	fitted(r->key, width - 20, true);
}

static void draw_ranking(struct view *v, enum by by, int x, int width,
			 int height)
{
	const struct row *rows[ROWS_MAX];
	unsigned int n = top_rank(v->top, by, rows,
				  height > 1 ? (unsigned int)height - 1 : 0);

	move(v->y, x);
	colored(0, A_BOLD | A_UNDERLINE, "%9s %s", "events", by_name(by));
	for (unsigned int i = 0; i < n; i++)
		draw_row(rows[i], rows[0]->count, x, v->y + 1 + (int)i, width);
}

static void draw_rankings(struct view *v, int height)
{
	bool two = COLS >= 90;
	int width = two ? COLS / 2 : COLS;
	unsigned int rows = v->top->by[v->by].used;
	unsigned int other = two ? v->top->by[(v->by + 1) % NR_BY].used : 0;

	/* What they do not need the last decisions have. */
	if (other > rows)
		rows = other;
	if (height < LINES - v->y && rows + 2 < (unsigned int)height)
		height = (int)rows + 2;
	draw_ranking(v, (enum by)v->by, 0, width, height);
	if (two)
		draw_ranking(v, (enum by)((v->by + 1) % NR_BY), width, width,
			     height);
	v->y += height;
	move(v->y, 0);
}

static void draw_recent_one(struct view *v, const struct recent *r)
{
	time_t seconds = (time_t)(r->time / 1000000000);
	/* Which line of which policy said so: if there is room for it. */
	int end = COLS >= 100 ? COLS - RULE_WIDTH : COLS;
	struct tm tm;

	localtime_r(&seconds, &tm);
	colored(0, A_DIM, " %02d:%02d:%02d.%03u ", tm.tm_hour, tm.tm_min,
		tm.tm_sec, (unsigned int)(r->time / 1000000 % 1000));
	colored(r->verdict < VERDICTS ? verdict_pairs[r->verdict] : 0, A_BOLD,
		"%-10s ", khv_verdict_name(r->verdict));
	fitted(r->who, WHAT_COLUMN - 26, true);
	move(v->y, WHAT_COLUMN);
	fitted(r->what, end - WHAT_COLUMN - 1, true);
	if (end == COLS)
		return;
	move(v->y, end);
	attron(A_DIM);
	fitted(r->rule, RULE_WIDTH - 1, true);
	attroff(A_DIM);
}

static void draw_recent(struct view *v)
{
	colored(0, A_BOLD | A_UNDERLINE, "     time    last decisions");
	if (COLS >= 100) {
		move(v->y, COLS - RULE_WIDTH);
		colored(0, A_BOLD | A_UNDERLINE, "by");
	}
	next_line(v);
	for (int i = 0; i < RECENT_MAX && v->y < LINES; i++) {
		if (!v->top->recent[i].time)
			break;
		draw_recent_one(v, &v->top->recent[i]);
		next_line(v);
	}
}

static void draw_help(struct view *v)
{
	static const char *const lines[] = {
		"q, Esc   end",
		"p, Space hold the list of last decisions",
		"g, Tab   count by programs, objects, rules, policies, verbs, processes",
		"d        count and list only what was denied, or would have been",
		"c        forget what was",
		"h, ?     this",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		next_line(v);
		printw("    %s", lines[i]);
	}
}

static void draw(struct view *v)
{
	int room;

	erase();
	v->y = 0;
	draw_head(v);
	draw_sums(v);
	if (v->help) {
		draw_help(v);
		refresh();
		return;
	}
	if (LINES >= 16)
		draw_chart(v);
	next_line(v);
	room = LINES - v->y;
	draw_rankings(v, room > 8 ? room / 2 : room);
	if (room > 8)
		draw_recent(v);
	refresh();
}

/* --- keys and time -------------------------------------------------------------------------- */

/* false: the user has enough. */
static bool take_key(struct view *v, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
	case 27:
		return false;
	case 'p':
	case ' ':
		v->top->held = !v->top->held;
		break;
	case 'g':
	case '\t':
		v->by = (v->by + 1) % NR_BY;
		break;
	case 'd':
		v->top->denials_only = !v->top->denials_only;
		top_clear(v->top);
		break;
	case 'c':
		top_clear(v->top);
		break;
	case 'h':
	case '?':
		v->help = !v->help;
		break;
	}
	return true;
}

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void loop(struct view *v)
{
	struct pollfd p[] = { { .fd = STDIN_FILENO, .events = POLLIN },
			      { .fd = v->source->fd, .events = POLLIN } };
	double next = 0;
	int key;

	while (!interrupted) {
		if (!v->ended && !v->source->read(v->top, v->source->arg)) {
			v->ended = true;
			p[1].fd = -1;
		}
		while ((key = getch()) != ERR)
			if (!take_key(v, key))
				return;
		if (now() >= next) {
			/* A replay has a time of its own. */
			if (p[1].fd >= 0)
				top_second(v->top, (uint64_t)time(NULL));
			draw(v);
			next = now() + FRAME_MS / 1000.0;
		}
		poll(p, 2, v->source->fd < 0 ? 20 : FRAME_MS);
		/* Nobody is left to look. */
		if (p[0].revents & (POLLHUP | POLLERR))
			return;
	}
}

static void set_up_screen(struct hvctl *h)
{
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	start_color();
	use_default_colors();
	for (short i = GREEN; i <= BLUE; i++)
		init_pair(i, -1, -1);
	if (!h->color)
		return;
	init_pair(GREEN, COLOR_GREEN, -1);
	init_pair(RED, COLOR_RED, -1);
	init_pair(YELLOW, COLOR_YELLOW, -1);
	init_pair(MAGENTA, COLOR_MAGENTA, -1);
	init_pair(CYAN, COLOR_CYAN, -1);
	init_pair(BLUE, COLOR_BLUE, -1);
}

int run_top(struct hvctl *h, const struct top_source *s)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct view v = { .source = s, .begin = now() };
	SCREEN *screen;

	h->streaming = true;
	if (h->json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return fail(h, HV_USAGE,
			    "for a file or a pipe: hvctl event tail",
			    "the live view needs a terminal");
	v.top = calloc(1, sizeof(*v.top));
	screen = newterm(NULL, stdout, stdin);
	if (!v.top || !screen) {
		free(v.top);
		return fail(h, HV_FAILED, "set TERM, for example to vt100",
			    "the terminal is not known");
	}
	v.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	set_up_screen(h);
	loop(&v);
	endwin();
	delscreen(screen);
	free(v.top);
	return HV_OK;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of policies have in common. */
#ifndef POLICY_TEST_H
#define POLICY_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <khv/policy.h>

/* Steps that lookups have made; the engine is built with KHV_ENGINE_COUNT. */
unsigned long khv_engine_count;

static const struct khv_policy_options no_fs = { .flags = KHV_POLICY_NO_FS };

/* Compile text that has no faults. */
__attribute__((unused)) static struct khv_policy *compiled(const char *text)
{
	struct khv_policy *p;
	size_t i;

	if (!khv_policy_compile_text("test.hv", text, strlen(text), &no_fs, &p))
		return p;
	for (i = 0; i < khv_policy_nr_messages(p); i++) {
		const struct khv_policy_message *m = khv_policy_message(p, i);

		print_error("%s:%u:%u: %s\n", m->file, m->line, m->column,
			    m->text);
	}
	fail_msg("the policy has faults");
	return NULL;
}

/* A generator with a seed: what fails once fails again. */
static uint64_t random_state = 88172645463325252ull;

__attribute__((unused)) static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 32) % below;
}

/* Every kind of lookup in one domain, with results that are looked at. */
__attribute__((unused)) static uint32_t
ask_everything(const struct khv_engine *e, uint16_t domain)
{
	static const char *const paths[] = {
		"/",
		"/etc",
		"/etc/passwd",
		"/srv/www/a/.git/x",
		"/a/b/c/d/e/f",
		"/home/ann/.ssh/id",
		"@memfd:x/y",
		"@anon",
		"x",
		"/usr/bin/perl",
		"/n/1/bx/d/e/yx/bz/c/f",
		"/srv/a/b/c",
		"/longer-than-eight-bytes/and-some-more-of-them/x",
	};
	static const char *const facilities[] = {
		"capability:net_admin",
		"capability:chown",
		"capability:",
		"exec-memory",
		"module",
		"io_uring:sqpoll",
		"descriptor:kvm-vm",
		"x:y/z",
		":",
		"",
	};
	struct khv_subject s = { .uid = 1000, .gid = 50 };
	static const char *const programs[] = { "/usr/bin/x", "/opt/y/x1", NULL,
						"@memfd:x" };
	struct khv_process p = { .pid = 7 };
	struct khv_sockaddr a = { .port = 443, .proto = 6 };
	struct khv_decision d;
	uint32_t sum = 0, rule, i, n;
	uint16_t other;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		n = strlen(paths[i]);
		khv_engine_file(e, domain, &s, paths[i], n, 0x7ffff, &d);
		sum += d.denied + d.rule + d.effects + d.error;
		sum += khv_engine_has_below(e, domain, paths[i], n);
		if (khv_engine_transition(e, domain, &s, paths[i], n, &other,
					  &rule))
			sum += other + rule;
		if (khv_engine_attach(e, paths[i], n, &other, &rule))
			sum += strlen(khv_engine_domain_name(e, other));
		a.family = 1;
		a.path = paths[i];
		a.path_len = n;
		for (a.abstract = 0;; a.abstract = 1) {
			khv_engine_socket(e, domain, &s, &a, 0xff, &d);
			sum += d.denied + d.rule;
			if (a.abstract)
				break;
		}
	}
	for (i = 0; i < 16; i++) {
		a.family = i % 2 ? 2 : 10;
		a.addr[i % 16] = i * 37;
		a.port = i * 997;
		khv_engine_socket(e, domain, &s, &a, 0xff, &d);
		sum += d.denied + d.rule;
	}
	a.family = 17;
	khv_engine_socket(e, domain, &s, &a, KHV_S_CREATE, &d);
	for (i = 0; i < 32; i++) {
		p.exe = programs[i / 8];
		p.exe_len = p.exe ? strlen(p.exe) : 0;
		p.self = i & 1;
		p.descendant = i & 2;
		p.same_policy = i & 4;
		khv_engine_process(e, domain, &s, &p, 0x3f, &d);
		sum += d.denied + d.rule;
	}
	for (i = 0; i < sizeof(facilities) / sizeof(facilities[0]); i++) {
		khv_engine_kernel(e, domain, &s, facilities[i],
				  strlen(facilities[i]), &d);
		sum += d.denied + d.rule + d.effects + d.error;
	}
	if (khv_engine_refuse(e, &s, &rule))
		sum += rule;
	for (i = 0; i < khv_engine_nr_rules(e) && i < 1000; i++) {
		sum += strlen(khv_engine_rule_text(e, i));
		sum += strlen(khv_engine_rule_file(e, i));
		sum += khv_engine_rule_line(e, i) + khv_engine_rule_kind(e, i);
		sum += (unsigned long)khv_engine_rule_error(e, i);
		sum += khv_engine_rule_domain(e, i);
		if (khv_engine_rule_why(e, i))
			sum += strlen(khv_engine_rule_why(e, i));
		if (khv_engine_rule_tag(e, i))
			sum += strlen(khv_engine_rule_tag(e, i));
	}
	for (i = 0; i < khv_engine_nr_domains(e); i++)
		sum += strlen(khv_engine_domain_name(e, i));
	sum += strlen(khv_engine_name(e)) + khv_engine_mode(e);
	for (i = 0; i <= KHV_NR_TYPES; i++)
		sum += khv_engine_governed_verbs(e, i) +
		       khv_engine_named_verbs(e, i) +
		       khv_engine_gap_verbs(e, i);
	return sum;
}

/* A little of everything the blob can hold. */
#define EVERYTHING                                                              \
	"version 1\npolicy all\nattach /usr/bin/x\nattach /opt/** -> two\n"     \
	"refuse user=7 why=\"no\"\nrefuse group=8\n"                            \
	"file /etc read\nfile /etc/passwd none errno=ENOENT audit tag=pw\n"     \
	"file /usr/bin/p* exec -> two\nfile /srv/**/.git none\n"                \
	"file /a/*/c read\nfile /a/b/?/d +exec\nfile /a none exact\n"           \
	"file /home/ann read user=1000\nfile /home/bob write group=50\n"        \
	"file @memfd read\nfile @memfd:x* mmap\n"                               \
	"socket any:443/tcp connect\nsocket 10.0.0.0/8:1-99 bind\n"             \
	"socket [2001:db8::]/32 all\nsocket unix:/run/* connect\n"              \
	"socket unix:@x* connect\nsocket family:packet create\n"                \
	"process self all\nprocess exe:/usr/bin read\nprocess domain:two all\n" \
	"process 7 signal user=1000\nkernel any none\n"                         \
	"kernel capability use user=1000\nkernel capability:chown none\n"       \
	"kernel io_uring:sqpoll -use\nkernel descriptor:kvm-vm use audit\n"     \
	"admin user=1 group=2\nrole web user:3,group:4\n"                       \
	"file /r read role=web limit=9/s log=allow\n"                           \
	"file /dev/tty ioctl(1,5-9) kill until=2199-01-01\n"                    \
	"process any signal(hup,term)\n"                                        \
	"socket 10.9.0.0/16:22/tcp accept from=10.0.0.0/8\n"                    \
	"process exe:/opt/**/x* -peek until=boot\nprocess exe:/opt info\n"      \
	"file /n/**/b?/**/c read\nfile /n/**/d/**/e/*x/**/f none\n"             \
	"file /o read user!=5 group!=50\nattach /n/**/b/**/c\n"                 \
	"[domain two]\ninherit parent\n"                                        \
	"file /etc none\ndefault file stat\ndefault kernel all\n"

#endif

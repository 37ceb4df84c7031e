// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any text, compiled; what compiles is asked and read back. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <khv/policy.h>

/* Steps of lookups, which nobody looks at here. */
unsigned long khv_engine_count;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* No file of this machine is read: includes find nothing. */
	static const struct khv_policy_options o = {
		.flags = KHV_POLICY_NO_FS | KHV_POLICY_LINT,
		.passwd = "/dev/null",
		.group = "/dev/null",
	};
	/* At the start of a message: behind it stands what the fuzzer wrote. */
	static const char refused[] =
		"the compiler made a blob that the engine refuses";
	const char *file, *text;
	struct khv_rule_info info;
	struct khv_decision d;
	struct khv_policy *p;
	size_t i, len;
	int result;

	result = khv_policy_compile_text("fuzz.hv", (const char *)data, size,
					 &o, &p);
	if (!p)
		abort();
	for (i = 0; i < khv_policy_nr_messages(p); i++) {
		const struct khv_policy_message *m = khv_policy_message(p, i);

		/* The compiler must make nothing that the engine refuses. */
		if (!m->text[0] ||
		    !strncmp(m->text, refused, sizeof(refused) - 1))
			abort();
	}
	/* The control of fuzz.t: a find must be noticed. */
	if (!result && getenv("KHV_FUZZ_CONTROL"))
		abort();
	if (!result) {
		for (i = 0; !khv_policy_rule(p, i, &info); i++)
			;
		if (khv_policy_source(p, 0, &file, &text, &len) ||
		    len != size || memcmp(text, data, size))
			abort();
		khv_policy_test(p, NULL, NULL, "file", "/a/b/c", "read", &d,
				NULL, 0);
		khv_policy_test(p, NULL, NULL, "socket", "10.0.0.1:80/tcp",
				"connect", &d, NULL, 0);
		khv_policy_test(p, NULL, NULL, "process", "self", "signal", &d,
				NULL, 0);
		khv_policy_test(p, NULL, NULL, "kernel", "capability:chown",
				"use", &d, NULL, 0);
	}
	khv_policy_free(p);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Write the compiled form of policies, as seeds: fuzz-seeds FOLDER FILE... */
#include "policy.h"

int main(int argc, char **argv)
{
	struct khv_policy_options o = {
		.flags = KHV_POLICY_NO_FS | KHV_POLICY_NO_TESTS,
	};
	int i;

	for (i = 2; i < argc; i++) {
		const void *blob = NULL;
		struct khv_policy *p;
		char path[4096];
		size_t size = 0;
		FILE *file;

		if (!khv_policy_compile_file(argv[i], &o, &p))
			blob = khv_policy_blob(p, &size);
		snprintf(path, sizeof(path), "%s/seed-%d", argv[1], i);
		file = blob ? fopen(path, "w") : NULL;
		if (file) {
			fwrite(blob, 1, size, file);
			fclose(file);
		}
		khv_policy_free(p);
	}
	return 0;
}

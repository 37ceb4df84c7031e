/* SPDX-License-Identifier: LGPL-2.1 */
/*
 * libkhv: policies. Compile a rule file to the blob that the kernel takes, ask
 * it questions without loading it, and read back what it was made of.
 *
 * A policy object is not changed after it was made, so any number of threads
 * may test it. Every string handed out belongs to the policy object and lives
 * until khv_policy_free().
 */
#ifndef _KHV_POLICY_H
#define _KHV_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <khv/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct khv_policy;

/**
 * enum khv_severity - what a message means for the policy
 * @KHV_MSG_ERROR: the text is not a policy; there is no blob
 * @KHV_MSG_TEST: an `expect` line does not hold; there is no blob
 * @KHV_MSG_WARNING: the policy loads, but a line probably does not do what its
 *	author wants (a path through a symbolic link, a rule that cannot apply)
 * @KHV_MSG_LINT: style and doubles; only with KHV_POLICY_LINT
 */
enum khv_severity {
	KHV_MSG_ERROR,
	KHV_MSG_TEST,
	KHV_MSG_WARNING,
	KHV_MSG_LINT,
};

/**
 * struct khv_policy_message - one finding of the compiler
 * @severity: enum khv_severity
 * @file: as it was opened, or the name given to khv_policy_compile_text()
 * @line: counted from 1; 0 if the message concerns the whole file
 * @column: counted from 1, in bytes; 0 if the message concerns the whole line
 * @text: without file, line and newline
 */
struct khv_policy_message {
	enum khv_severity severity;
	const char *file;
	unsigned int line;
	unsigned int column;
	const char *text;
};

/**
 * enum khv_policy_flags - how to compile
 * @KHV_POLICY_NO_FS: do not look at this machine's file system (no warnings
 *	about symbolic links); the answer depends on the text alone
 * @KHV_POLICY_LINT: also report style and doubles as KHV_MSG_LINT
 * @KHV_POLICY_LINT_PATHS: also report paths that do not exist here
 * @KHV_POLICY_NO_TESTS: do not run the `expect` lines
 */
enum khv_policy_flags {
	KHV_POLICY_NO_FS = 1 << 0,
	KHV_POLICY_LINT = 1 << 1,
	KHV_POLICY_LINT_PATHS = 1 << 2,
	KHV_POLICY_NO_TESTS = 1 << 3,
};

/**
 * struct khv_policy_options - how to compile; all zero is the default
 * @flags: enum khv_policy_flags
 * @include: NULL-terminated list of folders searched first for <name>; then
 *	come $KHV_INCLUDE (colon-separated), the folder include/ beside the policy
 *	file, /etc/khv/include, /usr/local/share/khv/include and
 *	/usr/share/khv/include
 * @passwd: file in the format of passwd(5) to take accounts from, NULL for the
 *	account database of this machine
 * @group: the same for groups
 * @max_errors: stop after so many errors, 0 for 20
 * @now: the time for lines with until=, in seconds since the epoch; 0: the clock
 * @boot: when the machine was started, for lines with until=boot; 0: as it says.
 *	Such a line ends where its file was not changed since then; a text in memory
 *	counts as changed now.
 * @sources: take includes from what this policy was made of, not from the file
 *	system; NULL: as above. A policy in force can so be compiled again, with a
 *	change, where its files are gone.
 */
struct khv_policy_options {
	unsigned int flags;
	const char *const *include;
	const char *passwd;
	const char *group;
	unsigned int max_errors;
	unsigned long long now;
	unsigned long long boot;
	const struct khv_policy *sources;
};

/**
 * khv_policy_compile_file() - compile a rule file
 * @path: file; its name without "NN-" and ".hv" is the default policy name
 * @options: NULL for the defaults
 * @policy: receives the policy, also on failure (it holds the messages), unless
 *	memory ran out; free it with khv_policy_free() in any case
 *
 * Return: 0; -EINVAL if there are errors; -ECANCELED if the only fault is that
 * `expect` lines do not hold; -ENOMEM; or the error of opening the file, which
 * is a message as well.
 */
int khv_policy_compile_file(const char *path,
			    const struct khv_policy_options *options,
			    struct khv_policy **policy);

/**
 * khv_policy_compile_text() - compile text in memory
 * @name: stands for the file name in messages and gives the default policy name
 * @text: any bytes
 * @len: bytes of @text
 * @options: NULL for the defaults
 * @policy: as for khv_policy_compile_file()
 *
 * Return: as khv_policy_compile_file().
 */
int khv_policy_compile_text(const char *name, const char *text, size_t len,
			    const struct khv_policy_options *options,
			    struct khv_policy **policy);

/**
 * khv_policy_open_blob() - take a compiled policy, e.g. one read from the kernel
 * @blob: copied
 * @size: bytes
 * @policy: receives the policy; set on failure too, with one message
 *
 * Return: 0, -EINVAL, -EPROTONOSUPPORT (made by another version), -ENOMEM.
 */
int khv_policy_open_blob(const void *blob, size_t size,
			 struct khv_policy **policy);

/** khv_policy_free() - @policy may be NULL */
void khv_policy_free(struct khv_policy *policy);

/* NULL if the policy has errors. */
const void *khv_policy_blob(const struct khv_policy *policy, size_t *size);
/* For all khv_engine_*() functions; NULL if the policy has errors. */
const struct khv_engine *khv_policy_engine(const struct khv_policy *policy);

/* Messages in order of file and line; those of the whole policy come first. */
size_t khv_policy_nr_messages(const struct khv_policy *policy);
const struct khv_policy_message *
khv_policy_message(const struct khv_policy *policy, size_t i);
/* "error", "test", "warning", "lint" */
const char *khv_severity_name(enum khv_severity severity);

/* `expect` lines that were run, and how many of them do not hold. */
size_t khv_policy_nr_tests(const struct khv_policy *policy);
size_t khv_policy_nr_failed(const struct khv_policy *policy);

/**
 * khv_policy_test() - what would the kernel answer?
 * @policy: without errors
 * @domain: name of the subject's domain, NULL for "main"
 * @subject: who asks, NULL for root
 * @type: "file", "socket", "process", "kernel"
 * @ident: one object, written as in rules: "/etc/passwd" (normalised here
 *	without looking at the file system), "@memfd:x"; "10.0.0.5:443/tcp",
 *	"[2001:db8::1]:53/udp", "unix:/run/x", "unix:@name", "family:netlink";
 *	"self", "descendants", "any" (an unrelated process), "4711",
 *	"exe:/usr/bin/x", "domain:cgi", "user:ann"
 * @verb: one or more verbs, "open-write" or "connect/send". As in `expect`, the
 *	word read on a file asks for open, write for open-write.
 * @decision: the answer of the engine for all verbs together
 * @error: receives a text if the question is malformed; may be NULL
 * @error_size: bytes at @error
 *
 * Return: 0 if @decision is valid, -EINVAL if the question makes no sense,
 * -ENOENT if there is no such domain.
 */
int khv_policy_test(const struct khv_policy *policy, const char *domain,
		    const struct khv_subject *subject, const char *type,
		    const char *ident, const char *verb,
		    struct khv_decision *decision, char *error,
		    size_t error_size);

/**
 * enum khv_rule_kind - what a line does; the first ones equal enum khv_type
 */
enum khv_rule_kind {
	KHV_RULE_FILE,
	KHV_RULE_SOCKET,
	KHV_RULE_PROCESS,
	KHV_RULE_KERNEL,
	KHV_RULE_ATTACH,
	KHV_RULE_REFUSE,
};

/**
 * struct khv_rule_info - a line of the policy that can decide something
 * @kind: enum khv_rule_kind
 * @domain: name of the domain it stands in
 * @file: source file as it was opened
 * @line: in that file, from 1
 * @text: the line as written, without leading blanks
 * @type: first column ("file", ..., "attach", "refuse")
 * @ident: second column as written, with quotes if it had any
 * @perms: third column; "" for attach and refuse
 * @options: what stands right of the third column, as written, "" if nothing
 * @why: text of why=, or NULL
 * @tag: word of tag=, or NULL
 */
struct khv_rule_info {
	enum khv_rule_kind kind;
	const char *domain;
	const char *file;
	unsigned int line;
	const char *text;
	const char *type;
	const char *ident;
	const char *perms;
	const char *options;
	const char *why;
	const char *tag;
};

/**
 * khv_policy_rule() - describe a line, for lists
 * @policy: without errors
 * @rule: below khv_engine_nr_rules(); what struct khv_decision calls rule
 * @info: to be filled
 *
 * Return: 0 or -ENOENT.
 */
int khv_policy_rule(const struct khv_policy *policy, u32 rule,
		    struct khv_rule_info *info);

/**
 * enum khv_difference_kind - what has changed
 * @KHV_DIFF_ALLOWED: verbs are granted that were not
 * @KHV_DIFF_DENIED: verbs are no longer granted
 * @KHV_DIFF_OPTION: the same answer, with other effects
 * @KHV_DIFF_POLICY: of the policy as a whole, or of a domain
 */
enum khv_difference_kind {
	KHV_DIFF_ALLOWED,
	KHV_DIFF_DENIED,
	KHV_DIFF_OPTION,
	KHV_DIFF_POLICY,
};

/**
 * struct khv_difference - one difference between two policies
 * @kind: enum khv_difference_kind
 * @domain: NULL: of the policy as a whole
 * @type: "file"; NULL for KHV_DIFF_POLICY, as @object
 * @object: as rules name it, or "below /srv", "what no rule covers"
 * @who: NULL: everybody; else the user or group of a condition
 * @text: verbs with "/", or a sentence
 * @rule: the lines that decide, first the old one; KHV_NO_RULE: none
 */
struct khv_difference {
	enum khv_difference_kind kind;
	const char *domain;
	const char *type;
	const char *object;
	const char *who;
	const char *text;
	u32 rule[2];
};

typedef void khv_difference_fn(const struct khv_difference *difference,
			       void *arg);

/**
 * khv_policy_diff() - what changes if one policy takes the place of another
 * @from: without errors
 * @to: without errors
 * @fn: called for each difference, by domain, type and object; what it is given
 *	is gone when it returns
 * @arg: for @fn
 *
 * Both are asked about every object that a rule of either names, for everybody and
 * for the users and groups of conditions (16 at most).
 *
 * Return: number of differences, -EINVAL, -ENOMEM.
 */
long khv_policy_diff(const struct khv_policy *from, const struct khv_policy *to,
		     khv_difference_fn *fn, void *arg);

/* Source files: 0 is the policy itself, the others what it includes. */
size_t khv_policy_nr_sources(const struct khv_policy *policy);

/**
 * khv_policy_source() - text of a source file, as it was compiled
 * @policy: without errors
 * @i: below khv_policy_nr_sources()
 * @file: receives its name
 * @text: receives the text, byte for byte, and a terminating NUL
 * @len: receives the bytes of the text
 *
 * Return: 0 or -ENOENT.
 */
int khv_policy_source(const struct khv_policy *policy, size_t i,
		      const char **file, const char **text, size_t *len);

#ifdef __cplusplus
}
#endif

#endif /* _KHV_POLICY_H */

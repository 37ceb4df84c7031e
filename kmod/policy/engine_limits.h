/* SPDX-License-Identifier: (GPL-2.0 OR LGPL-2.1) */
/*
 * What bounds the cost of one lookup and the size of a blob. The compiler
 * refuses policies beyond these limits; khv_engine_open() refuses blobs.
 */
#ifndef _KHV_ENGINE_LIMITS_H
#define _KHV_ENGINE_LIMITS_H

/* Bytes of a path component, literal or pattern; that of the file systems. */
#define KHV_MAX_COMPONENT	255
/* Patterns among the children of one directory. */
#define KHV_MAX_PATTERNS	255
/*
 * Nodes that can match one object at one depth, whatever its name is. Only
 * patterns that overlap count together. Two arrays of so many u32 are on the
 * stack of a lookup that meets a pattern.
 */
#define KHV_MAX_WIDTH		64
/* How far before a node the one may be whose table of ports it has, too. */
#define KHV_MAX_PORT_SHARE	4
/* Rules that name the same identifier, after expansion. */
#define KHV_MAX_ENTRIES		255
/* Process rules, and family: rules, of one domain. */
#define KHV_MAX_ITEMS		256
/* Refuse lines. */
#define KHV_MAX_REFUSE		256
/* Users and groups of one role, and of all admin lines. */
#define KHV_MAX_MEMBERS		256
/* Ranges of numbers in one pair of ( ). */
#define KHV_MAX_RANGES		256
/* Different limit= lines: every task that enters the policy gets memory for them. */
#define KHV_MAX_LIMITS		32
/* Slots of the hash table that are looked at before "not there". */
#define KHV_MAX_PROBES		64
#define KHV_MAX_NODES		(1u << 24)
#define KHV_MAX_DOMAINS		256
#define KHV_MAX_SOURCES		1024
/* How deep domains may inherit from each other. */
#define KHV_MAX_INHERIT		3

#endif /* _KHV_ENGINE_LIMITS_H */

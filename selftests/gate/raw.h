/* SPDX-License-Identifier: GPL-2.0 */
/* Raw system calls by each way into the kernel, without libc in between. */
#ifndef KHV_GATE_RAW_H
#define KHV_GATE_RAW_H

#define RAW_X32 0x40000000

/**
 * struct raw - arguments of a raw call
 * @arg: before it
 * @seen: what the registers hold after it
 */
struct raw {
	long arg[6];
	long seen[6];
};

/* The syscall instruction; 64-bit, or x32 with RAW_X32 in @nr. */
static inline long raw64(struct raw *r, long nr)
{
	register long r10 asm("r10") = r->arg[3];
	register long r8 asm("r8") = r->arg[4];
	register long r9 asm("r9") = r->arg[5];
	long ret = nr, di = r->arg[0], si = r->arg[1], dx = r->arg[2];

	asm volatile("syscall"
		     : "+a"(ret), "+D"(di), "+S"(si), "+d"(dx), "+r"(r10),
		       "+r"(r8), "+r"(r9)
		     :
		     : "rcx", "r11", "memory");
	r->seen[0] = di;
	r->seen[1] = si;
	r->seen[2] = dx;
	r->seen[3] = r10;
	r->seen[4] = r8;
	r->seen[5] = r9;
	return ret;
}

/* int 0x80, 32-bit. Five arguments are enough; rbp would need care. */
static inline long raw32(struct raw *r, long nr)
{
	long ret = nr, bx = r->arg[0], cx = r->arg[1], dx = r->arg[2],
	     si = r->arg[3], di = r->arg[4];

	asm volatile("int $0x80"
		     : "+a"(ret), "+b"(bx), "+c"(cx), "+d"(dx), "+S"(si),
		       "+D"(di)
		     :
		     : "memory", "r8", "r9", "r10", "r11");
	r->seen[0] = bx;
	r->seen[1] = cx;
	r->seen[2] = dx;
	r->seen[3] = si;
	r->seen[4] = di;
	r->seen[5] = r->arg[5];
	return (int)ret;
}

#endif /* KHV_GATE_RAW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory: all of it aligned as the kernel's largest.
 */
#ifndef TPW_SHIM_MEMORY_H
#define TPW_SHIM_MEMORY_H

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_ZERO		0
#define PAGE_ALIGN(n)		(((n) + 4095) & ~(size_t)4095)

static inline void *shim_zalloc(size_t bytes)
{
	size_t whole = (bytes + 63) & ~(size_t)63;
	void *p = aligned_alloc(64, whole);

	return p ? memset(p, 0, whole) : NULL;
}

#define kzalloc(bytes, gfp)		shim_zalloc(bytes)
#define kvzalloc(bytes, gfp)		shim_zalloc(bytes)
#define kcalloc(nr, bytes, gfp)		shim_zalloc((size_t)(nr) * (bytes))
#define kvmalloc_node(bytes, gfp, node)	shim_zalloc(bytes)
#define kvmalloc_array(nr, bytes, gfp)	shim_zalloc((size_t)(nr) * (bytes))
#define vzalloc(bytes)			shim_zalloc(bytes)
#define vzalloc_node(bytes, node)	shim_zalloc(bytes)
#define kfree(p)			free((void *)(p))
#define kvfree(p)			free((void *)(p))
#define vfree(p)			free((void *)(p))

#endif

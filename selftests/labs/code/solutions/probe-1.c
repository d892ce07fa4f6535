// SPDX-License-Identifier: GPL-2.0
/* One atomic counter, which a parameter of our own kind reads. */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static atomic_long_t finds;

static int finds_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(&finds));
}

static const struct kernel_param_ops finds_ops = { .get = finds_get };
module_param_cb(finds, &finds_ops, NULL, 0444);

static int returned(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (regs_return_value(regs))
		atomic_long_inc(&finds);
	return 0;
}

static struct kretprobe probe = {
	.handler = returned,
	.maxactive = 64,
	.kp.symbol_name = "__inet_lookup_established",
};

static int __init finds_init(void)
{
	return register_kretprobe(&probe);
}
module_init(finds_init);

static void __exit finds_exit(void)
{
	unregister_kretprobe(&probe);
}
module_exit(finds_exit);

MODULE_DESCRIPTION("Counts finds in the established table");
MODULE_LICENSE("GPL");

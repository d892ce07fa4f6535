// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks that do nothing, to see what hooking costs by itself: insmod empty_hook.ko kind=ftrace|kprobe|kretprobe
 * hooks the entry of each function in @names.
 */
#include <linux/ftrace.h>
#include <linux/init.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/string.h>

static const char * const names[] = {
	"tcp_v4_rcv", "tcp_v4_do_rcv",
	"tcp_v6_rcv", "tcp_v6_do_rcv",
	"udp_rcv", "udp_queue_rcv_skb",
};

static char *kind = "ftrace";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "ftrace, kprobe or kretprobe");

static struct kprobe kprobes[ARRAY_SIZE(names)];
static struct kretprobe kretprobes[ARRAY_SIZE(names)];
static struct kprobe *kprobe_list[ARRAY_SIZE(names)];
static struct kretprobe *kretprobe_list[ARRAY_SIZE(names)];

static void on_entry(unsigned long ip, unsigned long parent_ip,
		     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
}
NOKPROBE_SYMBOL(on_entry);

static int on_kprobe(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(on_kprobe);

static int on_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}
NOKPROBE_SYMBOL(on_return);

static struct ftrace_ops entry_ops = { .func = on_entry };

static int add_ftrace(void)
{
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		/* It wants a string of its own to cut up. */
		char name[32];

		strscpy(name, names[i], sizeof(name));
		err = ftrace_set_filter(&entry_ops, name, strlen(name), !i);
		if (err)
			return err;
	}
	return register_ftrace_function(&entry_ops);
}

static void remove_ftrace(void)
{
	unregister_ftrace_function(&entry_ops);
	ftrace_free_filter(&entry_ops);
}

static int add_kprobes(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		kprobes[i].symbol_name = names[i];
		kprobes[i].pre_handler = on_kprobe;
		kprobe_list[i] = &kprobes[i];
	}
	return register_kprobes(kprobe_list, ARRAY_SIZE(names));
}

static void remove_kprobes(void)
{
	unregister_kprobes(kprobe_list, ARRAY_SIZE(names));
}

static int add_kretprobes(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		kretprobes[i].kp.symbol_name = names[i];
		kretprobes[i].handler = on_return;
		kretprobes[i].maxactive = 64;
		kretprobe_list[i] = &kretprobes[i];
	}
	return register_kretprobes(kretprobe_list, ARRAY_SIZE(names));
}

static void remove_kretprobes(void)
{
	unregister_kretprobes(kretprobe_list, ARRAY_SIZE(names));
}

static const struct hooking {
	const char *name;
	int (*add)(void);
	void (*remove)(void);
} hookings[] = {
	{ "ftrace", add_ftrace, remove_ftrace },
	{ "kprobe", add_kprobes, remove_kprobes },
	{ "kretprobe", add_kretprobes, remove_kretprobes },
};

static const struct hooking *hooking;

static int __init empty_hook_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hookings); i++)
		if (!strcmp(kind, hookings[i].name))
			hooking = &hookings[i];
	return hooking ? hooking->add() : -EINVAL;
}

static void __exit empty_hook_exit(void)
{
	hooking->remove();
}

module_init(empty_hook_init);
module_exit(empty_hook_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hooks that do nothing");

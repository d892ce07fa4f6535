// SPDX-License-Identifier: GPL-2.0
/*
 * What the running kernel offers, and what forbids to use it. All of this can be asked before
 * the module is loaded.
 */
#include "command/doctor/examine.h"

#include "lib/file.h"
#include "lib/text.h"
#include "system/distribution.h"
#include "system/kernel_config.h"
#include "system/procfs.h"
#include "system/tested.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* What the module takes with its defaults, and some more */
#define MEMORY_KIB	16384

#define ENTRY(_series)	_series,
static const char *const tested[] = { TPR_TESTED_SERIES(ENTRY) };
#undef ENTRY

#define TESTED_NR	(sizeof(tested) / sizeof(tested[0]))

/* Functions that must be hooked, and what cannot be watched without them */
static const struct {
	const char *name;
	const char *loss;
} required[] = {
	{ "tcp_v4_rcv", "TCP over IPv4" }, { "tcp_v6_rcv", "TCP over IPv6" },
	{ "udp_rcv", "UDP over IPv4" }, { "udpv6_rcv", "UDP over IPv6" },
	{ "tcp_v4_do_rcv", "TCP over IPv4" }, { "tcp_v6_do_rcv", "TCP over IPv6" },
	{ "tcp_add_backlog", "TCP" }, { "tcp_check_req", "TCP" }, { "tcp_child_process", "TCP" },
	{ "tcp_timewait_state_process", "TCP" },
	{ "udp_queue_rcv_skb", "UDP over IPv4" }, { "udpv6_queue_rcv_skb", "UDP over IPv6" },
};

#define REQUIRED_NR	(sizeof(required) / sizeof(required[0]))

static bool is_of(const char *release, const char *series)
{
	size_t bytes = strlen(series);

	return !strncmp(release, series, bytes) && !isdigit((unsigned char)release[bytes]);
}

static void examine_release(struct tpr_findings *findings, const char *release)
{
	char all[64] = "";
	size_t i;

	for (i = 0; i < TESTED_NR; i++) {
		if (is_of(release, tested[i])) {
			tpr_finding(findings, TPR_HEALTH_OK, "kernel", NULL,
				    "%s, of a series that is tested", release);
			return;
		}
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			 i ? i + 1 < TESTED_NR ? ", " : " and " : "", tested[i]);
	}
	tpr_finding(findings, TPR_HEALTH_NOTE, "kernel", NULL,
		    "%s is of a series that is not tested; %s are. At load the module "
		    "says what it does not find", release, all);
}

static bool has_option(const char *config, const char *name)
{
	const char *at = config;
	size_t bytes = strlen(name);

	while ((at = strstr(at, name))) {
		if ((at == config || at[-1] == '\n') && at[bytes] == '=' &&
		    (at[bytes + 1] == 'y' || at[bytes + 1] == 'm'))
			return true;
		at += bytes;
	}
	return false;
}

static void judge_config(struct tpr_findings *findings, const char *config)
{
	bool has_ftrace = has_option(config, "CONFIG_DYNAMIC_FTRACE_WITH_ARGS") ||
			  has_option(config, "CONFIG_DYNAMIC_FTRACE_WITH_REGS");
	bool has_kprobes = has_option(config, "CONFIG_KPROBES");

	if (!has_option(config, "CONFIG_MODULES"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "config",
			    "use a kernel with CONFIG_MODULES=y, or make demo",
			    "this kernel takes no modules (CONFIG_MODULES=n)");
	else if (!has_kprobes)
		tpr_finding(findings, TPR_HEALTH_FAIL, "config", "use a kernel with CONFIG_KPROBES=y",
			    "no kprobes: the module cannot be built for it");
	else if (!has_ftrace)
		tpr_finding(findings, TPR_HEALTH_NOTE, "config", NULL,
			    "kprobes, no ftrace: the hooks are kprobes, which cost more");
	else
		tpr_finding(findings, TPR_HEALTH_OK, "config", NULL, "ftrace and kprobes");
	if (!has_option(config, "CONFIG_NETFILTER"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "config",
			    "use a kernel with CONFIG_NETFILTER=y",
			    "no netfilter: the module cannot be built for it");
	if (!has_option(config, "CONFIG_IPV6"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "config", "use a kernel with CONFIG_IPV6=y",
			    "no IPv6: the module cannot be built for it");
}

/* Return: whether modules can be built for it at all, as far as is known. */
static bool examine_config(struct tpr_findings *findings, const char *release)
{
	char *config = tpr_kernel_config_read(release);
	bool takes_modules = !config || has_option(config, "CONFIG_MODULES");

	if (config)
		judge_config(findings, config);
	else
		tpr_finding(findings, TPR_HEALTH_NOTE, "config", NULL,
			    "neither /boot/config-%s nor /lib/modules/%s/config nor /proc/config.gz "
			    "can be read", release, release);
	free(config);
	return takes_modules;
}

/* "ffffffff81000000 T tcp_v4_rcv" */
static bool has_symbol(const char *symbols, const char *name)
{
	const char *at = symbols;
	size_t bytes = strlen(name);

	while ((at = strstr(at, name))) {
		if (at > symbols && at[-1] == ' ' && isspace((unsigned char)at[bytes]))
			return true;
		at += bytes;
	}
	return false;
}

static void examine_symbols(struct tpr_findings *findings)
{
	char *symbols = tpr_file_read(NULL, "%s/kallsyms", tpr_procfs_root());
	size_t missing_nr = 0, i;

	if (!symbols || !*symbols) {
		tpr_finding(findings, TPR_HEALTH_NOTE, "functions", NULL,
			    "/proc/kallsyms cannot be read: whether all functions are there is not "
			    "known");
		free(symbols);
		return;
	}
	for (i = 0; i < REQUIRED_NR; i++) {
		if (has_symbol(symbols, required[i].name))
			continue;
		missing_nr++;
		tpr_finding(findings, TPR_HEALTH_WARN, "functions",
			    "use another kernel, or make demo",
			    "the kernel has no function %s: %s cannot be watched",
			    required[i].name, required[i].loss);
	}
	if (!missing_nr)
		tpr_finding(findings, TPR_HEALTH_OK, "functions", NULL,
			    "the kernel has all %zu that must be hooked", REQUIRED_NR);
	free(symbols);
}

static bool is_text(char *text, const char *wanted)
{
	bool is = text && !strncmp(text, wanted, strlen(wanted));

	free(text);
	return is;
}

static void examine_switches(struct tpr_findings *findings)
{
	if (is_text(tpr_file_read(NULL, "%s/sys/kernel/ftrace_enabled", tpr_procfs_root()), "0"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "ftrace", "sysctl kernel.ftrace_enabled=1",
			    "switched off: no hook of the backend ftrace fires");
	else
		tpr_finding(findings, TPR_HEALTH_OK, "ftrace", NULL, "not switched off");
	/* only root can look, and only where debugfs is mounted */
	if (is_text(tpr_file_read(NULL, "%s/sys/kernel/debug/kprobes/enabled", tpr_file_root()),
		    "0"))
		tpr_finding(findings, TPR_HEALTH_FAIL, "kprobes",
			    "echo 1 > /sys/kernel/debug/kprobes/enabled",
			    "disarmed: no hook of the backend kprobe fires");
}

static void examine_locks(struct tpr_findings *findings, bool is_loaded)
{
	char *lockdown = tpr_file_read(NULL, "%s/sys/kernel/security/lockdown", tpr_file_root());
	bool is_locked = lockdown && !strstr(lockdown, "[none]");
	bool is_enforced = is_text(tpr_file_read(NULL, "%s/sys/module/module/parameters/sig_enforce",
						 tpr_file_root()), "Y");
	bool is_final = is_text(tpr_file_read(NULL, "%s/sys/kernel/modules_disabled",
					      tpr_procfs_root()), "1");

	free(lockdown);
	if (is_loaded)
		tpr_finding(findings, TPR_HEALTH_OK, "lockdown", NULL, "%s",
			    is_locked || is_enforced ?
			    "only signed modules; this one has been let in" : "none");
	else if (is_final)
		tpr_finding(findings, TPR_HEALTH_FAIL, "lockdown",
			    "reboot, and load it before kernel.modules_disabled is set; or make demo",
			    "kernel.modules_disabled=1: no module can be loaded");
	else if (is_locked || is_enforced)
		tpr_finding(findings, TPR_HEALTH_WARN, "lockdown",
			    "sign it: mokutil --import KEY, then sign-file (see module/SECURITY.md); or make demo",
			    "only signed modules are loaded (Secure Boot)");
	else
		tpr_finding(findings, TPR_HEALTH_OK, "lockdown", NULL, "none");
}

static void examine_headers(struct tpr_findings *findings, const char *release)
{
	if (tpr_file_exists("%s/lib/modules/%s/build/Makefile", tpr_file_root(), release))
		tpr_finding(findings, TPR_HEALTH_OK, "headers", NULL, "to build the module: there");
	else
		tpr_finding(findings, TPR_HEALTH_WARN, "headers", tpr_distribution_headers(),
			    "to build the module: /lib/modules/%s/build is not there", release);
}

static void examine_memory(struct tpr_findings *findings)
{
	static const char key[] = "MemAvailable:";
	char *text = tpr_file_read(NULL, "%s/meminfo", tpr_procfs_root());
	const char *at = text ? strstr(text, key) : NULL;
	unsigned long long kib = at ? strtoull(at + strlen(key), NULL, 10) : 0;

	if (at && kib < MEMORY_KIB)
		tpr_finding(findings, TPR_HEALTH_WARN, "memory",
			    "insmod tuplewatch.ko max_connections=1024 log_records=1024",
			    "%llu KiB are free; the module takes some 7 MiB at load", kib);
	else if (at)
		tpr_finding(findings, TPR_HEALTH_OK, "memory", NULL,
			    "%llu MiB are free; the module takes some 7 MiB at load", kib / 1024);
	free(text);
}

/**
 * tpr_examine_kernel() - what the kernel offers and forbids
 * @findings: where the findings go
 * @is_loaded: the module is loaded: what it needed for that is there
 */
void tpr_examine_kernel(struct tpr_findings *findings, bool is_loaded)
{
	struct utsname name;
	const char *release = uname(&name) ? "?" : name.release;
	bool takes_modules;

	examine_release(findings, release);
	takes_modules = examine_config(findings, release);
	if (!is_loaded)
		examine_symbols(findings);
	tpr_examine_arguments(findings, NULL);
	examine_switches(findings);
	examine_locks(findings, is_loaded);
	if (!is_loaded) {
		if (takes_modules)
			examine_headers(findings, release);
		examine_memory(findings);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What explains the tables besides: which kernel and which module, the sysctls that decide which
 * socket a segment gets, the rules of nftables. The rules are asked for only where nf_tables is
 * there already: to ask would load it.
 */
#include "command/save/save.h"

#include "lib/file.h"
#include "lib/message.h"
#include "lib/words.h"
#include "system/procfs.h"
#include "system/program.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* nft takes a moment for some 10,000 rules. */
#define NFT_SECONDS	10

/* Below /proc/sys; a * is each device, all and default. */
static const char *const sysctls[] = {
	"kernel/ftrace_enabled",
	/* which sockets there are, and how many may wait */
	"net/core/somaxconn", "net/core/rmem_default", "net/core/rmem_max",
	"net/core/netdev_max_backlog",
	"net/ipv4/tcp_max_syn_backlog", "net/ipv4/tcp_syncookies", "net/ipv4/tcp_abort_on_overflow",
	"net/ipv4/tcp_migrate_req", "net/ipv4/tcp_synack_retries", "net/ipv4/tcp_fastopen",
	"net/ipv4/tcp_child_ehash_entries", "net/ipv4/udp_child_hash_entries",
	"net/ipv4/tcp_fin_timeout", "net/ipv4/tcp_tw_reuse", "net/ipv4/tcp_max_tw_buckets",
	"net/ipv4/udp_mem", "net/ipv4/udp_rmem_min",
	/* bind() and connect() */
	"net/ipv4/ip_local_port_range", "net/ipv4/ip_local_reserved_ports",
	"net/ipv4/ip_unprivileged_port_start", "net/ipv4/ip_nonlocal_bind",
	"net/ipv4/ip_autobind_reuse", "net/ipv6/bindv6only", "net/ipv6/ip_nonlocal_bind",
	/* which of them is found */
	"net/ipv4/ip_early_demux", "net/ipv4/tcp_early_demux", "net/ipv4/udp_early_demux",
	"net/ipv4/tcp_l3mdev_accept", "net/ipv4/udp_l3mdev_accept",
	/* what comes as far as that */
	"net/ipv4/ip_forward", "net/ipv4/icmp_echo_ignore_all", "net/ipv4/icmp_ratelimit",
	"net/ipv4/conf/*/rp_filter", "net/ipv4/conf/*/accept_local",
	"net/ipv4/conf/*/route_localnet",
	"net/ipv4/conf/*/forwarding", "net/ipv6/conf/*/disable_ipv6", "net/ipv6/conf/*/forwarding",
	"net/netfilter/nf_conntrack_max", "net/netfilter/nf_conntrack_tcp_loose",
	"net/netfilter/nf_conntrack_tcp_be_liberal",
};

#define SYSCTLS_NR	(sizeof(sysctls) / sizeof(sysctls[0]))

/* As sysctl(8) has it: dots between names, and a slash for a dot in one. */
static void write_name(FILE *out, const char *path)
{
	for (; *path; path++)
		fputc(*path == '/' ? '.' : *path == '.' ? '/' : *path, out);
}

static void write_sysctl(FILE *out, const char *path, size_t prefix_bytes)
{
	char *value = tpr_file_read(NULL, "%s", path), *c;

	if (!value)
		return;
	value[strcspn(value, "\n")] = '\0';
	for (c = value; *c; c++)
		*c = *c == '\t' ? ' ' : *c;
	write_name(out, path + prefix_bytes);
	fprintf(out, " = %s\n", value);
	free(value);
}

/* All that a pattern stands for; a kernel may have none of it. */
static void write_sysctls(FILE *out, const char *pattern)
{
	char *path = NULL;
	glob_t found;
	size_t i;

	if (asprintf(&path, "%s/sys/%s", tpr_procfs_root(), pattern) < 0)
		return;
	if (!glob(path, 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc && !tpr_save_is_stopped; i++)
			write_sysctl(out, found.gl_pathv[i],
				     strlen(path) - strlen(pattern));
		globfree(&found);
	}
	free(path);
}

static int save_sysctls(struct tpr_save *save)
{
	int fd = tpr_save_create(save, "sysctls");
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	size_t i;

	if (!out)
		return fd < 0 ? fd : -errno;
	for (i = 0; i < SYSCTLS_NR; i++)
		write_sysctls(out, sysctls[i]);
	errno = EIO;
	return fclose(out) ? -errno : 0;
}

/* A module, or a part of this kernel */
static bool has_nftables(void)
{
	struct utsname kernel;
	char *builtin = NULL;
	bool has = tpr_file_exists("%s/sys/module/nf_tables", tpr_file_root());

	if (!has && !uname(&kernel))
		builtin = tpr_file_read(NULL, "%s/lib/modules/%s/modules.builtin", tpr_file_root(),
					kernel.release);
	has = has || (builtin && strstr(builtin, "/nf_tables.ko"));
	free(builtin);
	return has;
}

/* Nobody but root gets them. That there are none does not keep the rest from being saved. */
static int save_rules(struct tpr_save *save)
{
	static const char *const argv[] = { "nft", "list", "ruleset", NULL };
	struct tpr_program nft = { .argv = argv, .in = -1, .seconds = NFT_SECONDS };

	if (!has_nftables()) {
		tpr_save_note(save, "nft", "nf_tables is not loaded: there are no rules");
		return 0;
	}
	nft.out = tpr_save_create(save, "nft");
	if (nft.out < 0)
		return nft.out;
	if (tpr_program_run(&nft)) {
		tpr_message("nft: %s", nft.said);
		tpr_save_note(save, "nft", nft.said);
		unlinkat(save->fd, "nft", 0);
	}
	return close(nft.out) ? -errno : 0;
}

/**
 * tpr_save_system() - save what explains the tables
 * @save: the run
 *
 * Return: 0 or -errno.
 */
int tpr_save_system(struct tpr_save *save)
{
	int error = save_sysctls(save);

	return error ? error : save_rules(save);
}

static void note_kernel(struct tpr_save *save)
{
	struct utsname kernel;

	if (uname(&kernel))
		return;
	tpr_save_note(save, "kernel", kernel.release);
	tpr_save_note(save, "kernel_version", kernel.version);
	tpr_save_note(save, "machine", kernel.machine);
	tpr_save_note(save, "host", kernel.nodename);
}

static void note_file(struct tpr_save *save, const char *name, const char *path)
{
	char *text = tpr_file_read(NULL, "%s", path);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	if (text && !*text)
		tpr_save_note(save, name, "-");
	else
		tpr_save_note(save, name, text ? text : "?");
	free(text);
}

static void note_module(struct tpr_save *save)
{
	char *pattern = NULL, *name = NULL;
	glob_t found;
	size_t i;

	if (asprintf(&pattern, "%s/sys/module/tuplewatch/version", tpr_file_root()) < 0)
		return;
	note_file(save, "module", pattern);
	free(pattern);
	if (asprintf(&pattern, "%s/sys/module/tuplewatch/parameters/*", tpr_file_root()) < 0)
		return;
	if (!glob(pattern, 0, NULL, &found)) {
		for (i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];

			if (asprintf(&name, "parameter:%s", strrchr(path, '/') + 1) < 0)
				break;
			note_file(save, name, path);
			free(name);
		}
		globfree(&found);
	}
	free(pattern);
}

static uint64_t own_netns(void)
{
	struct stat status;

	return stat("/proc/self/ns/net", &status) ? 0 : status.st_ino;
}

/**
 * tpr_save_saved() - write the file "saved", which says what the others are
 * @save: the run, all of which has been saved
 * @notes: what has been noted of it
 *
 * Return: 0 or -errno.
 */
int tpr_save_saved(struct tpr_save *save, const char *notes)
{
	int fd = tpr_save_create(save, "saved");
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (!out)
		return fd < 0 ? fd : -errno;
	fprintf(out, "# tuplewatch %d saved netns=%" PRIu64 " now_ns=%" PRIu64
		" clock=monotonic wall_offset_ns=%" PRId64 "\nname value\n", TPW_FORMAT,
		own_netns(), save->began_ns, save->offset_ns);
	fputs(notes, out);
	errno = EIO;
	return fclose(out) ? -errno : 0;
}

/**
 * tpr_save_versions() - note which kernel, module and reader this is
 * @save: the run
 */
void tpr_save_versions(struct tpr_save *save)
{
	tpr_save_note(save, "reader", TPW_VERSION);
	note_module(save);
	note_kernel(save);
}

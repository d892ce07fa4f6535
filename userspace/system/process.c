// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets and the processes that hold them, from the links in /proc/PID/fd. A socket's inode is
 * unique over all network namespaces, so one look at /proc serves them all. What cannot be seen
 * there: descriptors on their way through a UNIX socket, and those that only io_uring holds.
 */
#include "system/process.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add_holder(struct tpr_processes *processes, const struct tpr_holder *holder)
{
	if (processes->nr == processes->max) {
		size_t wanted = processes->max * 2 + 256;
		struct tpr_holder *moved = realloc(processes->holders, wanted * sizeof(*moved));

		if (!moved)
			return -ENOMEM;
		processes->holders = moved;
		processes->max = wanted;
	}
	processes->holders[processes->nr++] = *holder;
	return 0;
}

/* "socket:[INODE]" */
static bool is_socket(char *link, uint64_t *inode)
{
	static const char before[] = "socket:[";
	char *bracket = strchr(link, ']');

	if (strncmp(link, before, strlen(before)) || !bracket || bracket[1])
		return false;
	*bracket = '\0';
	return tpr_text_u64(link + strlen(before), inode);
}

static void read_comm(int process_fd, struct tpr_holder *holder)
{
	int fd = openat(process_fd, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t bytes = fd < 0 ? 0 : read(fd, holder->comm, sizeof(holder->comm) - 1);

	if (fd >= 0)
		close(fd);
	if (bytes < 0)
		bytes = 0;
	holder->comm[bytes] = '\0';
	if (bytes && holder->comm[bytes - 1] == '\n')
		holder->comm[bytes - 1] = '\0';
}

static int scan_links(struct tpr_processes *processes, DIR *directory, int process_fd,
		      struct tpr_holder *holder)
{
	const struct dirent *entry;
	int error = 0;
	char link[64];

	while (!error && (entry = readdir(directory))) {
		ssize_t bytes = readlinkat(dirfd(directory), entry->d_name, link,
					   sizeof(link) - 1);

		if (bytes <= 0)
			continue;
		link[bytes] = '\0';
		if (!is_socket(link, &holder->inode) || !tpr_text_u64(entry->d_name, &holder->fd))
			continue;
		if (!holder->comm[0])
			read_comm(process_fd, holder);
		error = add_holder(processes, holder);
	}
	return error;
}

/* A process may end while we look at it: what is not there any more holds nothing. */
static int scan_process(struct tpr_processes *processes, int proc_fd, const char *name)
{
	struct tpr_holder holder = { 0 };
	DIR *directory = NULL;
	int fd, process_fd;
	int error = 0;

	if (!tpr_text_u64(name, &holder.pid))
		return 0;
	process_fd = openat(proc_fd, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (process_fd < 0)
		return 0;
	fd = openat(process_fd, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		directory = fdopendir(fd);
	else if (errno == EACCES || errno == EPERM)
		processes->hidden++;
	if (directory) {
		error = scan_links(processes, directory, process_fd, &holder);
		closedir(directory);
	} else if (fd >= 0) {
		close(fd);
	}
	close(process_fd);
	return error;
}

static int compare(const void *left, const void *right)
{
	const struct tpr_holder *a = left, *b = right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->fd < b->fd ? -1 : a->fd > b->fd;
}

/**
 * tpr_process_is_stopped() - whether a process is, by a signal or by who traces it
 * @pid: of the process
 *
 * Return: whether it is; false if it has ended.
 */
bool tpr_process_is_stopped(uint64_t pid)
{
	char path[128], text[256];
	const char *state;
	ssize_t bytes;
	int fd;

	snprintf(path, sizeof(path), "%s/%" PRIu64 "/stat", tpr_procfs_root(), pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bytes = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[bytes < 0 ? 0 : bytes] = '\0';
	/* behind its name, which may have brackets of its own */
	state = strrchr(text, ')');
	return state && (!strncmp(state, ") T", 3) || !strncmp(state, ") t", 3));
}

/* The initial PID namespace has always had this number: include/linux/proc_ns.h. */
static bool is_initial(int proc_fd)
{
	static const char initial[] = "pid:[4026531836]";
	char link[sizeof(initial) + 1];
	ssize_t bytes = readlinkat(proc_fd, "self/ns/pid", link, sizeof(link));

	return bytes == sizeof(initial) - 1 && !memcmp(link, initial, sizeof(initial) - 1);
}

/**
 * tpr_processes_scan() - look at the descriptors of all processes
 * @processes: filled in; for tpr_processes_free(), whatever is returned
 *
 * Return: 0, or -errno after a message.
 */
int tpr_processes_scan(struct tpr_processes *processes)
{
	DIR *directory = opendir(tpr_procfs_root());
	const struct dirent *entry;
	int error = 0;

	*processes = (struct tpr_processes){ 0 };
	if (!directory) {
		error = -errno;
		tpr_message("%s: %s", tpr_procfs_root(), strerror(errno));
		return error;
	}
	while (!error && (entry = readdir(directory)))
		error = scan_process(processes, dirfd(directory), entry->d_name);
	processes->is_whole = is_initial(dirfd(directory));
	closedir(directory);
	if (error)
		tpr_message("out of memory");
	else if (processes->nr)
		qsort(processes->holders, processes->nr, sizeof(*processes->holders), compare);
	return error;
}

/**
 * tpr_processes_free() - free what a scan found
 * @processes: from tpr_processes_scan(), or all 0
 */
void tpr_processes_free(struct tpr_processes *processes)
{
	free(processes->holders);
	*processes = (struct tpr_processes){ 0 };
}

/**
 * tpr_processes_find() - who holds a socket
 * @processes: from tpr_processes_scan()
 * @inode: of the socket
 * @nr: set to the number of holders
 *
 * Return: the first of them; the others follow it.
 */
const struct tpr_holder *tpr_processes_find(const struct tpr_processes *processes, uint64_t inode,
					    size_t *nr)
{
	size_t low = 0, high = processes->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (processes->holders[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (*nr = 0; low + *nr < processes->nr; ++*nr) {
		if (processes->holders[low + *nr].inode != inode)
			break;
	}
	return processes->holders + low;
}

/* A socket that no process can hold has the inode 0 or none. */
static const struct tpr_holder *find_field(const struct tpr_processes *processes,
					   const char *inode, size_t *nr)
{
	uint64_t number;

	*nr = 0;
	if (!tpr_text_u64(inode, &number) || !number)
		return NULL;
	return tpr_processes_find(processes, number, nr);
}

/**
 * tpr_processes_text() - the holders as ss prints them
 * @processes: from tpr_processes_scan()
 * @inode: field of a table
 *
 * Return: users:(("nc",pid=7,fd=3)), "" if nobody holds it; to be freed; NULL without memory.
 */
char *tpr_processes_text(const struct tpr_processes *processes, const char *inode)
{
	const struct tpr_holder *holder;
	char *text = NULL;
	size_t bytes, nr, i;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	holder = find_field(processes, inode, &nr);
	for (i = 0; i < nr; i++)
		fprintf(out, "%s(\"%s\",pid=%" PRIu64 ",fd=%" PRIu64 ")", i ? ", " : "users:(",
			holder[i].comm, holder[i].pid, holder[i].fd);
	if (nr)
		fputc(')', out);
	return fclose(out) ? NULL : text;
}

/**
 * tpr_processes_json() - the holders as a JSON array
 * @out: where to
 * @processes: from tpr_processes_scan()
 * @inode: field of a table
 */
void tpr_processes_json(FILE *out, const struct tpr_processes *processes, const char *inode)
{
	const struct tpr_holder *holder;
	size_t nr, i;

	holder = find_field(processes, inode, &nr);
	fputc('[', out);
	for (i = 0; i < nr; i++) {
		fprintf(out, "%s{\"comm\":", i ? "," : "");
		tpr_text_json(out, holder[i].comm);
		fprintf(out, ",\"pid\":%" PRIu64 ",\"fd\":%" PRIu64 "}", holder[i].pid,
			holder[i].fd);
	}
	fputc(']', out);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * It writes to a pipe: each packet as soon as it has it.
 */
#include "command/capture/tool.h"

#include "lib/message.h"
#include "system/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What one reading of the kernel gives; the default of 64 KiB would make dumpcap wait for us. */
#define PIPE_BYTES	(1024 * 1024)

static int write_to(const void *out)
{
	return dup2(*(const int *)out, STDOUT_FILENO) < 0 ? -errno : 0;
}

static pid_t start_one(const char *device, const char *filter, int out)
{
	const char *const dumpcap[] = { "dumpcap", "-q", "-i", device, "-w", "-",
					filter ? "-f" : NULL, filter, NULL };
	const char *const tcpdump[] = { "tcpdump", "-q", "-i", device, "-U", "-w", "-",
					"--time-stamp-precision=nano", "--", filter, NULL };
	pid_t pid = tpr_child_start(dumpcap, write_to, &out);

	return pid == -ENOENT ? tpr_child_start(tcpdump, write_to, &out) : pid;
}

/**
 * tpr_tool_start() - begin to capture
 * @tool: filled in; for tpr_tool_end() if this returns 0
 * @device: where
 * @filter: which packets, as with tcpdump, or NULL for all
 *
 * Return: 0, or -errno after a message.
 */
int tpr_tool_start(struct tpr_tool *tool, const char *device, const char *filter)
{
	int fds[2], error;

	if (pipe2(fds, O_CLOEXEC)) {
		error = -errno;
		tpr_message("capture: %s", strerror(-error));
		return error;
	}
	fcntl(fds[0], F_SETPIPE_SZ, PIPE_BYTES);
	tool->pid = start_one(device, filter, fds[1]);
	close(fds[1]);
	tool->packets = tool->pid > 0 ? fdopen(fds[0], "r") : NULL;
	if (tool->packets) {
		setvbuf(tool->packets, NULL, _IONBF, 0);
		return 0;
	}
	close(fds[0]);
	if (tool->pid == -ENOENT)
		tpr_message("capture: neither dumpcap nor tcpdump is here; install one of them");
	else
		tpr_message("capture: dumpcap: %s", strerror(-tool->pid));
	return tool->pid < 0 ? (int)tool->pid : -ENOMEM;
}

/**
 * tpr_tool_stop() - ask it to end; what it has captured it still writes
 * @tool: from tpr_tool_start()
 */
void tpr_tool_stop(const struct tpr_tool *tool)
{
	if (tool->pid > 0)
		kill(tool->pid, SIGINT);
}

/**
 * tpr_tool_end() - wait for its end
 * @tool: from tpr_tool_start()
 *
 * Return: its exit status.
 */
int tpr_tool_end(struct tpr_tool *tool)
{
	int status = TPR_STATUS_FAILED << 8;

	fclose(tool->packets);
	while (waitpid(tool->pid, &status, 0) < 0 && errno == EINTR)
		;
	tool->pid = 0;
	return tpr_child_status(status);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sshd tells a session its two ends in SSH_CONNECTION. sudo takes that away from us, so we look
 * for it in the processes that started us as well.
 */
#include "command/ssh.h"

#include "lib/file.h"
#include "lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE	"SSH_CONNECTION="

/* More processes above us than any session has */
#define ANCESTORS_MAX	64

static bool make_endpoint(struct tpr_endpoint *endpoint, const char *address, const char *port)
{
	char text[128];

	if (!address || !port)
		return false;
	snprintf(text, sizeof(text), "[%s]:%s", address, port);
	return tpr_endpoint_parse(text, endpoint);
}

/**
 * tpr_ssh_parse() - read what sshd says of a session
 * @ssh: filled in
 * @text: value of SSH_CONNECTION: address and port of the client, then of the server
 *
 * Return: false if it is not that.
 */
bool tpr_ssh_parse(struct tpr_ssh *ssh, const char *text)
{
	const char *words[4] = { NULL };
	char copy[256];
	char *rest = NULL;
	size_t i;

	snprintf(copy, sizeof(copy), "%s", text);
	for (i = 0; i < 4; i++)
		words[i] = strtok_r(i ? NULL : copy, " ", &rest);
	if (!make_endpoint(&ssh->foreign, words[0], words[1]) ||
	    !make_endpoint(&ssh->local, words[2], words[3]))
		return false;
	snprintf(ssh->name, sizeof(ssh->name), strchr(words[0], ':') ? "[%s]:%s" : "%s:%s",
		 words[0], words[1]);
	return true;
}

static bool find_in_environment(struct tpr_ssh *ssh, uint64_t pid)
{
	size_t bytes, at;
	char *text = tpr_file_read(&bytes, "/proc/%" PRIu64 "/environ", pid);
	bool is_found = false;

	if (!text)
		return false;
	for (at = 0; at < bytes && !is_found; at += strlen(text + at) + 1) {
		if (!strncmp(text + at, VARIABLE, strlen(VARIABLE)))
			is_found = tpr_ssh_parse(ssh, text + at + strlen(VARIABLE));
	}
	free(text);
	return is_found;
}

/* 0 if it cannot be told. The name in stat may hold anything, so look behind its last bracket. */
static uint64_t parent_of(uint64_t pid)
{
	char *text = tpr_file_read(NULL, "/proc/%" PRIu64 "/stat", pid);
	char *bracket = text ? strrchr(text, ')') : NULL;
	uint64_t parent = 0;

	/* ") S 123 " */
	if (bracket && strlen(bracket) > 4) {
		bracket[4 + strcspn(bracket + 4, " ")] = '\0';
		if (!tpr_text_u64(bracket + 4, &parent))
			parent = 0;
	}
	free(text);
	return parent;
}

/**
 * tpr_ssh_find() - find the session that we run in
 * @ssh: filled in
 *
 * Return: false if it is none, or we may not know.
 */
bool tpr_ssh_find(struct tpr_ssh *ssh)
{
	const char *value = getenv("SSH_CONNECTION");
	uint64_t pid = (uint64_t)getppid();
	int i;

	if (value && *value)
		return tpr_ssh_parse(ssh, value);
	for (i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		if (find_in_environment(ssh, pid))
			return true;
		pid = parent_of(pid);
	}
	return false;
}

static bool is_end(const struct tpr_endpoint *end, const struct tpr_table *table,
		   char *const *fields, const char *column)
{
	int index = tpr_table_column(table, column);
	struct tpr_endpoint endpoint;

	return index >= 0 && tpr_endpoint_parse(fields[index], &endpoint) &&
	       !tpr_endpoint_compare(&endpoint, end);
}

/**
 * tpr_ssh_is_row() - whether a segment belongs to a session
 * @ssh: the session
 * @table: of the segment
 * @fields: of the segment
 *
 * Return: whether both ends are those of the session.
 */
bool tpr_ssh_is_row(const struct tpr_ssh *ssh, const struct tpr_table *table, char *const *fields)
{
	int proto = tpr_table_column(table, "proto");

	return proto >= 0 && !strncmp(fields[proto], "tcp", 3) &&
	       is_end(&ssh->local, table, fields, "local") &&
	       is_end(&ssh->foreign, table, fields, "foreign");
}

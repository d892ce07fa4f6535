// SPDX-License-Identifier: GPL-2.0
/*
 * How people name a connection and a container.
 */
#include "system/cgroup.h"
#include "command/who/question.h"

#include "test/unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LOCAL	"192.168.1.10:500"
#define FOREIGN	"192.168.1.13:54240"

/* Whether words ask for that connection: "yes", "no", or "wrong" for words that ask nothing. */
static const char *asks(const char *a, const char *b, const char *c)
{
	char *words[] = { (char *)a, (char *)b, (char *)c };
	struct tpr_question question;
	int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);
	bool is_good;

	dup2(null, STDERR_FILENO);
	is_good = tpr_question_parse(&question, !!a + !!b + !!c, words);
	dup2(saved, STDERR_FILENO);
	close(null);
	close(saved);
	if (!is_good)
		return "wrong";
	return tpr_question_is(&question, "tcp", LOCAL, FOREIGN, "2a") ? "yes" : "no";
}

static void questions(void)
{
	CHECK_STRING(asks(FOREIGN, LOCAL, NULL), "yes");
	CHECK_STRING(asks(LOCAL, FOREIGN, NULL), "yes");
	CHECK_STRING(asks(FOREIGN, ">", LOCAL), "yes");
	CHECK_STRING(asks("192.168.1.13.54240", ">", "192.168.1.10.500:"), "yes");
	CHECK_STRING(asks(":54240", NULL, NULL), "yes");
	CHECK_STRING(asks("tcp", ":54240", NULL), "yes");
	CHECK_STRING(asks("udp", ":54240", NULL), "no");
	CHECK_STRING(asks(":54240", ":54240", NULL), "no");
	CHECK_STRING(asks(":54240", ":501", NULL), "no");
	CHECK_STRING(asks("192.168.1.0/24", NULL, NULL), "yes");
	CHECK_STRING(asks("[::ffff:192.168.1.13]:54240", NULL, NULL), "yes");
	CHECK_STRING(asks("::1.54240", NULL, NULL), "no");
	CHECK_STRING(asks("sk:2a", NULL, NULL), "yes");
	CHECK_STRING(asks("sk:2b", NULL, NULL), "no");
	CHECK_STRING(asks(NULL, NULL, NULL), "wrong");
	CHECK_STRING(asks("tcp", NULL, NULL), "wrong");
	CHECK_STRING(asks("sk:", NULL, NULL), "wrong");
	CHECK_STRING(asks("1.2.3.4.5.6", NULL, NULL), "wrong");
	CHECK_STRING(asks(":1", ":2", ":3"), "wrong");
}

#define ID	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *container_of(const char *path)
{
	static char container[TPR_CONTAINER_BYTES];

	return tpr_cgroup_container(path, container) ? container : "none";
}

static void containers(void)
{
	CHECK_STRING(container_of("/"), "none");
	CHECK_STRING(container_of("/system.slice/ssh.service"), "none");
	CHECK_STRING(container_of("/system.slice/docker-" ID ".scope"), "docker 0123456789ab");
	CHECK_STRING(container_of("/docker/" ID), "docker 0123456789ab");
	CHECK_STRING(container_of("/docker/" ID "/init"), "docker 0123456789ab");
	CHECK_STRING(container_of("/docker/" ID "0"), "none");
	CHECK_STRING(container_of("/user.slice/user-1000.slice/libpod-" ID ".scope"),
		     "podman 0123456789ab");
	CHECK_STRING(container_of("/kubepods.slice/kubepods-burstable.slice/cri-containerd-" ID
				  ".scope"), "containerd 0123456789ab");
	CHECK_STRING(container_of("/kubepods/burstable/pod1/" ID), "container 0123456789ab");
	CHECK_STRING(container_of("/lxc.payload.web/system.slice"), "lxc web");
	CHECK_STRING(container_of("/machine.slice/machine-db.scope/payload"), "machine db");
	CHECK_STRING(container_of("/machine.slice/systemd-nspawn@db.service"), "machine db");
}

const struct unit_case unit_question[] = {
	UNIT_CASE(questions, "question: ends in either order, in the form of ss or tcpdump"),
	UNIT_CASE(containers, "cgroup: containers by their paths"),
	{ 0 },
};

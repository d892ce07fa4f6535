// SPDX-License-Identifier: GPL-2.0
/*
 * How people name a connection.
 */
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

const struct unit_case unit_question[] = {
	UNIT_CASE(questions, "question: ends in either order, in the form of ss or tcpdump"),
	{ 0 },
};

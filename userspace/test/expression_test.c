// SPDX-License-Identifier: GPL-2.0
/*
 * Filter words against rows. What messages say is in test/cli.
 */
#include "where/parse.h"

#include "test/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = { "connections", NULL };
static const char *const none[] = { NULL };
static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };

static const char *const log_names[] = { "log", NULL };
static const struct tpr_shape log_shape = { .names = log_names, .columns = none, .facts = none };

static const char sockets[] =
	"# tuplewatch 2 connections netns=1\n"
	"proto local foreign state segments pid comm netns\n"
	"tcp 10.0.0.1:80 10.0.0.9:40000 ESTABLISHED 7 812 nginx 1\n"
	"tcp6 [::ffff:10.0.0.1]:443 [::ffff:10.0.0.9]:40001 TIME_WAIT 9 - - 1\n"
	"udp [2001:db8::1]:53 [2001:db8::2]:53 - 1 ? ? 2\n"
	"tcp 10.0.0.1:22 10.0.0.8:50000 CLOSED 12 99 sshd 1\n";

/* Messages are not for the eyes of who runs the tests. */
static int mute(void)
{
	int saved = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	close(null);
	return saved;
}

static void unmute(int saved)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static const char verdicts[] =
	"# tuplewatch 2 log netns=1\n"
	"via mods member group outcome reason\n"
	"listener-any - - - handed -\n"
	"none - - - dropped UDP_CSUM\n"
	"ehash dual,mptcp 2 4 dropped TCP_CSUM\n"
	"? ? ? hidden ? ?\n";

/* Which rows match, as "1.3.", or what went wrong. */
static const char *match_in(const struct tpr_shape *of, const char *text, const char *words)
{
	static char result[64];
	char *copy = strdup(words);
	struct tpr_table *table = tpr_table_create("test", of);
	int saved = mute();
	struct tpr_expression *expression = tpr_expression_parse(1, &copy);
	enum tpr_event event;
	int row = 0;

	strcpy(result, expression ? "" : "not parsed");
	tpr_table_push(table, text, strlen(text));
	tpr_table_finish(table);
	while (expression && (event = tpr_table_next(table)) != TPR_EVENT_END) {
		if (event == TPR_EVENT_HEAD && tpr_expression_bind(expression, table)) {
			strcpy(result, "not bound");
			break;
		}
		if (event != TPR_EVENT_ROW)
			continue;
		row++;
		if (tpr_expression_match(expression, table->fields))
			snprintf(result + strlen(result), 8, "%d.", row);
	}
	unmute(saved);
	tpr_expression_destroy(expression);
	tpr_table_destroy(table);
	free(copy);
	return result;
}

static const char *matching(const char *words)
{
	return match_in(&shape, sockets, words);
}

static const char *logged(const char *words)
{
	return match_in(&log_shape, verdicts, words);
}

static void ends(void)
{
	CHECK_STRING(matching(""), "1.2.3.4.");
	CHECK_STRING(matching("sport = :80"), "1.");
	CHECK_STRING(matching("sport :80"), "1.");
	CHECK_STRING(matching("sport 80"), "1.");
	CHECK_STRING(matching("sport=:80"), "1.");
	CHECK_STRING(matching("sport != :80"), "2.3.4.");
	CHECK_STRING(matching("dport >= :40001"), "2.4.");
	CHECK_STRING(matching("dport gt :40001"), "4.");
	CHECK_STRING(matching("dport < :40000"), "3.");
	CHECK_STRING(matching("dst 10.0.0.9"), "1.2.");
	CHECK_STRING(matching("dst 10.0.0.8/31"), "1.2.4.");
	CHECK_STRING(matching("dst 10.0.0.9:40001"), "2.");
	CHECK_STRING(matching("src 2001:db8::/32"), "3.");
	CHECK_STRING(matching("src [2001:db8::1]:53"), "3.");
	CHECK_STRING(matching("foreign != 10.0.0.9"), "3.4.");
	CHECK_STRING(matching("local = 10.0.0.1:22"), "4.");
}

static void states(void)
{
	CHECK_STRING(matching("state established"), "1.");
	CHECK_STRING(matching("state established state time-wait"), "1.2.");
	CHECK_STRING(matching("state time-wait dst 10.0.0.9"), "2.");
	CHECK_STRING(matching("state time-wait and dst 10.0.0.8"), "");
	CHECK_STRING(matching("state connected"), "1.2.");
	CHECK_STRING(matching("state all exclude established"), "2.3.4.");
	CHECK_STRING(matching("exclude established exclude closed"), "2.3.");
	CHECK_STRING(matching("state closed or sport = :80"), "1.4.");
	CHECK_STRING(matching("sport = :80 or state closed"), "1.4.");
	CHECK_STRING(matching("state unconnected"), "3.");
	CHECK_STRING(matching("state bucket"), "2.");
	CHECK_STRING(matching("not state established"), "2.3.4.");
	CHECK_STRING(matching("state nonsense"), "not parsed");
	CHECK_STRING(matching("state"), "not parsed");
}

static void logic(void)
{
	CHECK_STRING(matching("sport = :80 or sport = :53 and proto = udp"), "1.3.");
	CHECK_STRING(matching("( sport = :80 or sport = :53 ) and proto = udp"), "3.");
	CHECK_STRING(matching("(sport=:80||sport=:53)&&proto=udp"), "3.");
	CHECK_STRING(matching("(sport=:80|sport=:53)&proto=udp"), "3.");
	CHECK_STRING(matching("! sport = :80 dst 10.0.0.9"), "2.");
	CHECK_STRING(matching("not ( sport = :80 or sport = :53 )"), "2.4.");
	CHECK_STRING(matching("not not sport = :80"), "1.");
	CHECK_STRING(matching("dst 10.0.0.0/8 segments > 8"), "2.4.");
}

static void columns(void)
{
	CHECK_STRING(matching("comm = nginx"), "1.");
	CHECK_STRING(matching("comm != nginx"), "2.3.4.");
	CHECK_STRING(matching("comm = -"), "2.");
	CHECK_STRING(matching("pid = ?"), "3.");
	CHECK_STRING(matching("pid != 812"), "2.3.4.");
	CHECK_STRING(matching("pid > 0"), "1.4.");
	CHECK_STRING(matching("segments >= 9 and segments <= 9"), "2.");
	CHECK_STRING(matching("netns = 2"), "3.");
	CHECK_STRING(matching("colour = red"), "not bound");
	CHECK_STRING(matching("segments = many"), "not bound");
	CHECK_STRING(matching("comm > a"), "not bound");
}

static void outcomes(void)
{
	CHECK_STRING(logged("outcome = dropped"), "2.3.");
	CHECK_STRING(logged("outcome != dropped"), "1.4.");
	CHECK_STRING(logged("outcome = dropped:UDP_CSUM"), "2.");
	CHECK_STRING(logged("outcome=dropped:UDP_CSUM"), "2.");
	CHECK_STRING(logged("outcome != dropped:UDP_CSUM"), "1.3.4.");
	CHECK_STRING(logged("not outcome = dropped:UDP_CSUM"), "1.3.4.");
	CHECK_STRING(logged("outcome = dropped:UDP_CSUM or outcome = handed"), "1.2.");
	CHECK_STRING(logged("outcome = dropped:"), "");
	CHECK_STRING(logged("outcome = dropped:NO_SOCKET"), "");
	CHECK_STRING(logged("reason = TCP_CSUM"), "3.");
	CHECK_STRING(logged("outcome > dropped:UDP_CSUM"), "not bound");
	CHECK_STRING(matching("outcome = dropped:UDP_CSUM"), "not bound");
}

static void lists(void)
{
	CHECK_STRING(logged("mods = dual"), "3.");
	CHECK_STRING(logged("mods = mptcp"), "3.");
	CHECK_STRING(logged("mods = dual,mptcp"), "3.");
	CHECK_STRING(logged("mods = mptcp,dual"), "");
	CHECK_STRING(logged("mods != mptcp"), "1.2.4.");
	CHECK_STRING(logged("mods = -"), "1.2.");
	CHECK_STRING(logged("mods = ?"), "4.");
	CHECK_STRING(logged("via = listener"), "");
}

static void hidden(void)
{
	CHECK_STRING(logged("group = hidden"), "4.");
	CHECK_STRING(logged("group != hidden"), "1.2.3.");
	CHECK_STRING(logged("group = 4"), "3.");
	CHECK_STRING(logged("group > 0"), "3.");
	CHECK_STRING(logged("group < 5"), "3.");
	CHECK_STRING(logged("group = 4:hash"), "not bound");
}

static void nonsense(void)
{
	static const char *const wrong[] = {
		"(", ")", "( sport = :80", "sport = :80 )", "sport", "sport =", "= :80", "and",
		"sport = :80 and", "sport = :80 or", "not", "!", "comm", "comm nginx", "() ()",
		"dst host.example", "dst > 10.0.0.1", "sport = :http:x", "sport = 10.0.0.1:80",
		"state established and", "state established or", "state all state", "< 3", "&", "|",
	};
	char deep[2 * 100 + 32];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (strcmp(matching(wrong[i]), "not parsed"))
			CHECK_STRING(wrong[i], "(not parsed)");
	}
	memset(deep, '(', 100);
	strcpy(deep + 100, "sport = :80");
	memset(deep + 111, ')', 100);
	deep[211] = '\0';
	CHECK_STRING(matching(deep), "not parsed");
}

const struct unit_case unit_expression[] = {
	UNIT_CASE(ends, "expression: addresses and ports"),
	UNIT_CASE(states, "expression: states"),
	UNIT_CASE(logic, "expression: and, or, not, brackets"),
	UNIT_CASE(columns, "expression: any column"),
	UNIT_CASE(outcomes, "expression: a drop and its reason"),
	UNIT_CASE(lists, "expression: a list is each of its words"),
	UNIT_CASE(hidden, "expression: what is hidden is no number"),
	UNIT_CASE(nonsense, "expression: nonsense is refused"),
	{ 0 },
};

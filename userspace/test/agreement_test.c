// SPDX-License-Identifier: GPL-2.0
/*
 * Filter words at random: their rules let through exactly the segments whose rows the words take,
 * by the module's own parser and matcher.
 */
#include "where/rules.h"

#include "test/unit.h"
#include "module/filter/rules.h"
#include "module/verdict/reason.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define EXPRESSIONS	4000
#define VERDICTS	40

static uint64_t random_state = 0x9e3779b97f4a7c15;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

#define ONE_OF(list)	((list)[random_below(sizeof(list) / sizeof((list)[0]))])

static const char *const devs[] = { "eth0", "lo", "a,b", "c\\d", "fifteen-bytes-x", "-" };
static const uint16_t ports[] = { 0, 22, 80, 81, 443, 8000, 65535 };
static const char *const ipv4s[] = { "10.1.2.3", "10.1.2.4", "10.9.0.1", "192.168.1.13", "0.0.0.0" };
static const char *const ipv6s[] = { "fd77::1", "fd77::2", "2001:db8:1::5", "::", "::1", "0:0:0:1::" };
static const uint16_t reasons[] = { 3, 5, 70, 90, 91 };
static const char *const ops[] = { "=", "!=" };
static const char *const port_ops[] = { "=", "!=", "<", "<=", ">", ">=" };

/* One term about a key; several of the same key can mostly be joined. */
static void put_term(FILE *out, size_t key)
{
	static const char *const protos[] = { "tcp", "tcp6", "udp", "udp6" };
	static const char *const flags[] = { "S", "S.", ".", "P.", "none", "-", "FSRP.U" };
	static const char *const others[] = { "len > 5", "state established", "mods = dual" };
	const char *op = ONE_OF(ops), *end = key & 1 ? "src" : "dst";

	switch (key) {
	case 0:
	case 1:
		fprintf(out, "%s %s %s/%zu", end, op, ONE_OF(ipv4s), random_below(33));
		break;
	case 2:
	case 3:
		fprintf(out, "%s %s [%s]/%zu:%u", end, op, ONE_OF(ipv6s), random_below(129), ONE_OF(ports));
		break;
	case 4:
	case 5:
		fprintf(out, "%s %s %s", end, op, random_below(2) ? ONE_OF(ipv6s) : ONE_OF(ipv4s));
		break;
	case 6:
	case 7:
		fprintf(out, "%s %s :%u", key & 1 ? "sport" : "dport", ONE_OF(port_ops), ONE_OF(ports));
		break;
	case 8:
		fprintf(out, "proto %s %s", op, ONE_OF(protos));
		break;
	case 9:
		fprintf(out, "via %s %s", op, ONE_OF(tpw_via_names));
		break;
	case 10:
		fprintf(out, "match %s %s", op, ONE_OF(tpw_match_names));
		break;
	case 11:
		fprintf(out, "outcome %s %s", op, ONE_OF(tpw_outcome_names));
		break;
	case 12:
		fprintf(out, "outcome %s dropped:%s", op, tpw_reason_name(ONE_OF(reasons)));
		break;
	case 13:
		fprintf(out, "reason %s %s", op, random_below(4) ? tpw_reason_name(ONE_OF(reasons)) : "-");
		break;
	case 14:
		fprintf(out, "flags %s %s", op, ONE_OF(flags));
		break;
	case 15:
		fprintf(out, "dev %s %s", op, ONE_OF(devs));
		break;
	case 16:
		fprintf(out, "%s *:%u", end, ONE_OF(ports));
		break;
	default:
		fputs(ONE_OF(others), out);
	}
}

static size_t random_key(void)
{
	return random_below(40) ? random_below(17) : 17;
}

static void put_expression(FILE *out, unsigned int depth)
{
	size_t key = random_key(), nr = 1 + random_below(3), i;
	bool is_or = !random_below(4);

	if (!random_below(4))
		fputs("not ", out);
	fputs("( ", out);
	if (!depth) {
		/* of one key, or of the two ends */
		for (i = 0; i < nr; i++) {
			fputs(!i ? "" : random_below(3) ? " or " : " and ", out);
			put_term(out, random_below(6) ? key : key ^ 1);
		}
	} else {
		for (i = 0; i < nr; i++) {
			fputs(!i ? "" : is_or ? " or " : " ", out);
			put_expression(out, depth - 1);
		}
	}
	fputs(" )", out);
}

static __be16 random_port(void)
{
	return htons((uint16_t)(random_below(8) ? ONE_OF(ports) + random_below(3) - 1 : random_below(65536)));
}

static void random_address(union tpw_addr *addr, __u8 family)
{
	uint8_t *bytes = (uint8_t *)addr;

	inet_pton(family, family == AF_INET ? ONE_OF(ipv4s) : ONE_OF(ipv6s), addr);
	/* never so that it becomes a mapped one: the kernel takes no such packets */
	if (!random_below(3))
		bytes[random_below(family == AF_INET ? 4 : 8)] ^= 1 << random_below(8);
}

static struct tpw_verdict random_verdict(void)
{
	struct tpw_verdict v = { .family = (uint8_t)random_below(TPW_FAMILY_NR) };

	v.tuple.family = tpw_family_is_ipv6(v.family) ? AF_INET6 : AF_INET;
	random_address(&v.tuple.local, v.tuple.family);
	random_address(&v.tuple.foreign, v.tuple.family);
	v.tuple.lport = random_port();
	v.tuple.fport = random_below(4) ? random_port() : v.tuple.lport;
	snprintf(v.dev, sizeof(v.dev), "%s", random_below(8) ? ONE_OF(devs) : "");
	v.via = (uint8_t)random_below(TPW_VIA_NR);
	v.match = (uint8_t)random_below(TPW_MATCH_NR);
	v.outcome = (uint8_t)(random_below(2) ? TPW_OUTCOME_DROPPED : random_below(TPW_OUTCOME_NR));
	v.reason = random_below(4) ? ONE_OF(reasons) : (uint16_t)random_below(TPW_REASON_NR);
	v.flags = (uint8_t)(random_below(2) ? TPW_TCP_SYN | random_below(2) << 4 : random_below(256));
	return v;
}

static void put_end(FILE *out, __u8 family, const union tpw_addr *addr, __be16 port)
{
	char text[INET6_ADDRSTRLEN], number[8] = "*";

	inet_ntop(family, addr, text, sizeof(text));
	if (port)
		snprintf(number, sizeof(number), "%u", ntohs(port));
	fprintf(out, family == AF_INET6 ? " [%s]:%s" : " %s:%s", text, number);
}

/* As module/proc/log_row.c prints it. */
static void put_row(FILE *out, const struct tpw_verdict *v)
{
	static const char *const protos[] = { "tcp", "tcp6", "udp", "udp6" };
	bool is_dropped = v->outcome == TPW_OUTCOME_DROPPED;
	const char *c;
	char flags[8];

	for (c = v->dev; *c; c++)
		fprintf(out, *c == '\\' ? "\\134" : "%c", *c);
	fprintf(out, "%s %s", *v->dev ? "" : "?", protos[v->family]);
	put_end(out, v->tuple.family, &v->tuple.foreign, v->tuple.fport);
	put_end(out, v->tuple.family, &v->tuple.local, v->tuple.lport);
	fprintf(out, " %s %s %s %s %s\n",
		tpw_family_is_tcp(v->family) ? tpw_flags_format(v->flags, flags) : "-",
		tpw_via_names[v->via], tpw_match_names[v->match], tpw_outcome_names[v->outcome],
		is_dropped ? tpw_reason_name(v->reason) : "-");
}

/** struct sample - random verdicts, and the rows of the log that they are */
struct sample {
	struct tpw_verdict verdicts[VERDICTS];
	struct unit_output rows;
};

static void make_sample(struct sample *sample)
{
	FILE *out = unit_open(&sample->rows);
	size_t i;

	fputs("# tuplewatch 2 log netns=1\n"
	      "dev proto foreign local flags via match outcome reason\n", out);
	for (i = 0; i < VERDICTS; i++) {
		sample->verdicts[i] = random_verdict();
		put_row(out, &sample->verdicts[i]);
	}
}

/* Whether each verdict is let through and its row taken, or neither; false after a line that says which is not. */
static bool agree(struct tpr_expression *expression, const struct tpw_rules *rules,
		  const struct sample *sample, const char *text)
{
	static const char *const names[] = { "log", NULL }, *const none[] = { NULL };
	static const struct tpr_shape shape = { .names = names, .columns = none, .facts = none };
	struct tpr_table *table = tpr_table_create("test", &shape);
	enum tpr_event event;
	bool is_same = true;
	size_t i = 0;

	tpr_table_push(table, sample->rows.text, sample->rows.bytes);
	tpr_table_finish(table);
	while (is_same && (event = tpr_table_next(table)) != TPR_EVENT_END) {
		is_same = event != TPR_EVENT_ERROR;
		if (event == TPR_EVENT_HEAD)
			is_same = !tpr_expression_bind(expression, table);
		else if (event == TPR_EVENT_ROW)
			is_same = tpr_expression_match(expression, table->fields) ==
				  tpw_rules_match(rules, &sample->verdicts[i++]);
	}
	if (!is_same)
		printf("  # row %zu: %s\n  # %s\n", i, text, rules->text);
	tpr_table_destroy(table);
	return is_same && i == VERDICTS;
}

/* Returns whether there are rules for it. */
static bool check_expression(char *text, const struct sample *sample)
{
	struct tpr_expression *expression = tpr_expression_parse(1, &text);
	struct tpw_rules_error error;
	static struct tpw_rules rules;
	struct tpr_refusal refusal;
	char *made_rules;
	bool is_taken;

	CHECK_NUMBER(!expression, 0);
	made_rules = expression ? tpr_rules_compile(expression, 1, &refusal) : NULL;
	is_taken = made_rules;
	if (is_taken && tpw_rules_parse(&rules, made_rules, strlen(made_rules), &error)) {
		printf("  # %s\n  # %s\n", text, made_rules);
		CHECK_STRING(error.why, "");
	} else if (is_taken) {
		CHECK_NUMBER(agree(expression, &rules, sample, text), true);
	} else {
		CHECK_NUMBER(*refusal.why != 0, true);
	}
	free(made_rules);
	tpr_expression_destroy(expression);
	return is_taken;
}

static void random_expressions(void)
{
	struct unit_output text;
	struct sample sample;
	unsigned int taken_nr = 0, i;

	for (i = 0; i < EXPRESSIONS; i++) {
		put_expression(unit_open(&text), (unsigned int)random_below(3));
		make_sample(&sample);
		unit_text_of(&text);
		unit_text_of(&sample.rows);
		taken_nr += check_expression(text.text, &sample);
		unit_close(&text);
		unit_close(&sample.rows);
	}
	printf("  # %u of %d expressions became rules, each compared for %d segments\n", taken_nr,
	       EXPRESSIONS, VERDICTS);
	CHECK_NUMBER(taken_nr > EXPRESSIONS / 3, true);
	CHECK_NUMBER(taken_nr < EXPRESSIONS - EXPRESSIONS / 20, true);
}

const struct unit_case unit_agreement[] = {
	UNIT_CASE(random_expressions, "filter words take the rows of what their rules let through"),
	{ 0 },
};

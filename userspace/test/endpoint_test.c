// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses with ports, as tables have them and as people write them.
 */
#include "lib/endpoint.h"

#include "test/unit.h"

#include <string.h>

static void endpoints(void)
{
	struct tpr_endpoint a, b;

	CHECK_NUMBER(tpr_endpoint_parse("10.0.0.1:80", &a), true);
	CHECK_NUMBER(a.port, 80);
	CHECK_NUMBER(a.is_ipv4, true);
	CHECK_NUMBER(a.addr[10] << 8 | a.addr[11], 0xffff);
	CHECK_NUMBER(a.addr[12], 10);
	CHECK_NUMBER(tpr_endpoint_parse("[::ffff:10.0.0.1]:80", &b), true);
	CHECK_NUMBER(b.is_ipv4, false);
	CHECK_NUMBER(tpr_endpoint_compare(&a, &b), 0);
	CHECK_NUMBER(tpr_endpoint_parse("0.0.0.0:*", &a), true);
	CHECK_NUMBER(a.port, 0);
	CHECK_NUMBER(tpr_endpoint_parse("[fe80::1%eth0]:65535", &a), true);
	CHECK_NUMBER(a.port, 65535);
	CHECK_NUMBER(a.addr[0], 0xfe);
	CHECK_NUMBER(tpr_endpoint_parse("0.0.0.0%lo:22", &a), true);
	CHECK_NUMBER(a.port, 22);
}

static void no_endpoints(void)
{
	static const char *const wrong[] = {
		"", ":", "-", "?", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:x",
		"10.0.0.256:1", "[::1]", "[::1]:-1", "[]:1", "[:1", "host:80", "::1:+1",
	};
	struct tpr_endpoint endpoint;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (tpr_endpoint_parse(wrong[i], &endpoint))
			CHECK_STRING(wrong[i], "(no endpoint)");
	}
}

static void order(void)
{
	static const char *const sorted[] = {
		"[ff::1]:22", "9.9.9.9:80", "10.0.0.1:80", "[ff::1]:80", "1.1.1.1:443",
	};
	struct tpr_endpoint a, b;
	size_t i;

	for (i = 0; i + 1 < sizeof(sorted) / sizeof(sorted[0]); i++) {
		tpr_endpoint_parse(sorted[i], &a);
		tpr_endpoint_parse(sorted[i + 1], &b);
		CHECK_NUMBER(tpr_endpoint_compare(&a, &b) < 0, true);
		CHECK_NUMBER(tpr_endpoint_compare(&b, &a) > 0, true);
	}
}

static bool is(const char *endpoint, const char *prefix)
{
	struct tpr_endpoint e;
	struct tpr_prefix p;

	if (!tpr_endpoint_parse(endpoint, &e) || !tpr_endpoint_prefix(prefix, &p)) {
		CHECK_STRING(endpoint, prefix);
		return false;
	}
	return tpr_endpoint_is(&e, &p);
}

static void prefixes(void)
{
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.3"), true);
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.3:80"), true);
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.3:81"), false);
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.3:*"), true);
	CHECK_NUMBER(is("10.1.2.3:80", ":80"), true);
	CHECK_NUMBER(is("10.1.2.3:80", "*:80"), true);
	CHECK_NUMBER(is("10.1.2.3:80", "*"), true);
	CHECK_NUMBER(is("10.1.2.3:80", "10.0.0.0/8"), true);
	CHECK_NUMBER(is("11.1.2.3:80", "10.0.0.0/8"), false);
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.0/23:80"), true);
	CHECK_NUMBER(is("10.1.4.3:80", "10.1.2.0/23:80"), false);
	CHECK_NUMBER(is("10.1.2.3:80", "10.1.2.2/31"), true);
	CHECK_NUMBER(is("[::ffff:10.1.2.3]:80", "10.1.2.0/24"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "0.0.0.0/0"), false);
	CHECK_NUMBER(is("10.1.2.3:80", "::/0"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "2001:db8::/32"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "2001:db8::/32:80"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "[2001:db8::7]:80"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "[2001:db8::7]"), true);
	CHECK_NUMBER(is("[2001:db8::7]:80", "2001:db8::7"), true);
	CHECK_NUMBER(is("[2001:db8::8]:80", "2001:db8::7"), false);
	CHECK_NUMBER(is("[2001:db8::7]:80", "[2001:db8::]/127"), false);
}

static void no_prefixes(void)
{
	static const char *const wrong[] = {
		"", "host", "10.0.0.0/33", "::/129", "10.0.0.0/x", "10.0.0.0/", "10.0.0.1:x:y",
		"[::1]:70000", "10.0.0", "1.2.3.4.5", "[::1", "/8", ":99999", ":",
	};
	struct tpr_prefix prefix;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (tpr_endpoint_prefix(wrong[i], &prefix))
			CHECK_STRING(wrong[i], "(no prefix)");
	}
}

static void ports(void)
{
	uint16_t port = 0;

	CHECK_NUMBER(tpr_endpoint_port("0", &port), true);
	CHECK_NUMBER(tpr_endpoint_port("65535", &port), true);
	CHECK_NUMBER(port, 65535);
	CHECK_NUMBER(tpr_endpoint_port("65536", &port), false);
	CHECK_NUMBER(tpr_endpoint_port("no-such-service", &port), false);
}

const struct unit_case unit_endpoint[] = {
	UNIT_CASE(endpoints, "endpoint: addresses, ports, brackets, devices"),
	UNIT_CASE(no_endpoints, "endpoint: anything else is none"),
	UNIT_CASE(order, "endpoint: sorted by port, then address"),
	UNIT_CASE(prefixes, "endpoint: what people ask for"),
	UNIT_CASE(no_prefixes, "endpoint: what they cannot ask for"),
	UNIT_CASE(ports, "endpoint: ports"),
	{ 0 },
};

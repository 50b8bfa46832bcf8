/* Hosts become open where the evidence shows that they come anew; everything else stays. */
#include "analyzer/check.h"
#include "analyzer/endpoint.h"
#include "analyzer/propose.h"

#include "tests/unit/analyzer_fixture.h"

#define NAMES_MAX 40

/* A run that does one thing to hosts. */
struct visit {
	enum action action;
	const char *name[NAMES_MAX];
};

static void tell_visit(struct store *store, int id, const struct visit *visit)
{
	struct fact fact[NAMES_MAX];
	char text[16];
	size_t count = 0;

	for (; count < NAMES_MAX && visit->name[count]; count++)
		fact[count] = (struct fact){ .resource = RESOURCE_HOST,
					     .action = visit->action,
					     .name = bytes_of(visit->name[count]),
					     .first_ns = 20,
					     .last_ns = 30 };
	snprintf(text, sizeof text, "%d", id);
	tell(store, &(struct story){ text, .fact = fact, .count = count });
}

static struct policy proposed_as(const char *preset, const struct visit *visit, size_t count)
{
	struct propose_options options = { .agent = "ada", .preset = preset };
	struct store *store = open_store("a.db");
	struct policy policy = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < count; i++)
		tell_visit(store, (int)i + 1, &visit[i]);
	assert_done(propose(store, &options, &policy, &err), &err);
	store_close(store);
	return policy;
}

#define PROPOSED(list) proposed_as("balanced", list, sizeof(list) / sizeof *(list))

static const struct rule *rule_of(const struct policy *policy, const char *pattern)
{
	for (size_t i = 0; i < policy->count; i++)
		if (!strcmp(policy->rule[i].pattern, pattern))
			return &policy->rule[i];
	return NULL;
}

static void assert_has(const struct policy *policy, const char *pattern)
{
	if (rule_of(policy, pattern))
		return;
	for (size_t i = 0; i < policy->count; i++)
		print_message("there is: %s\n", policy->rule[i].pattern);
	fail_msg("no rule has the pattern %s", pattern);
}

static size_t count_open(const struct policy *policy)
{
	size_t open = 0;

	for (size_t i = 0; i < policy->count; i++)
		open += pattern_is_open(&policy->rule[i].match);
	return open;
}

static void names_by_chance_become_a_class(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT,
		  { "tcp/3f9a2c71.cdn.example.com:443", "tcp/www.example.com:443" } },
		{ ACTION_CONNECT,
		  { "tcp/90c1b2aa.cdn.example.com:443", "tcp/www.example.com:443" } },
		{ ACTION_CONNECT,
		  { "tcp/01ddef45.cdn.example.com:443", "tcp/api.example.com:443" } },
	};
	struct policy policy = PROPOSED(visit), literal;

	(void)state;
	assert_int_equal(policy.count, 3);
	assert_has(&policy, "tcp/{hex:8}.cdn.example.com:443");
	assert_has(&policy, "tcp/www.example.com:443");
	assert_has(&policy, "tcp/api.example.com:443");
	policy_release(&policy);
	literal = proposed_as("literal", visit, 3);
	assert_int_equal(count_open(&literal), 0);
	policy_release(&literal);
}

static void names_that_people_chose_stay(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT, { "tcp/mail.example.com:443" } },
		{ ACTION_CONNECT, { "tcp/docs.example.com:443" } },
		{ ACTION_CONNECT, { "tcp/static.example.com:443" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(policy.count, 3);
	assert_int_equal(count_open(&policy), 0);
	policy_release(&policy);
}

/* The name that somebody registered never varies, and below github.io each does for itself. */
static void registrable_names_stay(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT,
		  { "tcp/3f9a2c71.com:443", "tcp/3f9a2c71.github.io:443",
		    "tcp/3f9a2c71.s3.amazonaws.com:443", "tcp/3f9a2c71:443",
		    "tcp/3f9a2c71.co.uk:443" } },
		{ ACTION_CONNECT,
		  { "tcp/90c1b2aa.com:443", "tcp/90c1b2aa.github.io:443",
		    "tcp/90c1b2aa.s3.amazonaws.com:443", "tcp/90c1b2aa:443",
		    "tcp/90c1b2aa.co.uk:443" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(policy.count, 10);
	assert_int_equal(count_open(&policy), 0);
	policy_release(&policy);
}

static void only_the_first_labels_vary(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_RESOLVE,
		  { "dns/3f9a2c71.4f00a7b2.example.com:53", "dns/api.3f9a2c71.example.org:53" } },
		{ ACTION_RESOLVE,
		  { "dns/90c1b2aa.8811bbcc.example.com:53", "dns/api.90c1b2aa.example.org:53" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(count_open(&policy), 1);
	assert_has(&policy, "dns/{hex:8}.{hex:8}.example.com:53");
	assert_has(&policy, "dns/api.3f9a2c71.example.org:53");
	policy_release(&policy);
}

static void ports_and_protocols_stay(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT, { "tcp/3f9a2c71.example.com:443" } },
		{ ACTION_CONNECT, { "tcp/90c1b2aa.example.com:8443" } },
		{ ACTION_CONNECT, { "udp/01ddef45.example.com:443" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(count_open(&policy), 0);
	policy_release(&policy);
}

static void private_addresses_become_a_block(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT,
		  { "tcp/10.1.2.1:5432", "tcp/10.1.2.3:5432", "tcp/10.1.2.5:5432",
		    "tcp/10.9.9.9:5432" } },
		{ ACTION_CONNECT,
		  { "tcp/10.1.2.4:5432", "tcp/10.1.2.9:5432", "tcp/10.1.2.10:5432" } },
		{ ACTION_CONNECT,
		  { "tcp/10.1.2.12:5432", "tcp/10.1.2.14:5432", "tcp/10.1.2.8:80" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(policy.count, 3);
	assert_has(&policy, "tcp/10.1.2.0/28:5432");
	assert_has(&policy, "tcp/10.9.9.9:5432");
	assert_has(&policy, "tcp/10.1.2.8:80");
	policy_release(&policy);
}

static void the_other_protocol_has_blocks_too(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT, { "tcp/[fd00::10]:22", "tcp/[fd00::11]:22" } },
		{ ACTION_CONNECT, { "tcp/[fd00::12]:22", "tcp/[2001:db8::1]:22" } },
		{ ACTION_CONNECT, { "tcp/[2001:db8::2]:22" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(count_open(&policy), 1);
	assert_has(&policy, "tcp/[fd00::10/126]:22");
	policy_release(&policy);
}

static void half_must_have_been_seen(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT, { "tcp/10.1.2.1:22", "tcp/10.1.2.6:22", "tcp/8.8.8.8:22" } },
		{ ACTION_CONNECT, { "tcp/10.1.2.9:22", "tcp/10.1.2.14:22", "tcp/8.8.8.9:22" } },
	};
	struct policy policy = PROPOSED(visit);

	(void)state;
	assert_int_equal(policy.count, 6);
	assert_int_equal(count_open(&policy), 0);
	policy_release(&policy);
}

/* 169.254.169.254 gives out credentials: no block has it. */
static void no_block_reaches_metadata(void **state)
{
	static const struct visit visit[] = {
		{ ACTION_CONNECT,
		  { "tcp/169.254.169.248:80", "tcp/169.254.169.252:80",
		    "tcp/169.254.169.250:80" } },
		{ ACTION_CONNECT,
		  { "tcp/169.254.169.249:80", "tcp/169.254.169.253:80",
		    "tcp/169.254.169.251:80" } },
		{ ACTION_CONNECT, { "tcp/169.254.169.255:80" } },
	};
	struct policy policy = PROPOSED(visit);
	const struct asked asked = { RESOURCE_HOST, ACTION_CONNECT, BYTES("tcp/169.254.169.254:80"),
				     BYTES(""), .own = false };

	(void)state;
	assert_has(&policy, "tcp/169.254.169.248/30:80");
	assert_null(policy_match(&policy, &(struct roots){ 0 }, &asked, NULL));
	policy_release(&policy);
}

static const struct fact served_fact[][2] = {
	{ FACT(HOST, ACCEPT, "tcp/127.0.0.1:43211"), FACT(HOST, CONNECT, "tcp/127.0.0.1:43211") },
	{ FACT(HOST, ACCEPT, "tcp/0.0.0.0:52001"), FACT(HOST, CONNECT, "tcp/127.0.0.1:52001") },
	{ FACT(HOST, ACCEPT, "tcp/127.0.0.1:38111"), FACT(HOST, CONNECT, "tcp/127.0.0.1:38111") },
	{ FACT(HOST, CONNECT, "tcp/127.0.0.1:5432"), FACT(HOST, CONNECT, "tcp/127.0.0.1:60001") },
};

static int replay(void *context, const struct run *run)
{
	void **both = context;
	struct error err = { 0 };

	assert_done(check_run(both[0], both[1], run, &err), &err);
	return 0;
}

static void own_ports_are_any_that_the_run_listens_on(void **state)
{
	struct propose_options options = { .agent = "ada", .preset = "balanced" };
	struct store *store = open_store("a.db"), *other = open_store("b.db");
	struct policy policy = { 0 };
	struct check check = { .policy = &policy };
	struct error err = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		char id[24];

		snprintf(id, sizeof id, "%d", i + 1);
		tell(store, &(struct story){ id, FACTS(served_fact[i]) });
	}
	assert_done(propose(store, &options, &policy, &err), &err);
	assert_has(&policy, "tcp/127.0.0.1:{digit:5}");
	assert_true(rule_of(&policy, "tcp/127.0.0.1:{digit:5}")->own);
	assert_int_equal(count_open(&policy), 2); /* accept, connect */
	/* A run that listens elsewhere fits; one that connects to who else listens there does not.
	 */
	tell(other, &(struct story){ "5", FACTS(served_fact[0]) });
	tell(other, &(struct story){ "6", FACTS(served_fact[3]) });
	assert_done(store_each_run(other, NULL, replay, (void *[]){ &check, other }, &err), &err);
	assert_int_equal(HASH_COUNT(check.violation), 2);
	store_close(store);
	store_close(other);
	check_release(&check);
	policy_release(&policy);
}

static void sockets_that_sent_nothing_need_nothing(void **state)
{
	static const struct fact fact[] = {
		FACT(HOST, CONNECT, "udp/192.0.2.1:443"),
		FACT(HOST, CONNECT, "udp/192.0.2.2:443"),
		FACT(HOST, CONNECT, "udp/192.0.2.3:443"),
	};
	struct store *store = open_store("a.db");
	struct propose_options options = { .agent = "ada" };
	struct policy policy = { 0 };
	struct error err = { 0 };

	(void)state;
	tell(store, &(struct story){ "1", .ending = DIES, FACTS(fact) });
	for (int64_t i = 0; i < 3; i++) {
		const struct connection connection = {
			.seq = i + 1,
			.image = 1,
			.protocol = PROTOCOL_UDP,
			.name = fact[i].name,
			.source = SOURCE_ADDRESS,
			.peer = fact[i].name,
			.count = 1,
			.measured = i != 2, /* nobody knows what it sent */
			.sent = i == 1,
		};

		assert_done(store_put_connection(store, 1, &connection, &err), &err);
	}
	assert_done(propose(store, &options, &policy, &err), &err);
	assert_int_equal(policy.count, 2);
	assert_null(rule_of(&policy, "udp/192.0.2.1:443"));
	store_close(store);
	policy_release(&policy);
}

static void knows_private_networks(void **state)
{
	static const struct {
		const char *address;
		bool is_private;
	} row[] = {
		{ "10.255.0.1", true },	  { "11.0.0.1", false },      { "172.31.1.1", true },
		{ "172.32.1.1", false },  { "192.168.7.7", true },    { "100.64.0.1", true },
		{ "100.128.0.1", false }, { "127.3.2.1", true },      { "169.254.1.1", true },
		{ "[fd12::1]", true },	  { "[2001:db8::1]", false }, { "[fe80::1]", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		uint8_t address[16] = { 0 };
		size_t size = address_read(bytes_of(row[i].address), address);

		assert_true(size);
		assert_int_equal(address_is_private(address, size), row[i].is_private);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_by_chance_become_a_class),
		cmocka_unit_test(names_that_people_chose_stay),
		cmocka_unit_test(registrable_names_stay),
		cmocka_unit_test(only_the_first_labels_vary),
		cmocka_unit_test(ports_and_protocols_stay),
		cmocka_unit_test(private_addresses_become_a_block),
		cmocka_unit_test(the_other_protocol_has_blocks_too),
		cmocka_unit_test(half_must_have_been_seen),
		cmocka_unit_test(no_block_reaches_metadata),
		cmocka_unit_test(own_ports_are_any_that_the_run_listens_on),
		cmocka_unit_test(sockets_that_sent_nothing_need_nothing),
		cmocka_unit_test(knows_private_networks),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}

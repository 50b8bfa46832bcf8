#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/facilities.h"
#include "reports/exporters/grants.h"
#include "reports/exporters/header.h"

#include "core/action_call.h"
#include "core/policy.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* A unix socket is accepted on by the same call, renamed and deleted as a file is. */
static bool has_action(const struct policy *policy, enum action action)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].action == action)
			return true;
	return false;
}

static json_t *refusal(json_t *names)
{
	return json_pack("{s:o, s:s, s:i}", "names", names, "action", "SCMP_ACT_ERRNO", "errnoRet",
			 1);
}

static void add_words(json_t *names, const char *words)
{
	while (*words) {
		size_t size = strcspn(words, " ");

		json_array_append_new(names, json_stringn(words, size));
		words += size + strspn(words + size, " ");
	}
}

static json_t *refused_calls(const struct policy *policy)
{
	json_t *names = json_array();

	for (size_t i = 0; i < facility_count; i++)
		if (!facility_is_granted(policy, facility_row[i].name))
			add_words(names, facility_row[i].calls);
	for (size_t i = 0; i < action_call_count; i++)
		if (action_call_row[i].only && !has_action(policy, action_call_row[i].action))
			add_words(names, action_call_row[i].calls);
	return names;
}

static bool has_resource(const struct policy *policy, enum resource resource)
{
	for (size_t i = 0; i < policy->count; i++)
		if (policy->rule[i].resource == resource)
			return true;
	return false;
}

static void add_family(json_t *calls, int family)
{
	json_t *rule = refusal(json_pack("[s]", "socket"));

	json_object_set_new(
		rule, "args",
		json_pack("[{s:i, s:i, s:s}]", "index", 0, "value", family, "op", "SCMP_CMP_EQ"));
	json_array_append_new(calls, rule);
}

/* socket(2): families that no rule speaks of. */
static void add_families(json_t *calls, const struct policy *policy)
{
	if (!has_resource(policy, RESOURCE_HOST)) {
		add_family(calls, AF_INET);
		add_family(calls, AF_INET6);
	}
	if (!facility_is_granted(policy, "raw-socket"))
		add_family(calls, AF_PACKET);
	if (!facility_is_granted(policy, "netlink"))
		add_family(calls, AF_NETLINK);
	add_family(calls, AF_VSOCK);
	add_family(calls, AF_ALG);
}

/* clone(2) with any of the flags of a new namespace.  clone3(2) has its flags in memory, which a
 * filter cannot read: programs do without it where it is not there. */
static void add_namespaces(json_t *calls, const struct policy *policy)
{
	static const unsigned flag[] = { 0x00020000, 0x02000000, 0x04000000, 0x08000000,
					 0x10000000, 0x20000000, 0x40000000 };

	if (facility_is_granted(policy, "namespace"))
		return;
	for (size_t i = 0; i < sizeof flag / sizeof *flag; i++) {
		json_t *rule = refusal(json_pack("[s]", "clone"));

		json_object_set_new(rule, "args",
				    json_pack("[{s:i, s:I, s:I, s:s}]", "index", 0, "value",
					      (json_int_t)flag[i], "valueTwo", (json_int_t)flag[i],
					      "op", "SCMP_CMP_MASKED_EQ"));
		json_array_append_new(calls, rule);
	}
	json_array_append_new(calls, json_pack("{s:[s], s:s, s:i}", "names", "clone3", "action",
					       "SCMP_ACT_ERRNO", "errnoRet", 38));
}

static void rule_losses(const struct rule *rule, struct losses *losses)
{
	if (rule->resource == RESOURCE_KERNEL)
		facility_losses(rule, FACILITY_CALLS, losses);
	else if (rule->resource == RESOURCE_TOOL || rule->resource == RESOURCE_VARIABLE)
		losses_add(losses, rule, LOSS_DROPPED, "a filter of system calls does not see it");
	else
		losses_add(losses, rule, LOSS_WIDENED,
			   "whatever it names: a filter sees calls, not what they are about");
	condition_losses(rule, losses);
}

int export_seccomp(const struct policy *policy, struct buffer *out, struct losses *losses,
		   struct error *err)
{
	json_t *calls = json_array(), *header;

	losses_add(losses, NULL, LOSS_WIDENED,
		   "calls that belong to no rule's kind are allowed: this takes away what no rule "
		   "of the policy can need, and nothing else");
	for (size_t i = 0; i < policy->count; i++)
		rule_losses(&policy->rule[i], losses);
	header = header_json(policy, losses, err);
	if (!header) {
		json_decref(calls);
		return -ENOMEM;
	}
	json_array_append_new(calls, refusal(refused_calls(policy)));
	add_families(calls, policy);
	add_namespaces(calls, policy);
	return json_finish(json_pack("{s:o, s:s, s:[s,s,s], s:o}", "pare", header, "defaultAction",
				     "SCMP_ACT_ALLOW", "architectures", "SCMP_ARCH_X86_64",
				     "SCMP_ARCH_X86", "SCMP_ARCH_X32", "syscalls", calls),
			   out, err);
}

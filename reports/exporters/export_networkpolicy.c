#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/kubernetes.h"

/* Whether the rule goes out to an address. */
static bool take(const struct rule *rule, struct endpoint *endpoint, struct losses *losses)
{
	const char *reason = NULL;

	if (!kubernetes_takes(rule, endpoint, losses))
		return false;
	if (rule->action == ACTION_RESOLVE)
		reason = "packets are not looked into: what may be asked is the resolver's rule";
	else if (rule_is_sending(rule) && host_kind(endpoint->host) == HOST_NAME)
		reason = "it knows addresses only: Cilium's knows names (--to cilium)";
	if (reason)
		losses_add(losses, rule, LOSS_DROPPED, "%s", reason);
	else if (!endpoint_port(endpoint))
		losses_add(losses, rule, LOSS_WIDENED, "any port");
	return !reason;
}

static void add(json_t *in, json_t *out_of, const struct rule *rule,
		const struct endpoint *endpoint)
{
	json_t *ports = kubernetes_ports(endpoint, false);

	if (rule->action == ACTION_ACCEPT)
		json_array_append_new(in, json_pack("{s:o}", "ports", ports));
	else
		json_array_append_new(out_of,
				      json_pack("{s:[{s:{s:o}}], s:o}", "to", "ipBlock", "cidr",
						kubernetes_block(endpoint), "ports", ports));
}

int export_networkpolicy(const struct policy *policy, struct buffer *out, struct losses *losses,
			 struct error *err)
{
	static const char *const use[] = { "A NetworkPolicy of Kubernetes, for pods with the label "
					   "app: pare-AGENT.  (JSON is YAML.)" };
	json_t *in = json_array(), *out_of = json_array();
	int r;

	foreign_losses(policy, 1u << RESOURCE_HOST, "it knows the network only", losses);
	kubernetes_losses(losses);
	for (size_t i = 0; i < policy->count; i++) {
		struct endpoint endpoint;

		if (!take(&policy->rule[i], &endpoint, losses))
			continue;
		condition_losses(&policy->rule[i], losses);
		add(in, out_of, &policy->rule[i], &endpoint);
	}
	r = header_write(policy, losses, "#", use, 1, out, err);
	if (r) {
		json_decref(in);
		json_decref(out_of);
		return r;
	}
	return json_finish(json_pack("{s:s, s:s, s:o, s:{s:{s:o}, s:[s,s], s:o, s:o}}",
				     "apiVersion", "networking.k8s.io/v1", "kind", "NetworkPolicy",
				     "metadata", kubernetes_metadata(policy), "spec", "podSelector",
				     "matchLabels", kubernetes_labels(policy), "policyTypes",
				     "Ingress", "Egress", "ingress", in, "egress", out_of),
			   out, err);
}

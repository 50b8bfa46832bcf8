#include "reports/exporters/conditions.h"
#include "reports/exporters/exporters.h"
#include "reports/exporters/header.h"
#include "reports/exporters/kubernetes.h"

static void add_name(json_t *names, struct bytes host)
{
	json_t *name = json_pack("{s:o}", "matchName", json_name(host));

	for (size_t i = 0; i < json_array_size(names); i++)
		if (json_equal(json_array_get(names, i), name)) {
			json_decref(name);
			return;
		}
	json_array_append_new(names, name);
}

/* Names that may be asked of the cluster's resolver, whose answers Cilium learns the addresses
 * from. */
static json_t *resolver_json(const struct policy *policy)
{
	json_t *names = json_array();
	scoped(losses) struct losses unused = { 0 };

	for (size_t i = 0; i < policy->count; i++) {
		struct endpoint endpoint;

		if (!kubernetes_takes(&policy->rule[i], &endpoint, &unused) ||
		    host_kind(endpoint.host) != HOST_NAME ||
		    policy->rule[i].action == ACTION_ACCEPT)
			continue;
		add_name(names, endpoint.host);
	}
	return json_pack("{s:[{s:{s:s, s:s}}], s:[{s:[{s:s, s:s}], s:{s:o}}]}", "toEndpoints",
			 "matchLabels", "k8s:io.kubernetes.pod.namespace", "kube-system",
			 "k8s:k8s-app", "kube-dns", "toPorts", "ports", "port", "53", "protocol",
			 "ANY", "rules", "dns", names);
}

static void add(json_t *in, json_t *out_of, const struct rule *rule,
		const struct endpoint *endpoint)
{
	json_t *to = json_object();

	if (rule->action == ACTION_ACCEPT)
		json_object_set_new(to, "fromEntities", json_pack("[s]", "all"));
	else if (host_kind(endpoint->host) == HOST_NAME)
		json_object_set_new(to, "toFQDNs",
				    json_pack("[{s:o}]", "matchName", json_name(endpoint->host)));
	else
		json_object_set_new(to, "toCIDR", json_pack("[o]", kubernetes_block(endpoint)));
	json_object_set_new(to, "toPorts",
			    json_pack("[{s:o}]", "ports", kubernetes_ports(endpoint, true)));
	json_array_append_new(rule->action == ACTION_ACCEPT ? in : out_of, to);
}

static void add_rule(json_t *in, json_t *out_of, const struct rule *rule, bool *names,
		     struct losses *losses)
{
	struct endpoint endpoint;

	if (!kubernetes_takes(rule, &endpoint, losses))
		return;
	*names |= host_kind(endpoint.host) == HOST_NAME && rule->action != ACTION_ACCEPT;
	condition_losses(rule, losses);
	if (rule->action == ACTION_RESOLVE)
		return;
	if (!endpoint_port(&endpoint))
		losses_add(losses, rule, LOSS_WIDENED, "any port");
	if (rule_is_sending(rule) && host_kind(endpoint.host) == HOST_NAME)
		losses_add(losses, rule, LOSS_WIDENED,
			   "whatever else is at the addresses of the name");
	add(in, out_of, rule, &endpoint);
}

int export_cilium(const struct policy *policy, struct buffer *out, struct losses *losses,
		  struct error *err)
{
	static const char *const use[] = { "A CiliumNetworkPolicy, for pods with the label app: "
					   "pare-AGENT.  (JSON is YAML.)" };
	json_t *in = json_array(), *out_of = json_array();
	bool names = false;
	int r;

	foreign_losses(policy, 1u << RESOURCE_HOST, "it knows the network only", losses);
	kubernetes_losses(losses);
	for (size_t i = 0; i < policy->count; i++)
		add_rule(in, out_of, &policy->rule[i], &names, losses);
	/* An empty rule allows nothing, and lets nothing else be allowed. */
	if (!json_array_size(in))
		json_array_append_new(in, json_object());
	if (!json_array_size(out_of))
		json_array_append_new(out_of, json_object());
	if (names) {
		json_array_insert_new(out_of, 0, resolver_json(policy));
		losses_add(losses, NULL, LOSS_WIDENED,
			   "the cluster's resolver may be asked for each name that is connected "
			   "to");
	}
	r = header_write(policy, losses, "#", use, 1, out, err);
	if (r) {
		json_decref(in);
		json_decref(out_of);
		return r;
	}
	return json_finish(json_pack("{s:s, s:s, s:o, s:{s:{s:o}, s:o, s:o}}", "apiVersion",
				     "cilium.io/v2", "kind", "CiliumNetworkPolicy", "metadata",
				     kubernetes_metadata(policy), "spec", "endpointSelector",
				     "matchLabels", kubernetes_labels(policy), "ingress", in,
				     "egress", out_of),
			   out, err);
}

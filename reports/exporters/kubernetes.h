#ifndef REPORTS_EXPORTERS_KUBERNETES_H
#define REPORTS_EXPORTERS_KUBERNETES_H

#include "reports/exporters/endpoint.h"

#include <jansson.h>

struct losses;

/* What policies of Kubernetes' networks have in common. */

/* {name, labels...}: the name of the agent as one of Kubernetes (RFC 1123, label): other characters
 * become dashes. */
json_t *kubernetes_metadata(const struct policy *policy);
/* {app: NAME}: the label of the pods that it is for. */
json_t *kubernetes_labels(const struct policy *policy);
/* [{port, protocol}], or [] where the endpoint has no port that can be named. */
json_t *kubernetes_ports(const struct endpoint *endpoint, bool text);
/* "192.0.2.1/32" */
json_t *kubernetes_block(const struct endpoint *endpoint);
/* Tells what is true of every such policy. */
void kubernetes_losses(struct losses *losses);
/* Whether it is TCP or UDP from or to a place outside the pod; tells what is not. */
bool kubernetes_takes(const struct rule *rule, struct endpoint *ret, struct losses *losses);

#endif

#ifndef REPORTS_EXPORTERS_SETTINGS_H
#define REPORTS_EXPORTERS_SETTINGS_H

#include "reports/exporters/trees.h"

#include <jansson.h>

/* What the settings of agents' own sandboxes have in common: hosts by name, folders that may be
 * written, and variables that are kept from what runs inside. */

/* Hosts outside that may be connected to, each once; with ports ("host:443") or, which is wider,
 * without. Tells the losses of all rules of hosts. */
json_t *settings_hosts(const struct policy *policy, bool ports, struct losses *losses);
/* Paths of the trees that are written, or of all others. */
json_t *settings_paths(const struct trees *trees, bool written);
/* [{name, mode: "deny"}] for variables that are known to hold secrets and are not granted. */
json_t *settings_variables(const struct policy *policy);
/* What that does not say of variables. */
void settings_variable_losses(const struct policy *policy, struct losses *losses);
/* The losses of what no such sandbox knows: processes, facilities, sockets; of tools where `tools`
 * is false. */
void settings_losses(const struct policy *policy, bool tools, struct losses *losses);

/* Paths that are taken for nothing else: no patterns, no home. */
bool settings_take(struct bytes path);

#endif

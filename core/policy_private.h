#ifndef CORE_POLICY_PRIVATE_H
#define CORE_POLICY_PRIVATE_H

#include "core/policy.h"

/* Between the files of the policy model. */

/* Finds the rules of one name without looking at all of them (policy_index.c).  `policy` is
 * sorted and parsed.  0 or -ENOMEM. */
int policy_index_build(struct policy *policy);
void policy_index_release(struct policy *policy);

/* Before threads read documents: libxml2 makes its tables once (policy_xml.c). */
void policy_xml_begin(void);

/* Parses rule->argv, writes it canonically, sorts it and makes it quick to look up
 * (templates.c).  0, -EINVAL, -ENOMEM. */
int templates_build(struct rule *rule, struct error *err);
void templates_release(struct rule *rule); /* and the text */
/* Whether one of them, if there are any, admits what is asked. */
bool templates_admit(const struct rule *rule, const struct roots *roots, const struct asked *asked);

/* Whether the rule holds in this phase. */
bool rule_has_phase(const struct rule *rule, struct bytes phase);

/* ---- attributes of the document (policy_field.c) ---- */

/* What a value is: reads it from text (returns NULL, or why not) and writes it (returns whether
 * there is anything to write).  `value` points into the struct. */
struct field_kind {
	const char *(*read)(void *value, const char *text);
	bool (*write)(const void *value, struct buffer *out);
};

/* One attribute; a list ends with name NULL. */
struct field {
	const char *name;
	bool needed;
	const struct field_kind *kind;
	size_t offset;
};

extern const struct field policy_field[];   /* <policy>: struct policy */
extern const struct field basis_field[];    /* <basis>: struct policy */
extern const struct field quality_field[];  /* <quality>: struct policy */
extern const struct field limits_field[];   /* <limits>: struct policy */
extern const struct field rule_field[];	    /* <rule>: struct rule */
extern const struct field evidence_field[]; /* <evidence>: struct rule */
extern const struct field argument_field[]; /* <argument>: struct argument (argument_field.c) */

/* The text in <pattern> and <justification>, which people may break into lines. */
extern const struct field_kind field_pattern;
extern const struct field_kind field_prose;

/* Whether any of the values, which are all int64_t, is there. */
bool field_any(const struct field *list, const void *from);

#endif

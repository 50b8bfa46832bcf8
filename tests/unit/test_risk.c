#include "analyzer/protect.h"
#include "analyzer/risk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void every_action_has_a_rating(void **state)
{
	(void)state;
	for (const struct word *kind = resource_word; kind->code; kind++)
		for (const struct word *action = action_word; action->code; action++) {
			enum resource resource = (enum resource)kind->code;
			struct rating rating;

			if (!resource_has_action(resource, (enum action)action->code))
				continue;
			rating = risk_rate(resource, (enum action)action->code, false);
			if (strstr(rating.reason, "no rating"))
				fail_msg("%s %s has no row in risk.def", kind->text, action->text);
		}
}

static void own_objects_are_never_worse(void **state)
{
	(void)state;
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, true).risk, RISK_LOW);
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, true).gate, GATE_NONE);
	assert_int_equal(risk_rate(RESOURCE_FILE, ACTION_DELETE, false).gate, GATE_CONFIRM);
	assert_int_equal(risk_rate(RESOURCE_PROCESS, ACTION_SIGNAL, true).risk, RISK_LOW);
	assert_int_equal(risk_rate(RESOURCE_PROCESS, ACTION_SIGNAL, false).risk, RISK_HIGH);
	assert_int_equal(risk_rate(RESOURCE_KERNEL, ACTION_USE, true).gate, GATE_CONFIRM);
}

/* What protects each name, "" for nothing. */
static const struct {
	enum resource resource;
	enum action action;
	const char *name, *id;
} protect_case[] = {
	{ RESOURCE_FILE, ACTION_READ, "/home/u/.ssh/id_ed25519", "ssh-key" },
	{ RESOURCE_FILE, ACTION_WRITE, "/root/.ssh/id_rsa", "ssh-key" },
	{ RESOURCE_FILE, ACTION_STAT, "/root/.ssh/id_rsa", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/id_rsa.pub", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/known_hosts", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/x.ssh/id_rsa", "" },
	{ RESOURCE_FILE, ACTION_READ, "/root/.ssh/id_rsa/deeper", "" },
	{ RESOURCE_FILE, ACTION_READ, "/etc/shadow", "shadow" },
	{ RESOURCE_FILE, ACTION_READ, "/etc/shadow-", "shadow" },
	{ RESOURCE_FILE, ACTION_READ, "/srv/etc/shadow", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.env", "env-file" },
	{ RESOURCE_FILE, ACTION_READ, "/w/a/.env.production", "env-file" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.env.example", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/x.env", "" },
	{ RESOURCE_FILE, ACTION_READ, "/w/.environment", "" },
	{ RESOURCE_FILE, ACTION_READ, "/run/secrets/a/b", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/run/secrets", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.config/gcloud/a/b/credentials.db", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.config/gcloud/legacy/x_credentials/y/z", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.aws/credentials", "cloud" },
	{ RESOURCE_FILE, ACTION_READ, "/proc/17/environ", "memory" },
	{ RESOURCE_FILE, ACTION_READ, "/proc/17/task/18/environ", "" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.bash_history", "history" },
	{ RESOURCE_FILE, ACTION_WRITE, "/h/.bashrc", "shell-start" },
	{ RESOURCE_FILE, ACTION_READ, "/h/.bashrc", "" },
	{ RESOURCE_FILE, ACTION_CREATE, "/w/.git/hooks/pre-commit", "git-hook" },
	{ RESOURCE_FILE, ACTION_CREATE, "/w/.git/hooks/pre-commit.sample", "" },
	{ RESOURCE_FILE, ACTION_LIST, "/w/.git/hooks", "" },
	{ RESOURCE_FILE, ACTION_APPEND, "/h/.ssh/authorized_keys", "ssh-login" },
	{ RESOURCE_SOCKET, ACTION_CONNECT, "/run/docker.sock", "docker" },
	{ RESOURCE_SOCKET, ACTION_CONNECT, "/tmp/ssh-Xa1/agent.55", "key-agent" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/169.254.169.254:80", "metadata" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/[fd00:ec2::254]:80", "metadata" },
	{ RESOURCE_HOST, ACTION_CONNECT, "tcp/x.169.254.169.254:80", "" },
	{ RESOURCE_PROGRAM, ACTION_EXEC, "/w/.env", "" },
	{ RESOURCE_FILE, ACTION_READ, "", "" },
};

static void protects_what_looks_like_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof protect_case / sizeof *protect_case; i++) {
		const struct protected_object *found =
			protect_find(protect_case[i].resource, protect_case[i].action,
				     bytes_of(protect_case[i].name));
		const char *id = found ? found->id : "";

		if (strcmp(id, protect_case[i].id))
			fail_msg("%s %s: \"%s\", not \"%s\"", action_text(protect_case[i].action),
				 protect_case[i].name, id, protect_case[i].id);
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(every_action_has_a_rating),
		cmocka_unit_test(own_objects_are_never_worse),
		cmocka_unit_test(protects_what_looks_like_a_secret),
	};

	return cmocka_run_group_tests_name("risk", test, NULL, NULL);
}

package pare

import rego.v1

default allow := false

allow if count(allowed_by) > 0

allowed_by contains rule.id if {
	some rule in rules
	rule.resource == input.resource
	rule.action == input.action
	names(rule)
	is_command(rule)
	is_own(rule)
	in_phase(rule)
	in_time(rule)
	is_soon(rule)
	in_rate(rule)
	is_confirmed(rule)
}

names(rule) if rule.name == input.name

names(rule) if {
	is_canonical(input.name)
	regex.match(rule.matches, input.name)
}

# No pattern admits a name with an empty component, "." or "..".
is_canonical(name) if not regex.match(`(^|/)\.{1,2}(/|$)|//|.\/$`, name)

is_command(rule) if not rule.commands

is_command(rule) if input.command in rule.commands

is_command(rule) if {
	some expression in rule.command_matches
	regex.match(expression, input.command)
}

is_own(rule) if not rule.own

is_own(rule) if input.own == true

in_phase(rule) if not rule.phase

in_phase(rule) if rule.phase == input.phase

in_time(rule) if not rule.expires_ns

in_time(rule) if time.now_ns() < rule.expires_ns

in_rate(rule) if not rule.rates

in_rate(rule) if {
	every unit, most in rule.rates {
		input.uses[rule.id][unit] < most
	}
}

is_soon(rule) if not rule.within_ns

is_soon(rule) if input.elapsed_ns < rule.within_ns

is_confirmed(rule) if not rule.confirm

is_confirmed(rule) if input.confirmed == true

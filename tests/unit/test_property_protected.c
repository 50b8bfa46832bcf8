/* Whatever the evidence, no rule admits something protected that was not used by its very name. */
#include "tests/unit/property.h"

#include "analyzer/feasible.h"
#include "analyzer/generalise.h"
#include "core/varying.h"

#define NAMES_MAX 200

static struct protection *protection;
static size_t rows;

struct attempt {
	uint64_t number;
	struct evidence evidence;
	const struct protected_object *object; /* what it goes for */
	struct buffer folder;		       /* what ** stands for */
	struct {
		enum action action;
		struct buffer name;
	} used[NAMES_MAX];
	size_t count;
};

static const char *const letters[] = {
	"abcdefghijklmnopqrstuvwxyz",
	"0123456789abcdef",
	"0123456789",
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"abcdefghijklmnopqrstuvwxyz0123456789_-.",
	"ab",
	"\xff\xfe\x80\xc3",
};

static const char *const place[] = {
	"",	  "/home/ada", "/home/ada/w", "/root", "/etc", "/tmp",
	"/srv/q", "/usr/lib",  "/home",	      "/w/p",  "/var", "/.git"
};
static const enum action action[] = { ACTION_READ,   ACTION_READ,   ACTION_WRITE, ACTION_CREATE,
				      ACTION_DELETE, ACTION_APPEND, ACTION_STAT,  ACTION_LIST };

/* The roots stand in odd places, too. */
static struct roots random_roots(void)
{
	static const char *const odd[] = { "/",	    "/etc",	      "/home/ada", "/home/ada/w",
					   "/tmp",  "/home/ada/.ssh", "/root",	   "/w",
					   "",	    "/home",	      "/etc/ssl/", "/srv",
					   "/proc", "/var/run" };

	if (pick(2))
		return (struct roots){ bytes_of("/home/ada/w"), bytes_of("/home/ada"),
				       bytes_of("/tmp") };
	return (struct roots){ bytes_of(PICK(odd)), bytes_of(PICK(odd)), bytes_of(PICK(odd)) };
}

/* A name that the pattern is about: ** is the folder, * some text. */
static void instantiate(const char *pattern, struct bytes folder, struct buffer *out)
{
	const char *text = PICK(letters);

	buffer_clear(out);
	for (; *pattern; pattern++) {
		if (*pattern != '*') {
			buffer_add_char(out, *pattern);
		} else if (pattern[1] == '*') {
			pattern++;
			if (!out->size)
				buffer_append(out, folder.data, folder.size);
			else
				add_random(out, text, 1 + pick(10));
		} else {
			add_random(out, text, 1 + pick(10));
		}
	}
}

/* Some component becomes another that looks alike: as long, or with what differs at one of its
 * ends; or a case is another; or a byte is. */
static void disturb(struct buffer *name)
{
	const char *text = PICK(letters);
	size_t start = pick(name->size), end;

	while (start && name->data[start - 1] != '/')
		start--;
	end = start + strcspn(name->data + start, "/");
	if (!pick(8) && start < end)
		name->data[start] ^= 0x20;
	else if (!pick(3))
		start += pick(end - start + 1);
	else if (!pick(3))
		end -= pick(end - start + 1);
	for (; start < end; start++)
		name->data[start] = text[pick(strlen(text))];
}

static void use(struct attempt *attempt, enum action what, bool own, const struct buffer *name)
{
	if (attempt->count == NAMES_MAX || !name_is_canonical(buffer_bytes(name)) ||
	    !add_use(&attempt->evidence, what, own, buffer_bytes(name)))
		return;
	attempt->used[attempt->count].action = what;
	buffer_append(&attempt->used[attempt->count++].name, name->data, name->size);
}

/* Names of a run: mostly made from the object's in the same way, so that they look alike. */
static void add_family(struct attempt *attempt, size_t names)
{
	enum action what = PICK(action);
	size_t from = pick(12), size = 1 + pick(12);
	bool own = pick(3) > 0, alike = pick(3) > 0;
	const char *text = PICK(letters);

	for (size_t i = 0; i < names; i++) {
		scoped(buffer) struct buffer name = { 0 };

		instantiate(attempt->object->pattern, buffer_bytes(&attempt->folder), &name);
		if (alike) {
			size_t keep = name.size > from ? name.size - from : name.size;

			while (name.size > keep && name.data[name.size - 1] != '/')
				name.size--;
			add_random(&name, text, size);
		} else if (pick(10)) {
			disturb(&name);
		}
		use(attempt, what, own, &name);
	}
}

static void add_evidence(struct attempt *attempt)
{
	struct roots roots = random_roots();
	size_t runs = 1 + pick(5), names = pick(3) ? 1 + pick(3) : 8 + pick(8);
	bool same = pick(4);
	uint64_t family = draw();

	for (size_t i = 0; i < runs; i++) {
		uint64_t kept;

		if (!same)
			roots = random_roots();
		add_run(&attempt->evidence, &roots);
		/* The same way of making names in each run, other names. */
		kept = draw();
		chance = family;
		pick(2);
		chance = pick(3) ? family + i : kept;
		add_family(attempt, names);
		chance = kept;
	}
}

/* ---- what came of it ---- */

static void say(const struct attempt *attempt, const struct atom *atom, struct bytes name)
{
	fail_msg("SEED=%llu N=1: %s %s admits %.*s", (unsigned long long)attempt->number,
		 action_text(atom->action), atom_pattern(atom), (int)name.size, name.data);
}

static bool was_used(const struct attempt *attempt, enum action what, struct bytes name)
{
	for (size_t i = 0; i < attempt->count; i++)
		if (attempt->used[i].action == what &&
		    bytes_equal(buffer_bytes(&attempt->used[i].name), name))
			return true;
	return false;
}

static bool is_protected(enum action what, struct bytes name)
{
	return protect_find(protection, RESOURCE_FILE, what, name);
}

/* Names of what is protected, held against the rule. */
static void try_names(const struct attempt *attempt, const struct atom *atom,
		      const struct pattern *pattern, const struct roots *roots)
{
	for (int i = 0; i < 12; i++) {
		scoped(buffer) struct buffer name = { 0 };
		const struct protected_object *object =
			i % 3 ? attempt->object : protection_row(protection, pick(rows));

		instantiate(object->pattern, buffer_bytes(&attempt->folder), &name);
		if (pattern_matches(pattern, roots, buffer_bytes(&name)) &&
		    is_protected(atom->action, buffer_bytes(&name)))
			say(attempt, atom, buffer_bytes(&name));
	}
}

static void add_part(const struct part *part, struct buffer *out)
{
	const char *text = class_text(part->class);
	size_t size = part->min + pick(part->max - part->min + 1);

	if (part->literal.size) {
		buffer_append(out, part->literal.data, part->literal.size);
		return;
	}
	for (; class_is_shape(part->class) && *text; text++)
		buffer_add_char(out, *text == 'x' || *text == '9' ? (char)('0' + pick(10)) : *text);
	for (size_t i = 0; !class_is_shape(part->class) && i < size; i++) {
		size_t range = pick(strlen(text) / 2) * 2;

		buffer_add_char(out,
				(char)(text[range] +
				       (int)pick((size_t)(text[range + 1] - text[range]) + 1)));
	}
}

static void instantiate_rule(const struct pattern *pattern, const struct roots *roots,
			     struct buffer *out)
{
	struct bytes folder = root_folder(roots, pattern->root);

	buffer_append(out, folder.data, folder.size);
	for (size_t i = 0; i < pattern->count; i++) {
		const struct token *token = &pattern->token[i];

		buffer_add_char(out, '/');
		if (token->kind == TOKEN_LITERAL)
			buffer_append(out, token->literal.data, token->literal.size);
		else if (token->kind != TOKEN_VARYING)
			add_random(out, PICK(letters), 1 + pick(8));
		for (size_t j = 0; token->kind == TOKEN_VARYING && j < token->varying->count; j++)
			add_part(&token->varying->part[j], out);
	}
}

/* Names of the rule, held against what is protected. */
static void try_rule(const struct attempt *attempt, const struct atom *atom,
		     const struct pattern *pattern, const struct roots *roots)
{
	for (int i = 0; i < 6; i++) {
		scoped(buffer) struct buffer name = { 0 };

		instantiate_rule(pattern, roots, &name);
		if (!pattern_matches(pattern, roots, buffer_bytes(&name)))
			continue;
		if (!is_protected(atom->action, buffer_bytes(&name)))
			continue;
		if (pattern_is_open(pattern) ||
		    !was_used(attempt, atom->action, buffer_bytes(&name)))
			say(attempt, atom, buffer_bytes(&name));
	}
}

static long opened;

/* A literal name is what it was in some run, wherever its root has been in others. */
static void check_atom(const struct attempt *attempt, const struct atom *atom)
{
	scoped(pattern) struct pattern pattern = { 0 };
	struct error err = { 0 };
	bool is_open;

	assert_int_equal(pattern_parse(&pattern, RESOURCE_FILE, atom_pattern(atom), &err), 0);
	is_open = pattern_is_open(&pattern);
	opened += is_open;
	for (size_t i = 0; i < attempt->evidence.root_count; i++) {
		const struct roots *roots = &attempt->evidence.root[i].roots;

		if (!is_open && (pattern.root != ROOT_NONE && attempt->evidence.root_count > 1))
			continue;
		try_rule(attempt, atom, &pattern, roots);
		if (is_open)
			try_names(attempt, atom, &pattern, roots);
	}
}

static void generalise_it(struct attempt *attempt)
{
	scoped(feasible) struct feasible feasible = { 0 };
	static const int64_t denial[] = { 1, 100, 10000, 100000000 };
	struct tuning tuning = { .denial = PICK(denial),
				 .chosen_runs = (uint32_t)pick(4),
				 .workspace = (int64_t)pick(2) };
	struct error err = { 0 };

	evidence_sort(&attempt->evidence);
	assert_int_equal(feasible_init(&feasible, &attempt->evidence), 0);
	if (generalise(&attempt->evidence, &tuning, &feasible, &err) < 0)
		fail_msg("SEED=%llu N=1: %s", (unsigned long long)attempt->number, err.text);
}

static void try_evidence(uint64_t number)
{
	struct attempt attempt = { .number = number };

	chance = number * 0x9e3779b97f4a7c15;
	attempt.evidence.protection = protection_share(protection);
	do
		attempt.object = protection_row(protection, pick(rows));
	while (!strchr("/*", *attempt.object->pattern) || !strchr(attempt.object->pattern, '/'));
	buffer_add(&attempt.folder, PICK(place));
	if (!pick(3)) {
		buffer_add_char(&attempt.folder, '/');
		add_random(&attempt.folder, PICK(letters), 1 + pick(8));
	}
	add_evidence(&attempt);
	generalise_it(&attempt);
	for (struct atom *atom = attempt.evidence.atom; atom; atom = atom->hh.next)
		check_atom(&attempt, atom);
	for (size_t i = 0; i < attempt.count; i++)
		buffer_release(&attempt.used[i].name);
	buffer_release(&attempt.folder);
	evidence_release(&attempt.evidence);
}

static void nothing_protected_is_admitted(void **state)
{
	uint64_t seed = (uint64_t)number_of("SEED", 1);
	long count = number_of("N", 1500);

	(void)state;
	for (long i = 0; i < count; i++)
		try_evidence(seed + (uint64_t)i);
	/* Or nothing was tried. */
	assert_true(count < 100 || opened > count / 100);
	print_message("# %ld cases from %llu on, %ld open rules\n", count, (unsigned long long)seed,
		      opened);
}

static int open_table(void **state)
{
	struct error err = { 0 };
	int r;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	r = protection_open(&protection, NULL, &err);
	while (r == 0 && protection_row(protection, rows))
		rows++;
	return r;
}

static int close_table(void **state)
{
	(void)state;
	protection_close(protection);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_protected_is_admitted) };

	return cmocka_run_group_tests_name("property_protected", tests, open_table, close_table);
}

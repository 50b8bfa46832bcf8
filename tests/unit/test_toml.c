#include "analyzer/grants/toml.h"
#include "core/error.h"
#include "core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As JSON would be, but that strings are escaped as pare does, and times stand between "<" and
 * ">". */
static void show(const struct toml *value, struct buffer *out)
{
	static const char *const open = "{[", *const close = "}]";

	switch (value->kind) {
	case TOML_STRING:
		buffer_add_char(out, '"');
		text_escape(buffer_bytes(&value->text), TEXT_SAFE, out);
		buffer_add_char(out, '"');
		return;
	case TOML_INTEGER:
		buffer_printf(out, "%lld", (long long)value->integer);
		return;
	case TOML_FLOAT:
		buffer_printf(out, "%s", buffer_text(&value->text));
		return;
	case TOML_BOOLEAN:
		buffer_add(out, value->integer ? "true" : "false");
		return;
	case TOML_TIME:
		buffer_printf(out, "<%s>", buffer_text(&value->text));
		return;
	default:
		break;
	}
	buffer_add_char(out, open[value->kind == TOML_ARRAY]);
	for (const struct toml *child = value->child; child; child = child->next) {
		if (value->kind == TOML_TABLE) {
			text_escape(buffer_bytes(&child->key), TEXT_SAFE, out);
			buffer_add_char(out, ':');
		}
		show(child, out);
		if (child->next)
			buffer_add_char(out, ',');
	}
	buffer_add_char(out, close[value->kind == TOML_ARRAY]);
}

static void reads(struct bytes text, const char *want)
{
	scoped(toml) struct toml *root = NULL;
	scoped(buffer) struct buffer got = { 0 };
	struct error err = { 0 };

	if (toml_read(text, "t", &root, &err))
		fail_msg("%.*s: %s", (int)text.size, text.data, err.text);
	show(root, &got);
	if (strcmp(buffer_text(&got), want) != 0)
		fail_msg("%.*s: %s, not %s", (int)text.size, text.data, buffer_text(&got), want);
}

static const struct {
	const char *text, *want;
} valid[] = {
	{ "", "{}" },
	{ "# nothing\n\r\n \t", "{}" },
	{ "\xef\xbb\xbf"
	  "a = 1",
	  "{a:1}" },
	{ "a = 1 # one\r\nb = 2\r\n", "{a:1,b:2}" },
	{ "bare_-9 = 1\n\"quo ted\" = 2\n'lit\\eral' = 3\n\"\" = 4\n1234 = 5",
	  "{bare_-9:1,quo ted:2,lit\\\\eral:3,:4,1234:5}" },
	{ "a.b.c = 1\na . b . d = 2\n\"x.y\".'z' = 3", "{a:{b:{c:1,d:2}},x.y:{z:3}}" },
	{ "3.14159 = \"pi\"", "{3:{14159:\"pi\"}}" },
	/* strings */
	{ "a = \"b\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"",
	  "{a:\"b\\x08\\t\\n\\x0c\\x0d\"\\\\\xc3\xa9\xf0\x9f\x98\x80\"}" },
	{ "a = 'C:\\new\\\"x\"'", "{a:\"C:\\\\new\\\\\"x\"\"}" },
	{ "a = \"\"\"\nline\r\nnext\"\"\"", "{a:\"line\\nnext\"}" },
	{ "a = \"\"\"x \\\n   \t\r\n  y\"\"\"", "{a:\"x y\"}" },
	{ "a = \"\"\"\"quoted\"\"\"\"\"", "{a:\"\"quoted\"\"\"}" },
	{ "a = \"\"\"two \"\" and \\\"\"\"\"", "{a:\"two \"\" and \"\"}" },
	{ "a = '''\nraw \\n ''x'''", "{a:\"raw \\\\n ''x\"}" },
	{ "a = ''\nb = \"\"\nc = \"\"\"\"\"\"\nd = ''''''", "{a:\"\",b:\"\",c:\"\",d:\"\"}" },
	{ "a = '''''five'''''", "{a:\"''five''\"}" },
	/* numbers */
	{ "a = +99\nb = -17\nc = 0\nd = +0\ne = 1_000_000", "{a:99,b:-17,c:0,d:0,e:1000000}" },
	{ "a = 0xDEAD_beef\nb = 0o755\nc = 0b1101_0110\nd = 0x00",
	  "{a:3735928559,b:493,c:214,d:0}" },
	{ "a = 9223372036854775807\nb = -9223372036854775808",
	  "{a:9223372036854775807,b:-9223372036854775808}" },
	{ "a = +1.0\nb = -0.01\nc = 5e+22\nd = 1e06\ne = 6.626e-34\nf = 9_2.3_4\ng = 0e0",
	  "{a:+1.0,b:-0.01,c:5e+22,d:1e06,e:6.626e-34,f:9_2.3_4,g:0e0}" },
	{ "a = inf\nb = -inf\nc = +nan", "{a:inf,b:-inf,c:+nan}" },
	{ "a = true\nb=false", "{a:true,b:false}" },
	/* times */
	{ "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 00:32:00.999999-07:00\nc = 1979-05-27\n"
	  "d = 07:32:00\ne = 2000-02-29t23:59:60.5\nf = [1979-05-27 , 07:32:00.1]",
	  "{a:<1979-05-27T07:32:00Z>,b:<1979-05-27 00:32:00.999999-07:00>,c:<1979-05-27>,"
	  "d:<07:32:00>,e:<2000-02-29t23:59:60.5>,f:[<1979-05-27>,<07:32:00.1>]}" },
	/* arrays and tables */
	{ "a = [ 1, [ 'x', 2.0 ] , # one\n\n {b = 1, c.d = 2}, ]\ne = []\nf = [\n]",
	  "{a:[1,[\"x\",2.0],{b:1,c:{d:2}}],e:[],f:[]}" },
	{ "a = {}\nb = { c = { d = 1 }, \"e\" = [\n1\n] }", "{a:{},b:{c:{d:1},e:[1]}}" },
	{ "[a]\nx = 1\n[a.b]\ny = 2\n[ c . 'd' ]\n[c]\nz = 3", "{a:{x:1,b:{y:2}},c:{d:{},z:3}}" },
	{ "[x.y.z]\n[x]\na.b = 1\n[x.a.c]\nd = 1", "{x:{y:{z:{}},a:{b:1,c:{d:1}}}}" },
	{ "[[p]]\nn = 1\n[p.q]\nr = 1\n[[p.s]]\nt = 1\n[[p.s]]\n[[p]]\nn = 2\n[[p.s]]",
	  "{p:[{n:1,q:{r:1},s:[{t:1},{}]},{n:2,s:[{}]}]}" },
	{ "a.b = 1\n[c]\na.b = 2\n[d.e]", "{a:{b:1},c:{a:{b:2}},d:{e:{}}}" },
};

static void reads_what_is_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
		reads(bytes_of(valid[i].text), valid[i].want);
}

static const struct {
	const char *text, *why;
} invalid[] = {
	{ "a", "t:1: a key has no value" },
	{ "a =", "t:1: a value is missing" },
	{ "= 1", "t:1: a key is missing" },
	{ "\n\na = 1 b = 2", "t:3: there is more on the line" },
	{ "a = 1\n\na = 2", "t:3: a key is there twice" },
	{ "a = 1\n'a' = 2", "t:2: a key is there twice" },
	{ "a = 1\na.b = 2", "t:2: a dotted key leads to what is defined elsewhere" },
	{ "a.b = 1\na = 2", "t:2: a key is there twice" },
	{ "a = { b = 1 }\na.c = 2", "t:2: a dotted key leads" },
	{ "a = { b.c = 1 }\n[a.b]", "t:2: a table is below what is none, or ended before" },
	{ "a = { b = 1, b = 2 }", "t:1: a key is there twice" },
	{ "a = { b = 1, }", "t:1: a key is missing" },
	{ "a = { b = 1\n}", "t:1: an inline table does not end" },
	{ "a = [ 1 2 ]", "t:1: an array does not end" },
	{ "a = [ , 1 ]", "t:1: a value is missing" },
	{ "a = [ 1\n# two", "t:2: an array does not end" },
	{ "a = [1]\n[[a]]", "t:2: an array of tables is something else, too" },
	{ "[a]\n[a]", "t:2: a table is there twice" },
	{ "[a]\nb.c = 1\n[a.b]", "t:3: a table is there twice" },
	{ "[a.b.c]\n[a]\nb.c.d = 1", "t:3: a dotted key leads" },
	{ "a = 1\n[a.b]", "t:2: a table is below what is none" },
	{ "[[a]]\n[a]", "t:2: a table is there twice" },
	{ "[a]\n[[a]]", "t:2: an array of tables is something else, too" },
	{ "[[a.b]]\n[a]\nb.c = 1", "t:3: a dotted key leads" },
	{ "[a", "t:1: a header does not end" },
	{ "[[a] ]", "t:1: a header does not end" },
	{ "[]", "t:1: a key is missing" },
	{ "[a.]", "t:1: a key is missing" },
	{ "[a] b = 1", "t:1: there is more on the line" },
	{ ".a = 1", "t:1: a key is missing" },
	{ "a b = 1", "t:1: a key has no value" },
	{ "\xc3\xa4 = 1", "t:1: a key is missing" },
	{ "\"\"\"a\"\"\" = 1", "t:1: a key may not have several lines" },
	{ "a = \"x\ny\"", "t:1: a string does not end on its line" },
	{ "a = 'x", "t:1: a string does not end on its line" },
	{ "a = \"\"\"x\n\"", "t:2: a string does not end" },
	{ "a = \"\"\"x\"\"\"\"\"\"", "t:1: a string ends with too many quotes" },
	{ "a = \"\\e\"", "t:1: there is no such escape" },
	{ "a = \"\\x41\"", "t:1: there is no such escape" },
	{ "a = \"\\u12g4\"", "t:1: a code point has hexadecimal digits" },
	{ "a = \"\\ud800\"", "t:1: there is no such code point" },
	{ "a = \"\\U00110000\"", "t:1: there is no such code point" },
	{ "a = \"x\ty\x01\"", "t:1: a string has a control character" },
	{ "a = '''x\x7f'''", "t:1: a string has a control character" },
	{ "a = '''x\ry'''", "t:1: a string has a control character" },
	{ "# \x0b", "t:1: a comment has a control character" },
	{ "a = 1\rb = 2", "t:1: there is more on the line" },
	{ "a = \"\xff\"", "t:1: it is no UTF-8" },
	{ "# ok\na = \"\xc0\x80\"", "t:2: it is no UTF-8" },
	{ "a = 01", "t:1: a value is missing, or none of TOML" },
	{ "a = 1__0", "t:1: a value is missing" },
	{ "a = _1", "t:1: a value is missing" },
	{ "a = 1_", "t:1: a value is missing" },
	{ "a = 0x", "t:1: a value is missing" },
	{ "a = -0x1", "t:1: a value is missing" },
	{ "a = 0X1", "t:1: a value is missing" },
	{ "a = 0b2", "t:1: a value is missing" },
	{ "a = 9223372036854775808", "t:1: the number has more than 64 bits" },
	{ "a = 1.", "t:1: a value is missing" },
	{ "a = .1", "t:1: a value is missing" },
	{ "a = 1.e1", "t:1: a value is missing" },
	{ "a = 1e", "t:1: a value is missing" },
	{ "a = 03.1", "t:1: a value is missing" },
	{ "a = True", "t:1: a value is missing" },
	{ "a = yes", "t:1: a value is missing" },
	{ "a = Inf", "t:1: a value is missing" },
	{ "a = 1979-02-29", "t:1: a value is missing" },
	{ "a = 1979-13-01", "t:1: a value is missing" },
	{ "a = 1979-05-27T25:00:00Z", "t:1: a value is missing" },
	{ "a = 1979-05-27T07:32Z", "t:1: a value is missing" },
	{ "a = 1979-05-27T07:32:00+24:00", "t:1: a value is missing" },
	{ "a = 07:32:00Z", "t:1: a value is missing" },
	{ "a = 1979-5-27", "t:1: a value is missing" },
};

static void refuses_what_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
		struct toml *root = NULL;
		struct error err = { 0 };

		if (!toml_read(bytes_of(invalid[i].text), "t", &root, &err))
			fail_msg("%s: read", invalid[i].text);
		if (!strstr(err.text, invalid[i].why))
			fail_msg("%s: %s, not %s", invalid[i].text, err.text, invalid[i].why);
	}
	{
		struct toml *root = NULL;
		struct error err = { 0 };

		assert_int_not_equal(toml_read((struct bytes){ "a = \"\0\"", 7 }, "t", &root, &err),
				     0);
		assert_non_null(strstr(err.text, "control character"));
	}
}

/* Neither the depth of a document nor its size may cost more than is there. */
static void is_bounded(void **state)
{
	static const char *const way[] = { "a = [", "[", "{a=", "a.", "[[a.", "\"" };
	struct error err = { 0 };
	struct toml *root = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
		scoped(buffer) struct buffer text = { 0 };

		buffer_add(&text, i == 1 || i == 2 ? "x = " : "");
		for (size_t n = 0; n < 100000; n++)
			buffer_add(&text, way[i]);
		err = (struct error){ 0 };
		assert_int_not_equal(toml_read(buffer_bytes(&text), "t", &root, &err), 0);
	}
	{
		scoped(buffer) struct buffer text = { 0 };
		scoped(toml) struct toml *many = NULL;

		for (unsigned n = 0; n < 100000; n++)
			buffer_printf(&text, "k%u = %u\n", n, n);
		err = (struct error){ 0 };
		assert_int_equal(toml_read(buffer_bytes(&text), "t", &many, &err), 0);
		assert_int_equal(toml_get(many, "k99999")->integer, 99999);
		assert_int_equal(toml_get(many, "k99999")->line, 100000);
		assert_null(toml_get(many, "k100000"));
	}
}

static uint64_t state_of_chance = 1;

static unsigned chance(unsigned below)
{
	state_of_chance = state_of_chance * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state_of_chance >> 33) % below;
}

static void change(struct buffer *text)
{
	static const char bytes[] = "\"'[]{}=.,#\\\n\r\t _-+:0aTZ\x80\xc3\0";
	size_t at = text->size ? chance((unsigned)text->size) : 0;
	scoped(buffer) struct buffer part = { 0 };

	switch (chance(3)) {
	case 0:
		if (text->size)
			text->data[at] = bytes[chance(sizeof bytes - 1)];
		return;
	case 1:
		buffer_append(&part, text->data + at, chance((unsigned)(text->size - at) + 1));
		buffer_append(text, buffer_text(&part), part.size);
		return;
	default:
		text->size = at;
	}
}

/* Whatever is read is a tree whose members are found by their keys. */
static void holds(const struct toml *value)
{
	for (const struct toml *child = value->child; child; child = child->next) {
		assert_true(child->line >= 1);
		if (value->kind == TOML_TABLE &&
		    !memchr(buffer_text(&child->key), 0, child->key.size))
			assert_ptr_equal(toml_get(value, buffer_text(&child->key)), child);
		holds(child);
	}
}

static void survives_anything(void **state)
{
	const char *more = getenv("FUZZ"), *seed = getenv("SEED");
	unsigned count = more ? (unsigned)atoi(more) : 20000, read = 0;

	(void)state;
	state_of_chance = seed ? (uint64_t)atoll(seed) : 1;
	for (unsigned i = 0; i < count; i++) {
		scoped(buffer) struct buffer text = { 0 };
		scoped(toml) struct toml *root = NULL;
		struct error err = { 0 };

		for (unsigned n = chance(4) + 1; n; n--) {
			buffer_add(&text, valid[chance(sizeof valid / sizeof *valid)].text);
			buffer_add_char(&text, '\n');
		}
		for (unsigned n = chance(4); n; n--)
			change(&text);
		if (toml_read(buffer_bytes(&text), "t", &root, &err)) {
			assert_int_equal(strncmp(err.text, "t:", 2), 0);
			continue;
		}
		read++;
		holds(root);
	}
	assert_true(read > count / 50);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(reads_what_is_valid),
		cmocka_unit_test(refuses_what_is_not),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(survives_anything),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}

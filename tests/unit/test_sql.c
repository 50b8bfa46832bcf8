#include "core/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void shows(const char *text, const char *want)
{
	scoped(buffer) struct buffer shape = { 0 };
	int r = sql_shape(bytes_of(text), &shape);

	if (r)
		fail_msg("%s: opaque, not \"%s\"", text, want);
	if (strcmp(buffer_text(&shape), want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", text, buffer_text(&shape), want);
}

static void says_what_a_statement_does(void **state)
{
	(void)state;
	shows("SELECT 1", "select");
	shows("select * from users;", "select users");
	shows(" select name n from users u where id = ? order by name limit 3 ; ",
	      "select users where");
	shows("SELECT a.x, count(*) FROM b AS y, a JOIN c ON a.i = c.i, d GROUP BY 1",
	      "select a,b,c,d");
	shows("select * from (select x from inner_one where x in (select y from other)) t",
	      "select inner_one,other");
	shows("select * from a left outer join b using (id) where x = 'it''s -- no comment; /*'",
	      "select a,b where");
	shows("select \"name\" from main.users", "select main.users");
	shows("select x from \"users\" where x is not null and (y between 1 and 2.5)",
	      "select users where");
	shows("insert into log (a, b) values (1, 'x'), (?, lower('Y'))", "insert log");
	shows("insert into log values ((select max(id) from other where a = 1))",
	      "insert log from other");
	shows("update users set name = 'x', n = n + 1 where id = 3", "update users where");
	shows("update users set name = 'x'", "update users");
	shows("update a set x = (select y from b where z = 1)", "update a from b");
	shows("delete from log", "delete log");
	shows("DELETE FROM log WHERE id IN (1, 2)", "delete log where");
	shows("select Users.x from Users, users", "select Users,users");
}

/* Each would do more than it seems to, in some dialect at least. */
static const char *const trick[] = {
	"",
	";",
	"SELECT/**/1;DROP TABLE t",
	"SELECT 1; DROP TABLE t",
	"SELECT 1;;",
	"SELECT 1 -- x",
	"SELECT 1 # x",
	"/*! DROP TABLE t */ SELECT 1",
	"WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
	"WITH x AS (SELECT 1) DELETE FROM t",
	"SELECT * FROM t UNION SELECT * FROM secrets",
	"SELECT * INTO OUTFILE '/tmp/x' FROM t",
	"SELECT x INTO y FROM t",
	"SELECT load_extension('x')",
	"SELECT readfile ('/etc/passwd')",
	"SELECT * FROM pragma_table_info('t')",
	"SELECT * FROM t, LATERAL (SELECT 1)",
	"SELECT * FROM t WHERE x IN secrets",
	"SELECT * FROM t WHERE x IN main.secrets",
	"SELECT * FROM (secrets)",
	"SELECT * FROM (a, secrets)",
	"SELECT 'a\\' FROM t; DROP TABLE t; --'",
	"SELECT \"a\\\" FROM t\"",
	"SELECT E'\\' FROM t'",
	"SELECT x'41' FROM t",
	"SELECT $$a$$ FROM t",
	"SELECT `a` FROM t",
	"SELECT [a] FROM t",
	"SELECT 'unterminated FROM t",
	"SELECT (1 FROM t",
	"SELECT 1) FROM t",
	"DELETE FROM t USING secrets WHERE 1 = 1",
	"DELETE FROM t, u WHERE 1 = 1",
	"DELETE t FROM t JOIN u",
	"UPDATE a, b SET x = 1",
	"UPDATE OR REPLACE a SET x = 1",
	"INSERT OR REPLACE INTO t VALUES (1)",
	"INSERT INTO t SELECT * FROM secrets",
	"INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET x = 1",
	"INSERT INTO t VALUES (1) RETURNING (SELECT x FROM secrets)",
	"REPLACE INTO t VALUES (1)",
	"DROP TABLE t",
	"CREATE TABLE t (x)",
	"PRAGMA writable_schema = 1",
	"ATTACH 'x' AS y",
	"EXPLAIN SELECT 1",
	"SELECT * FROM t FOR UPDATE",
	"SELECT a b c FROM t",
	"SELECT @x := 1",
	"SELECT x::regclass FROM t",
	"SELECT 1 FROM t WHERE x = \xc2\xa0 1",
	"TABLE secrets",
	"VALUES (1)",
	"BEGIN",
};

static void is_certain_or_says_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof trick / sizeof *trick; i++) {
		scoped(buffer) struct buffer shape = { 0 };

		if (sql_shape(bytes_of(trick[i]), &shape) != 1)
			fail_msg("%s: \"%s\"", trick[i], buffer_text(&shape));
	}
	assert_int_equal(sql_shape((struct bytes){ "select 'a\0b'", 12 }, &(struct buffer){ 0 }),
			 1);
}

/* Whatever is put into a statement: no table that it names is missing from the shape. */
static void hides_no_table(void **state)
{
	static const char *const word[] = {
		"select", "from",   "secrets", ",",   "(",     ")", "a",   "join",
		"where",  "in",	    "on",      "x",   "=",     "1", "'s'", "as",
		"using",  "left",   "order",   "by",  "lower", ".", ";",   "union",
		"--",	  "exists", "not",     "and", "*",     "-",
	};
	uint64_t random = 42;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		scoped(buffer) struct buffer text = { 0 }, shape = { 0 };
		bool table = false;
		const char *before = "";

		buffer_add(&text, "select a from b ");
		for (int k = 0; k < 9; k++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			const char *next = word[(random >> 33) % (sizeof word / sizeof *word)];

			buffer_printf(&text, "%s ", next);
			table = table || (!strcmp(next, "secrets") &&
					  (!strcmp(before, "from") || !strcmp(before, "join") ||
					   !strcmp(before, "in")));
			before = next;
		}
		if (!sql_shape(buffer_bytes(&text), &shape) && table &&
		    !strstr(buffer_text(&shape), "secrets"))
			fail_msg("%s: %s", buffer_text(&text), buffer_text(&shape));
	}
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(says_what_a_statement_does),
		cmocka_unit_test(is_certain_or_says_nothing),
		cmocka_unit_test(hides_no_table),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}

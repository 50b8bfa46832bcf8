#ifndef ANALYZER_GRANTS_BWRAP_H
#define ANALYZER_GRANTS_BWRAP_H

#include "analyzer/grants/mounts.h"
#include "analyzer/grants/words.h"

#define BWRAP_BYTES_MAX ((size_t)4 << 20) /* of a command line or script */

#define BWRAP_WORDS_MAX 9000 /* that it takes itself */

/* A sandbox of bubblewrap (bwrap(1)) while its options are read. */
struct bwrap {
	const struct source *source;
	struct granted *grants;
	struct nest places;
	bool has_network, shares_network, has_namespaces, is_cleared;
};

/* The statement of a word. */
struct statement bwrap_at(const struct bwrap *bwrap, const struct line_word *word);
/* --setenv and --unsetenv, where nothing later says otherwise; --cap-add. */
void bwrap_variable(struct bwrap *bwrap, const struct line_word *option, bool is_denied);
void bwrap_capability(struct bwrap *bwrap, const struct line_word *option);

#endif

#ifndef CORE_EMBED_H
#define CORE_EMBED_H

/* Puts a file into the program: EMBED(schema, "core/schema.sql") declares schema_data, the bytes,
 * and a NUL behind them at schema_end.  The Makefile names the dependency. */
#define EMBED(name, file)                                                                          \
	extern const char name##_data[], name##_end[];                                             \
	__asm__(".pushsection .rodata\n.global " #name "_data\n" #name "_data:\n.incbin \"" file   \
		"\"\n.global " #name "_end\n" #name "_end:\n.byte 0\n.popsection\n")

#endif

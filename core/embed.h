#ifndef CORE_EMBED_H
#define CORE_EMBED_H

/* Puts a file of the source tree into the program: EMBED(schema, "core/schema.sql") declares
 * schema_data, the bytes and a NUL behind them.  The Makefile names the dependency. */
#define EMBED(name, file)                                                                          \
	extern const char name##_data[];                                                           \
	__asm__(".pushsection .rodata\n.global " #name "_data\n" #name "_data:\n.incbin \"" file   \
		"\"\n.byte 0\n.popsection\n")

#endif

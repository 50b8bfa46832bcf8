# A project of middling size for the benchmark: pare's own core and reports.
SOURCE ?= .
FILES := $(wildcard $(SOURCE)/core/*.c $(SOURCE)/analyzer/*.c)
all: $(patsubst $(SOURCE)/%.c,objects/%.o,$(FILES))
objects/%.o: $(SOURCE)/%.c
	@mkdir -p $(@D)
	@gcc -O1 -std=gnu17 -D_GNU_SOURCE -I$(SOURCE) $$(pkg-config --cflags libxml-2.0) -c -o $@ $<
.PHONY: all

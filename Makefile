# make            build build/pare
# make demo       shadow-run a real agent, propose its policy, show the report
# make test       every test and every gate
# make test-extended  the same with Codex and Claude Code themselves, which are large
# make SAN=1 test the same with AddressSanitizer and UBSan
# make fuzz       odd packets: N=10000000 cases, PART=agree: one of them (tests/fuzz.sh); not a test
# make bench      measurements, not tests: see tests/bench
# make deps       install what is missing (Debian); `make check-deps` only says so
# make install    PREFIX=/usr/local DESTDIR=

PREFIX  ?= /usr/local
BUILD   := build$(if $(SAN),-san)$(if $(filter clang%,$(CC)),-clang)
PKGS    := sqlite3 libxml-2.0 libseccomp gnutls jansson libnghttp2 libpcap libpsl
WARN    := -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes \
           -Wwrite-strings -Wimplicit-fallthrough -Wpointer-arith -Werror
CFLAGS  ?= -O2 -g
VERSION := 0.1

# pkg-config is read when a recipe runs, so that `make deps` works before it is installed.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS   = $(shell pkg-config --libs $(PKGS)) -lplot -lm -pthread
FLAGS    = -std=gnu17 -D_GNU_SOURCE -DPARE_VERSION='"$(VERSION)"' -I. $(WARN) $(CFLAGS) -fPIE -pthread -MMD -MP
ifdef SAN
FLAGS   += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

SRC     := main.c $(wildcard core/*.c recorder/*.c recorder/*/*.c analyzer/*.c analyzer/*/*.c \
                             reports/*.c reports/*/*.c)
OBJ     := $(SRC:%.c=$(BUILD)/%.o)
LIB     := $(BUILD)/libpare.a
UNIT    := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c))
CALLS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/calls/*.c))
# 32-bit programs, where the compiler can make them.
CALLS32 := $(if $(shell echo 'int main(void){return 0;}' | $(CC) -m32 -x c -o /dev/null - 2>&1),,$(CALLS:=-32))
HELPER  := $(CALLS) $(CALLS:=-static) $(CALLS32) $(patsubst %.c,$(BUILD)/%,$(wildcard fixtures/*.c))

Q := $(if $(V),,@)
# One compiler a processor, unless the caller said how many.
JOBS = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

all: $(BUILD)/pare
unit: $(UNIT)

$(BUILD)/pare: $(OBJ)
	@echo "  LD  $@"
	$(Q)$(CC) $(FLAGS) -pie $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/%.o: %.c | check-deps
	@mkdir -p $(@D)
	@echo "  CC  $<"
	$(Q)$(CC) $(FLAGS) $(PKG_CFLAGS) -c -o $@ $<

# What unit tests link with: each takes only what it needs.
$(LIB): $(filter-out $(BUILD)/main.o,$(OBJ))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# Files that core/embed.h puts into the program; -MMD does not see them.
$(BUILD)/core/schema.o: core/schema.sql core/schema_3.sql core/schema_4.sql core/schema_5.sql core/schema_6.sql core/schema_7.sql \
                        core/schema_8.sql core/schema_9.sql core/schema_10.sql
$(BUILD)/core/policy_xml.o: core/policy.rng
$(BUILD)/reports/html/page.o: reports/html/style.css
$(BUILD)/core/bwrap_script.o: core/bwrap.sh.in
$(BUILD)/reports/exporters/export_rego.o: reports/exporters/module.rego

# The code that goes into the agent's processes: no library, no vector registers, nothing that would
# have to be relocated.
HOOK      := $(BUILD)/recorder/fast/hook
HOOKSRC   := $(wildcard recorder/fast/hook/*.c) recorder/fast/hook/entry.S
HOOKOBJ   := $(patsubst %,$(BUILD)/%.o,$(basename $(HOOKSRC)))
HOOKFLAGS := -std=gnu17 -I. $(WARN) -O2 -g0 -ffreestanding -fPIE -fvisibility=hidden -fno-builtin \
             -mgeneral-regs-only -mno-red-zone -fno-omit-frame-pointer -fno-stack-protector -fcf-protection=none \
             -fno-asynchronous-unwind-tables $(if $(filter clang%,$(CC)),,-fno-tree-loop-distribute-patterns)
$(HOOKOBJ): recorder/fast/layout.h recorder/fast/hook/hook.h Makefile
$(HOOK)/%.o: recorder/fast/hook/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOOKFLAGS) -c -o $@ $<
$(HOOK)/%.o: recorder/fast/hook/%.S
	@mkdir -p $(@D)
	$(Q)$(CC) -c -o $@ $<
$(HOOK).bin: $(HOOKOBJ) recorder/fast/hook/hook.ld
	@echo "  LD  $@"
	$(Q)ld -T recorder/fast/hook/hook.ld --oformat binary -o $@ $(HOOKOBJ)
$(BUILD)/recorder/fast/region.o: $(HOOK).bin
$(BUILD)/recorder/fast/region.o: FLAGS += -DPARE_HOOK='"$(HOOK).bin"'

$(BUILD)/tests/unit/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	$(Q)$(CC) $(FLAGS) $(PKG_CFLAGS) -MF $@.d -pie $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS) -lcmocka

# What the measurements link with the program's own parts.
$(BUILD)/tests/bench/%: tests/bench/%.c $(LIB)
	@mkdir -p $(@D)
	@echo "  LD  $@"
	$(Q)$(CC) $(FLAGS) $(PKG_CFLAGS) -MF $@.d -pie $(LDFLAGS) -o $@ $< $(LIB) $(PKG_LIBS)

# Small programs that tests and fixtures record: plain, without sanitizers.
PLAIN   := -std=gnu17 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -pthread -MMD -MP
$(BUILD)/tests/calls/%: tests/calls/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(PLAIN) -MF $@.d -o $@ $<
$(BUILD)/tests/calls/%-static: tests/calls/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(PLAIN) -static -MF $@.d -o $@ $<
$(BUILD)/tests/calls/%-32: tests/calls/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(PLAIN) -m32 -MF $@.d -o $@ $<
$(BUILD)/fixtures/%: fixtures/%.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(PLAIN) -MF $@.d -o $@ $<

# With what is large to install: Codex, whose sandbox is attacked, and Claude Code.
test-extended:
	@tests/deps.sh install extended
	@$(MAKE) --no-print-directory test

check-deps:
	@tests/deps.sh check build
deps:
	@tests/deps.sh install build

demo:
	@tests/deps.sh install demo
	@$(MAKE) --no-print-directory $(JOBS) all
	@PARE=$(abspath $(BUILD)/pare) BUILD=$(abspath $(BUILD)) fixtures/demo.sh

test:
	@tests/deps.sh install test
	@$(MAKE) --no-print-directory $(JOBS) check
# The tests without the installer.
check: $(BUILD)/pare $(UNIT) $(HELPER)
	@PARE=$(abspath $(BUILD)/pare) BUILD=$(abspath $(BUILD)) tests/run.sh

# Nightly: N cases of odd packets, always with sanitizers.
FUZZERS := $(addprefix $(BUILD)/tests/unit/,test_wire_fuzz test_wire_join test_wire_agree \
             test_property_protected test_property_merge)
ifdef SAN
fuzz: $(FUZZERS)
	@BUILD=$(BUILD) tests/fuzz.sh
	@BUILD=$(BUILD) tests/fuzz_analyzer.sh
else
fuzz:
	@$(MAKE) --no-print-directory SAN=1 fuzz
endif

bench: $(BUILD)/pare $(BUILD)/tests/bench/quality_excess $(BUILD)/tests/bench/analyse_store $(BUILD)/tests/bench/audit_store
	@PARE=$(abspath $(BUILD)/pare) tests/bench/run.sh
	@PARE=$(abspath $(BUILD)/pare) tests/bench/rate.pl
	@PARE=$(abspath $(BUILD)/pare) BUILD=$(abspath $(BUILD)) tests/bench/quality.pl
	@PARE=$(abspath $(BUILD)/pare) BUILD=$(abspath $(BUILD)) tests/bench/analyse.pl
	@PARE=$(abspath $(BUILD)/pare) BUILD=$(abspath $(BUILD)) tests/bench/audit.pl

install: $(BUILD)/pare
	install -D -m 755 $(BUILD)/pare $(DESTDIR)$(PREFIX)/bin/pare

format:
	clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

clean:
	rm -rf build build-*

.PHONY: all unit check-deps deps demo test test-extended check fuzz bench install format clean
.DELETE_ON_ERROR:
-include $(OBJ:.o=.d) $(addsuffix .d,$(UNIT) $(HELPER) $(BUILD)/tests/bench/quality_excess)

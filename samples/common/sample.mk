# SPDX-License-Identifier: GPL-2.0
#
# Rules for one sample. Its Makefile sets
#
#	programs	the C programs, each from the .c file of its name here or
#			in ../common
#	sources_NAME	what else the program NAME is made of: .c files
#	generated_NAME	the same: headers that the Makefile has rules for
#
# and includes this file. The extension is what cargo makes of Cargo.toml.

common := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
librex := $(abspath $(common)/../../build/librex)

ifeq ($(origin CC),default)
CC := $(firstword $(foreach c,gcc clang clang-22,$(if $(shell command -v $(c)),$(c))) cc)
endif
CFLAGS ?= -O2 -g
SAMPLE_CFLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
		 -I$(librex)/include -I$(common)
LIBS := $(librex)/librex.a -lbpf -lelf -lz

.PHONY: all extension clean
all: extension $(programs)

# Cargo knows itself what is out of date.
extension:
	cargo build --release --quiet

.SECONDEXPANSION:
$(programs): %: %.c $$(sources_$$*) $$(generated_$$*) $(librex)/librex.a $(wildcard *.h $(common)/*.h)
	$(CC) $(SAMPLE_CFLAGS) $(CFLAGS) $(filter %.c,$^) -o $@ $(LDFLAGS) $(LIBS)

vpath %.c $(common)

$(librex)/librex.a:
	$(MAKE) -C $(common)/../../librex

clean:
	rm -rf $(programs) $(foreach program,$(programs),$(generated_$(program))) target

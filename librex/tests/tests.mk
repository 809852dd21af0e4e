# SPDX-License-Identifier: GPL-2.0
# Included by ../Makefile.

TESTS := $(patsubst $(HERE)/tests/test_%.c,%,$(wildcard $(HERE)/tests/test_*.c))
TEST_BINS := $(TESTS:%=$(OUT)/tests/test_%)
SAN_CFLAGS := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	      -fsanitize=address,undefined
SAN_OBJS := $(OBJS:$(OUT)/obj/%=$(OUT)/tests/src/%)
HELPER_OBJS := $(patsubst %,$(OUT)/tests/%.o,fixture capture fake_kernel)

$(OUT)/tests/src/%.o: $(HERE)/src/%.c $(HERE)/Makefile $(HERE)/tests/tests.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(REX_CFLAGS) $(SAN_CFLAGS) -MMD -MP -c $< -o $@

# Visible: libbpf is to call the syscall() of fake_kernel.c.
$(OUT)/tests/%.o: $(HERE)/tests/%.c $(HERE)/Makefile $(HERE)/tests/tests.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(REX_CFLAGS) -fvisibility=default $(SAN_CFLAGS) -MMD -MP -c $< -o $@

$(TEST_BINS): $(OUT)/tests/test_%: $(OUT)/tests/test_%.o $(HELPER_OBJS) $(SAN_OBJS)
	$(call say,LD)
	$(Q)$(CC) $(SAN_CFLAGS) $(TEST_LDFLAGS) $^ $(LIBS) -lcmocka -ldl -o $@

# What test_nomem.c makes fail; only calls from librex get there.
WRAPPED := malloc calloc realloc strdup read bpf_object__open_mem \
	   btf__new_empty btf__add_int btf__add_array btf__add_ptr btf__add_struct btf__add_field \
	   btf__add_var btf__add_datasec btf__add_datasec_var_info btf__raw_data
$(OUT)/tests/test_nomem: TEST_LDFLAGS := $(WRAPPED:%=-Wl,--wrap=%)

.SECONDARY: $(TEST_BINS:%=%.o) $(HELPER_OBJS) $(SAN_OBJS)

check: $(TEST_BINS) check-library check-headers check-man
	$(Q)$(HERE)/tests/run.sh $(TEST_BINS)

# Exactly what the version script names is exported, and the static library
# has no name outside librex's own prefix.
check-library: all
	$(Q)sed -n 's/^\t\t\(rex_.*\);/\1/p' $(HERE)/src/librex.map | sort >$(OUT)/exports
	$(Q)nm -D --defined-only $(OUT)/librex.so | \
		sed -n 's/.* T \(.*\)@@LIBREX_.*/\1/p' | sort | diff $(OUT)/exports -
	$(Q)! nm -g --defined-only $(OUT)/librex.a | grep ' [A-Z] ' | grep -v ' rex_'

# The header stands alone, in C and in C++.
check-headers: $(HEADERS)
	$(Q)echo '#include <librex.h>' | $(CC) -std=c99 -pedantic -Wall -Wextra -Werror \
		-I$(OUT)/include -xc -fsyntax-only -
	$(Q)if command -v $(CXX) >/dev/null; then echo '#include <librex.h>' | \
		$(CXX) -pedantic -Wall -Wextra -Werror -I$(OUT)/include -xc++ \
		-fsyntax-only -; fi

# A page for every function, and no warnings. Some pages are links to others.
check-man: all
	$(Q)for f in $$(sed -n 's/^\t\t\(rex_.*\);/\1/p' $(HERE)/src/librex.map); do \
		test -f $(HERE)/man/$$f.3 || { echo "man/$$f.3 is missing"; exit 1; }; \
	done
	$(Q)if ! command -v groff >/dev/null; then \
		echo 'groff is missing: the format of the man pages is not checked'; \
	else \
		ln -sfn $(HERE)/man $(OUT)/man3 && cd $(OUT) && \
		! groff -t -s -man -ww -Tutf8 -z man3/*.3 2>&1 | grep .; \
	fi

# Needs clang-format 22.
check-format:
	$(Q)clang-format-22 --dry-run -Werror $(HERE)/*/*.[ch]

-include $(SAN_OBJS:.o=.d) $(HELPER_OBJS:.o=.d) $(TEST_BINS:%=%.d)

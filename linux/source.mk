# SPDX-License-Identifier: GPL-2.0
# Which kernel, and where its source comes from: the first of these that there is.
#
#  1. LINUX_SRC: a tarball or a tree of any 6.12.y (make LINUX_SRC=~/linux-6.12.90.tar.xz)
#  2. the distribution's package, which scripts/setup installs where apt has it;
#     apt has checked it
#  3. kernel.org: LINUX_VERSION, checked against sha256sums.asc, whose signature
#     must be LINUX_SIGNER's (kernel.org's checksum autosigner)

LINUX_SERIES  := 6.12
LINUX_VERSION := 6.12.117
LINUX_PACKAGE := /usr/src/linux-source-$(LINUX_SERIES).tar.xz
LINUX_TARBALL := linux-$(LINUX_VERSION).tar.xz
LINUX_URL     := https://cdn.kernel.org/pub/linux/kernel/v6.x
LINUX_SIGNER  := autosigner@kernel.org B8868C80BA62A1FFFAF5FDA9632D3A06589DA6B1

# Looked up when it is used, which is after set-up.
LINUX_SRC ?= $(shell test -e $(LINUX_PACKAGE) && echo $(LINUX_PACKAGE) || echo build/download/$(LINUX_TARBALL))

.PHONY: linux-source
linux-source: setup
	@$(if $(filter build/download/%,$(LINUX_SRC)),test -e $(LINUX_SRC) || \
		scripts/fetch-linux $(LINUX_URL) $(LINUX_TARBALL) $(LINUX_SIGNER) build/download,:)

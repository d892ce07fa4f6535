# SPDX-License-Identifier: GPL-2.0
# For people: `make help`. The kernel's build reads Kbuild instead.

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNEL ?= 6.12
DESTDIR ?=
PREFIX ?= /usr/local
VM := $(CURDIR)/selftests/vm
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# SMOKE is not among them: empty is not the same as not given, and make passes on what was.
export KERNEL KERNELS BACKENDS TESTS JOBS PARTS CONFIGS LOADS JSON FORMAT
export STOP ANSWERS HANDIN

all: userspace modules

help:
	@echo 'On this machine:'
	@echo '  make                module for the running kernel (KDIR=DIR: for another) and reader'
	@echo '  make modules        only the module; W=1 more warnings, C=1 sparse'
	@echo '  make userspace      only the reader'
	@echo '  make install        both (PREFIX=$(PREFIX), DESTDIR=)'
	@echo '  make dkms-install   module, built again for each new kernel'
	@echo '  make deb            packages of both, into .vm/deb (OUT=DIR: into another)'
	@echo '  make rpm, make arch the same for rpm and pacman, into .vm/rpm, .vm/arch'
	@echo "  make image          a container's image that builds, loads and serves (NAME=, BASE=)"
	@echo '  make bench-here     what it costs on this machine, in cycles and time, as root (LOADS="rr udp" PAIRS=30'
	@echo '                      PARAMETERS="netfilter=0")'
	@echo '  make clean'
	@echo
	@echo "In a guest that boots one of Debian's kernels, packages installed as needed:"
	@echo '  make demo           what it is good for, in one minute (KERNEL=$(KERNEL))'
	@echo '  make shell          a prompt with the module loaded (KERNEL=$(KERNEL))'
	@echo '  make check          the tests, 12 minutes (TESTS="words": those with a word in their names;'
	@echo '                      KERNELS="6.1 6.12" BACKENDS="ftrace kprobe" SMOKE="kernels for a short run")'
	@echo '  make check-all      everything on all kernels, for hours (PIECES="style check long faults rt 7.2'
	@echo '                      suites arm64 judge labs packages page debug kernels")'
	@echo "  make check-kselftest"
	@echo "                      the kernel's own tests as the judge, ours under its runner (KERNELS=...)"
	@echo '  make check-debug    all tests in a kernel that looks for bugs: hours; builds it first'
	@echo '  make check-races    those in which CPUs meet, in a kernel that looks for data races; builds it first'
	@echo '  make bench          what it costs, in instructions (KERNEL=$(KERNEL) PARTS="words" JSON=FILE)'
	@echo
	@echo 'For those who learn:'
	@echo '  make labs           the labs, one question each'
	@echo '  make lab-answers N=3 a file for your predictions, to fill in first (STUDENT=NAME: what varies, by it)'
	@echo '  make lab N=3        one of them in a guest (STOP=1: a prompt in the middle; KERNEL=$(KERNEL);'
	@echo '                      HERE=1: on this machine)'
	@echo '  make lab-check N=3  compare your answers.txt with what the kernel did (ANSWERS="FILES")'
	@echo '  make lab-source N=3 what it says to read, in the source of its kernel'
	@echo '  make lab-page N=3   a page of what was played, for a browser, with a replay'
	@echo '  make story-page     how thousands of clients share one port, played, as a page with replays'
	@echo '  make hand-in N=3    packs predictions, notes, and what was typed and seen'
	@echo '  make grade N=3 FROM=DIR  grades a folder of hand-ins'
	@echo '  make code N=threads a task in which code is written (probe, count, third, threads); make code-check tests it'
	@echo '  make labs-check     all of them with their right and wrong answers (KERNELS="6.1 6.12")'
	@echo
	@echo 'For those who change it:'
	@echo '  make style          checkpatch, kernel-doc, shellcheck, layers'

modules: headers
	@userspace/packaging/check-arguments $(KDIR) >&2
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

headers:
	@test -e $(KDIR)/Makefile || { \
		echo 'No kernel headers in $(KDIR).'; \
		echo "Install them (root):   $$(userspace/packaging/headers-hint)"; \
		echo 'Or name others:        make KDIR=/usr/src/linux-headers-...'; \
		echo 'Or try it in a guest:  make demo'; \
		exit 1; } >&2

userspace:
	$(MAKE) -C userspace

demo:
	@$(VM)/demo

check:
	@$(VM)/check

check-all:
	@$(VM)/check-all $(PIECES)

check-kselftest:
	@selftests/judge/judge

check-debug:
	@selftests/debug/check

check-races:
	@selftests/debug/check kcsan

bench:
	@selftests/bench/bench

# As root. The module is built for the running kernel, loaded, switched off and on, and removed again.
bench-here: modules
	@$(MAKE) -s -C selftests/bench load
	@TPW_KO=$(CURDIR)/tuplewatch.ko selftests/bench/here.py $(if $(LOADS),--loads "$(LOADS)") \
		$(if $(PAIRS),--pairs "$(PAIRS)") $(if $(PARAMETERS),--parameters "$(PARAMETERS)")

shell:
	@$(VM)/setup demo $(KERNEL)
	@$(MAKE) -s -C userspace
	@$(VM)/run --kernel $(KERNEL) --load --shell

labs:
	@selftests/labs/lab list

lab-answers:
	@selftests/labs/lab answers '$(N)'

lab:
	@selftests/labs/lab play '$(N)'

lab-check:
	@selftests/labs/lab check '$(N)'

story-page:
	@selftests/labs/lab story

lab-page:
	@selftests/labs/lab page '$(N)'

hand-in:
	@selftests/labs/lab hand-in '$(N)'

grade:
	@selftests/labs/lab grade '$(N)'

lab-source:
	@selftests/labs/source '$(N)'

code:
	@selftests/labs/code/code start '$(N)'

code-check:
	@selftests/labs/code/code check '$(N)'

labs-check:
	@selftests/labs/lab check-all

style:
	@selftests/style/style

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=extra modules_install
	$(if $(DESTDIR),,depmod -a $(notdir $(patsubst %/build,%,$(KDIR))))
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

# Only what the module is made of: dkms copies the directory it is given, and packages install it.
DKMS_DIR = $(DESTDIR)/usr/src/tuplewatch-$(VERSION)

dkms-source:
	rm -rf $(DKMS_DIR)
	install -d $(DKMS_DIR)
	tar -c --exclude='*.o' --exclude='.*.cmd' --exclude='*.md' Kbuild dkms.conf LICENSE module | tar -x -C $(DKMS_DIR)

dkms-install: dkms-source
	$(if $(DESTDIR),,dkms install -m tuplewatch -v $(VERSION))

# Says where they are. They are not installed.
deb rpm arch:
	@userspace/packaging/$@ $(OUT)

# By podman, buildah or docker; BASE=IMAGE: to begin with.
image:
	@userspace/packaging/image $(NAME)

clean:
	@if test -e $(KDIR)/Makefile; then $(MAKE) -C $(KDIR) M=$(CURDIR) clean; fi
	$(MAKE) -C userspace clean
	@if test -e selftests/Makefile; then $(MAKE) -C selftests clean; fi

.PHONY: all help modules headers userspace demo check check-all check-kselftest check-debug check-races bench bench-here shell labs lab-answers lab lab-check lab-source lab-page story-page hand-in grade code code-check labs-check style install dkms-source dkms-install deb rpm arch image clean

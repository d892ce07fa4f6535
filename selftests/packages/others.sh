# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# For `packages`, whose variables it uses: the signature of what DKMS built, and the packages of rpm and of pacman, held against Debian's.

# signature_of MODULE: into $tmp/signature, and what it is about into $tmp/signed. The kernel reads the same from the end:
# the signature, twelve bytes the last four of which are its length, and a line.
signature_of() {
	local module=$tmp/module bytes length

	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*) cat "$1" ;;
	esac > "$module"
	[[ $(tail -c 28 "$module") == "~Module signature appended~" ]] || return 1
	bytes=$(stat -c %s "$module")
	length=$((16#$(tail -c 32 "$module" | head -c 4 | od -An -tx1 | tr -d ' ')))
	head -c $((bytes - 40)) "$module" | tail -c "$length" > "$tmp/signature"
	head -c $((bytes - 40 - length)) "$module" > "$tmp/signed"
}

# verifies CERTIFICATE: whether that signature is one of its key's.
verifies() {
	openssl cms -verify -inform DER -in "$tmp/signature" -content "$tmp/signed" -binary -noverify -certfile "$1" \
		-nointern -out /dev/null 2>> "$tmp/log"
}

# DKMS makes itself a key, and signs with it. Whether the kernel trusts it is up to who enrols it.
test_signed() {
	local module key=$root/var/lib/dkms/mok

	module=$(find "$root/lib/modules/" -name 'tuplewatch.ko*')
	ktap_is "who signed the module" "$(modinfo -F signer "$module")" "DKMS module signing key"
	openssl x509 -inform DER -in "$key.pub" -out "$tmp/dkms.pem"
	quietly "the signature is that of the key that DKMS made" signature_of "$module"
	ktap_is "it verifies" "$(verifies "$tmp/dkms.pem" && echo yes)" yes
	printf x >> "$tmp/signed"
	ktap_is "and not, if the module is another" "$(verifies "$tmp/dkms.pem" && echo yes)" ""
}

# others_files: what a package of rpm or pacman has of the reader, from Debian's list. Where documents are is their own.
others_files() { grep -v '^/usr/share/doc/' "$tmp/files" | sed 's|zsh/vendor-completions|zsh/site-functions|' | LC_ALL=C sort; }

# own: without what stands for documents and links to debug information
own() { sed 's|^\./|/|' | grep -vE '^/usr/(share/(doc|licenses)|lib/\.build-id)/|/$' | LC_ALL=C sort; }

rpm_files() { rpm -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$1" 2> /dev/null | sed -n 's/^-[^ ]* //p' | own; }

same_list() {
	diff "$2" "$3" > "$tmp/diff"
	[[ ! -s $tmp/diff ]] || ktap_diag "$(cat "$tmp/diff")"
	ktap_is "$1" "$(grep -c '^[<>]' "$tmp/diff")" 0
}

test_rpm_build() {
	quietly "make rpm" make -s -C "$TOP" rpm OUT="$tmp/debs"
	quietly "make rpm of version $newer" "$tree/userspace/packaging/rpm" "$tmp/debs"
	rpmlint -c "$HERE/rpmlint.toml" "$tmp"/debs/*"-$version-1."*.rpm > "$tmp/said" 2>&1
	grep -qE ' 0 errors, 0 warnings, ' "$tmp/said" || ktap_diag "$(cat "$tmp/said")"
	ktap_is "errors and warnings of rpmlint" "$(grep -oE '[0-9]+ errors, [0-9]+ warnings' "$tmp/said")" "0 errors, 0 warnings"
	rpm_files "$tmp/debs/tuplewatch-$version-1.x86_64.rpm" > "$tmp/rpm_files"
	others_files > "$tmp/others_files"
	same_list "files of the reader that rpm has otherwise" "$tmp/rpm_files" "$tmp/others_files"
	rpm_files "$tmp/debs/tuplewatch-dkms-$version-1.noarch.rpm" > "$tmp/rpm_files"
	grep -v '^/usr/share/doc/' "$tmp/module_files" > "$tmp/source_files"
	same_list "files of the module that rpm has otherwise" "$tmp/rpm_files" "$tmp/source_files"
}

# That root is Debian's: rpm knows nothing of what is installed there, and what it needs has been installed by apt.
rpm_do() { inside rpm --force-debian --nodeps "$@"; }

rpm_install() { rpm_do -U "/mnt/tuplewatch-$1-1.x86_64.rpm" "/mnt/tuplewatch-dkms-$1-1.noarch.rpm"; }

test_rpm_life() {
	quietly "rpm: installed" rpm_install "$version"
	are_of "rpm: installed" "$version"
	quietly "rpm: upgraded" rpm_install "$newer"
	are_of "rpm: upgraded" "$newer"
	printf '%s\n' 'TUPLEWATCH_TEXTFILE=/var/tuplewatch.prom' > "$root/etc/default/tuplewatch"
	touch "$root/var/tuplewatch.prom"
	quietly "rpm: removed" rpm_do -e tuplewatch tuplewatch-dkms
	# as rpm does with what was changed
	ktap_is "rpm: what is kept" "$(find "$root/etc/default" -name 'tuplewatch*' -printf '%f\n')" tuplewatch.rpmsave
	rm -f "$root/etc/default/tuplewatch.rpmsave"
	nothing_left "rpm: removed"
}

# Into that root, which knows of no pacman; hooks that build are those of Arch's dkms, and are not here.
pacman_do() {
	pacman --root "$root" --dbpath "$root/var/lib/pacman" --hookdir "$tmp/hooks" --logfile "$tmp/pacman.log" --noconfirm "$@"
}

test_pacman_life() {
	mkdir -p "$root/var/lib/pacman" "$tmp/hooks"
	quietly "pacman: installed" pacman_do -Udd "$tmp"/arch/*.pkg.tar.gz
	ktap_is "pacman: packages that are as it put them" "$(pacman_do -Qkk 2> /dev/null | grep -c ' 0 altered files$')" 2
	printf '%s\n' 'TUPLEWATCH_TEXTFILE=/var/tuplewatch.prom' > "$root/etc/default/tuplewatch"
	touch "$root/var/tuplewatch.prom"
	quietly "pacman: removed" pacman_do -Rdd tuplewatch tuplewatch-dkms
	rm -f "$root/etc/default/tuplewatch.pacsave"
	nothing_left "pacman: removed"
}

test_pacman() {
	local name

	quietly "make arch" make -s -C "$TOP" arch OUT="$tmp/arch"
	ktap_is "packages of pacman" "$(cd "$tmp/arch" && echo *.pkg.tar.*)" \
		"tuplewatch-$version-1-x86_64.pkg.tar.gz tuplewatch-dkms-$version-1-any.pkg.tar.gz"
	for name in others_files:"tuplewatch-$version-1-x86_64" source_files:"tuplewatch-dkms-$version-1-any"; do
		tar -tf "$tmp/arch/${name#*:}.pkg.tar.gz" | grep -v '^\.' | sed 's|^|/|' | own | grep -v '/LICENSE$' > "$tmp/list"
		same_list "files that pacman has otherwise: ${name#*:}" "$tmp/list" "$tmp/${name%%:*}"
	done
	test_pacman_life
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Debian's linux-source, from which kernels of our own are built.

source_package=linux-source-6.12

# The installed package's, else the one that there is to fetch.
source_version() {
	local version

	version=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "$source_package" 2>/dev/null) &&
		[[ $version == "installed "* && -e /usr/src/$source_package.tar.xz ]] && { echo "${version#* }"; return; }
	apt-cache show --no-all-versions "$source_package" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1 | grep .
}

# source_unpack: into the directory where we are.
source_unpack() {
	set -o pipefail
	if [[ -e /usr/src/$source_package.tar.xz ]]; then
		cat "/usr/src/$source_package.tar.xz"
	else
		apt-get -qq -o APT::Sandbox::User="$(id -un)" download "$source_package" >&2 &&
			dpkg-deb --fsys-tarfile ./*.deb | tar -xO "./usr/src/$source_package.tar.xz" && rm -f ./*.deb
	fi | xz -dc -T0 | tar -x --strip-components=1
}

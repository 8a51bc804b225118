#!/bin/sh
# Installs the outside programs that `make run` and `make test` need, where they are missing.
#
#   deploy/setup.sh [postgres] [chromium] [ssh] [zbar] [ssh-audit]     (postgres alone when nothing is named)
#
# Uses the system's package manager if this is root, sudo works without a password, or there is Homebrew.
# Otherwise it prints the one line to run, and fails. It is silent when everything is there.
set -eu

have() {
	case $1 in
	postgres)
		[ -z "${HELPDESK_PGBIN:-}" ] || return 0 # somebody knows better
		# The places of storage/embedded; PostgreSQL 15 or later.
		for program in "$(command -v postgres || true)" /usr/lib/postgresql/*/bin/postgres /usr/pgsql-*/bin/postgres \
			/usr/libexec/postgresql*/postgres /opt/homebrew/opt/postgresql*/bin/postgres \
			/usr/local/opt/postgresql*/bin/postgres /home/linuxbrew/.linuxbrew/opt/postgresql*/bin/postgres \
			/Applications/Postgres.app/Contents/Versions/*/bin/postgres; do
			[ -x "$program" ] || continue
			major=$("$program" --version | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
			[ "${major:-0}" -lt 15 ] || return 0
		done
		return 1
		;;
	chromium)
		command -v chromium || command -v chromium-browser || command -v google-chrome || command -v headless-shell ||
			[ -d /Applications/Chromium.app ] || [ -d "/Applications/Google Chrome.app" ]
		;;
	ssh) command -v ssh && command -v ssh-keygen ;;
	zbar) command -v zbarimg ;; # reads the printed labels
	ssh-audit) command -v ssh-audit ;;
	*)
		echo "setup.sh: cannot install $1 (known: postgres, chromium, ssh, zbar, ssh-audit)" >&2
		exit 2
		;;
	esac >/dev/null
}

# package NAME prints what the package is called here.
package() {
	case $manager:$1 in
	*:chromium) echo chromium ;;
	apt-get:ssh) echo openssh-client ;;
	dnf:ssh) echo openssh-clients ;;
	apk:ssh) echo openssh-client openssh-keygen ;;
	brew:ssh) echo openssh ;;
	apt-get:zbar) echo zbar-tools ;;
	*:zbar) echo zbar ;;
	*:ssh-audit) echo ssh-audit ;;
	apt-get:postgres) echo postgresql ;;
	dnf:postgres) echo postgresql-server ;;
	apk:postgres) echo postgresql ;;
	brew:postgres) echo postgresql@17 ;;
	esac
}

# apt_install PACKAGE... installs PostgreSQL without the cluster that its package would make and start by itself.
apt_install() {
	conf=/etc/postgresql-common/createcluster.d/helpdesk.conf
	case " $* " in
	*" postgresql "*)
		$root mkdir -p "${conf%/*}"
		[ -e "$conf" ] || echo 'create_main_cluster = false' | $root tee "$conf" >/dev/null
		;;
	esac
	# A fresh container has no package lists.
	apt-cache show "$1" >/dev/null 2>&1 || $root apt-get update -qq
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing=
for name in "${@:-postgres}"; do
	have "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

manager=
for candidate in apt-get dnf apk brew; do
	if command -v "$candidate" >/dev/null; then
		manager=$candidate
		break
	fi
done
packages=
for name in $missing; do
	packages="$packages $(package "$name")"
done

# Homebrew wants no root; the others want nothing else.
root=
if [ "$manager" = brew ] || [ "$(id -u)" = 0 ]; then
	allowed=yes
elif sudo -n true 2>/dev/null; then
	allowed=yes root="sudo -n"
else
	allowed=
fi

add=install
[ "$manager" != apk ] || add=add
if [ -z "$manager" ]; then
	echo "setup.sh: no known package manager; please install:$missing (PostgreSQL 15 or later)" >&2
	exit 1
elif [ -z "$allowed" ]; then
	echo "setup.sh: missing:$missing. Please run:  sudo deploy/setup.sh$missing   (or: sudo $manager $add$packages)" >&2
	exit 1
fi

case " $missing" in
*" chromium"*)
	if grep -qs '^ID=ubuntu' /etc/os-release; then
		echo "setup.sh: Ubuntu's chromium is a snap, which containers cannot run; Google Chrome's .deb serves as well" >&2
	fi
	;;
esac
echo "setup.sh: installing$packages" >&2
# shellcheck disable=SC2086 # the lists are words to be split
case $manager in
apt-get) apt_install $packages ;;
dnf) $root dnf install -y -q $packages ;;
apk) $root apk add --quiet $packages ;;
brew) for one in $packages; do brew install --quiet "$one"; done ;;
esac

for name in $missing; do
	have "$name" || {
		echo "setup.sh: $name is still missing after installing$packages; please install it by hand" >&2
		exit 1
	}
done

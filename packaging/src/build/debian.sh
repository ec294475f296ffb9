#!/bin/sh
# debian.sh TREE SOURCES VERSION OUT
# Makes the Debian package OUT from the relocatable tree TREE and the files in SOURCES. Where there
# is no dpkg-deb it says so and makes none.
set -eu

tree=$1
sources=$2
version=$3
out=$4

if ! command -v dpkg-deb >/dev/null; then
  echo "no Debian package is made: there is no dpkg-deb on this machine"
  rm -f -- "$out"
  exit 0
fi

debian=$sources/debian
home=usr/lib/sanlockd
root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT
chmod 755 "$root"

# put MODE FILE TARGET: TARGET is a path in the package.
put() {
  install -D -m "$1" "$2" "$root/$3"
}

# put_compressed FILE TARGET: without name and time, so that equal input gives an equal package.
put_compressed() {
  mkdir -p "$root/${2%/*}"
  gzip -9n <"$1" >"$root/$2.gz"
  chmod 644 "$root/$2.gz"
}

programs() {
  mkdir -p "$root/$home/lib"
  cp -R "$tree/bin" "$tree/libexec" "$root/$home/"
  # Without the class-data archives: they fit only the Java that made them.
  (cd "$tree/lib" && find . -mindepth 1 -maxdepth 1 ! -name cds -exec cp -R {} "$root/$home/lib/" \;)
  find "$root/$home" -type d -exec chmod 755 {} +
  find "$root/$home" -type f -exec chmod 644 {} +
  chmod 755 "$root/$home"/bin/* "$root/$home"/libexec/*
  mkdir -p "$root/usr/sbin" "$root/usr/lib/libvirt"
  for program in sanlock wdmd $reset_programs; do
    ln -s "../lib/sanlockd/bin/$program" "$root/usr/sbin/$program"
  done
  ln -s ../sanlockd/bin/libvirt_sanlock_helper "$root/usr/lib/libvirt/libvirt_sanlock_helper"
}

configuration() {
  put 644 "$tree/etc/sanlock/sanlock.conf" usr/share/sanlockd/sanlock.conf
  put 644 "$debian/default-sanlock" etc/default/sanlock
  put 644 "$debian/default-wdmd" etc/default/wdmd
  put 644 "$debian/logrotate" etc/logrotate.d/sanlock
  mkdir -p "$root/etc/wdmd.d"
  for unit in wdmd sanlock ${reset_programs:+sanlk-resetd}; do
    put 644 "$sources/systemd/$unit.service" "lib/systemd/system/$unit.service"
  done
}

documentation() {
  put 644 "$debian/copyright" usr/share/doc/sanlockd/copyright
  printf 'sanlockd (%s) unstable; urgency=medium\n\n  * See the log of the repository.\n\n -- %s  %s\n' \
    "$version" "The sanlockd project <sanlockd@localhost>" "Thu, 01 Jan 2026 00:00:00 +0000" \
    >"$root/changelog"
  put_compressed "$root/changelog" usr/share/doc/sanlockd/changelog
  rm "$root/changelog"
  for page in "$tree"/share/man/man?/*; do
    put_compressed "$page" "usr/share/man/${page#"$tree"/share/man/}"
  done
  for file in "$tree"/share/doc/sanlockd/monitoring/*; do
    put 644 "$file" "usr/share/doc/sanlockd/monitoring/${file##*/}"
  done
  put 644 "$tree/share/bash-completion/completions/sanlock" \
    usr/share/bash-completion/completions/sanlock
  put 644 "$tree/share/zsh/site-functions/_sanlock" usr/share/zsh/vendor-completions/_sanlock
  put 644 "$tree/share/fish/vendor_completions.d/sanlock.fish" \
    usr/share/fish/vendor_completions.d/sanlock.fish
}

control() {
  mkdir "$root/DEBIAN"
  sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$(du -sk --exclude=DEBIAN "$root" | cut -f1)/" \
    -e "s/@PROVIDES@/${reset_programs:+, sanlk-reset (= 3.8.5)}/" \
    -e "s/@CONFLICTS@/${reset_programs:+, sanlk-reset}/" \
    "$debian/control" >"$root/DEBIAN/control"
  install -m 644 "$debian/triggers" "$root/DEBIAN/triggers"
  for script in preinst postinst prerm postrm; do
    install -m 755 "$debian/$script" "$root/DEBIAN/$script"
  done
  (cd "$root" && find etc -type f -printf '/%p\n' | sort >DEBIAN/conffiles &&
    find . -type f ! -path './DEBIAN/*' -printf '%P\n' | sort | xargs md5sum >DEBIAN/md5sums)
}

# The reset programs are part of the tree or not, and of the package accordingly.
reset_programs=
if [ -e "$tree/bin/sanlk-reset" ] && [ -e "$tree/bin/sanlk-resetd" ]; then
  reset_programs="sanlk-reset sanlk-resetd"
fi
programs
configuration
documentation
control
# Jars are compressed already: more effort gains nothing.
SOURCE_DATE_EPOCH=1767225600 dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$out" >/dev/null
echo "made ${out##*/}"

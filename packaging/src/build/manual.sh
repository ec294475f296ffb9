#!/bin/sh
# manual.sh SOURCES VERSION TREE
# Makes the manual pages and the completions for shells in TREE/share from the pages in SOURCES and
# from what the program says about itself. SANLOCK_JAVA names the java of the JDK that runs the build.
set -eu

sources=$1
version=$2
tree=$3

parts=$(mktemp -d)
trap 'rm -rf -- "$parts"' EXIT

classes=$(sed "s|^|$tree/lib/|;s|:|:$tree/lib/|g" "$tree/lib/classpath")
"$SANLOCK_JAVA" -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$classes" io.sanlockd.cli.Reference "$parts"
awk -f "${0%/*}/conf-keys.awk" "$tree/etc/sanlock/sanlock.conf" >"$parts/KEYS"

rm -rf -- "$tree/share"
for page in "$sources"/man/*; do
  name=${page##*/}
  mkdir -p "$tree/share/man/man${name##*.}"
  # A line @NAME@ stands for the part NAME.
  awk -v parts="$parts" -v version="$version" '
    /^@[A-Z]+@$/ {
      part = parts "/" substr($0, 2, length($0) - 2)
      while ((got = (getline line < part)) > 0) print line
      if (got < 0) { print "no part " part > "/dev/stderr"; exit 1 }
      next
    }
    { gsub(/@VERSION@/, version); print }' "$page" >"$tree/share/man/man${name##*.}/$name"
done

put() {
  mkdir -p "$tree/share/${2%/*}"
  cp "$parts/$1" "$tree/share/$2"
}
put bash bash-completion/completions/sanlock
put zsh zsh/site-functions/_sanlock
put fish fish/vendor_completions.d/sanlock.fish

#!/bin/sh
# manual.sh SOURCES VERSION TREE
# Makes the manual pages and the completions for shells in TREE/share from the files in SOURCES and
# from what the program says about itself. SANLOCK_JAVA names the java of the JDK that runs the build.
set -eu

sources=$1
version=$2
tree=$3

parts=$(mktemp -d)
trap 'rm -rf -- "$parts"' EXIT

classes=$(sed -n "1{s|^|$tree/lib/|;s|:|:$tree/lib/|g;p}" "$tree/lib/classpath")
"$SANLOCK_JAVA" -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$classes" io.sanlockd.cli.Reference "$parts"
awk -f "${0%/*}/conf-keys.awk" "$tree/etc/sanlock/sanlock.conf" >"$parts/KEYS"

# fill SOURCE TARGET: a line @NAME@ stands for the part NAME.
fill() {
  mkdir -p "$tree/share/${2%/*}"
  awk -v parts="$parts" -v version="$version" '
    /^@[A-Z]+@$/ {
      part = parts "/" substr($0, 2, length($0) - 2)
      while ((got = (getline line < part)) > 0) print line
      if (got < 0) { print "no part " part > "/dev/stderr"; exit 1 }
      next
    }
    { gsub(/@VERSION@/, version); print }' "$sources/$1" >"$tree/share/$2"
}

rm -rf -- "$tree/share"
for page in "$sources"/man/*; do
  page=${page##*/}
  fill "man/$page" "man/man${page##*.}/$page"
done
mkdir -p "$tree/share/doc/sanlockd"
cp -R "$sources/monitoring" "$tree/share/doc/sanlockd/"
fill completion/bash bash-completion/completions/sanlock
fill completion/zsh zsh/site-functions/_sanlock
fill completion/fish fish/vendor_completions.d/sanlock.fish

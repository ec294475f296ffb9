#!/bin/sh
# assemble.sh DIST RUNTIME_JARS TREE
# SANLOCK_JAVA names the java of the JDK that runs the build.
# Makes the relocatable tree TREE from the files in DIST and the jars listed in the file RUNTIME_JARS
# (one line, separated by colons). Files of an older build that are not wanted any more are removed.
set -eu

dist=$1
list=$2
tree=$3

mkdir -p "$tree"
tree=$(cd -P "$tree" && pwd)
(cd "$dist" && find . -type d -exec mkdir -p "$tree/{}" \;)
(cd "$dist" && find . -type f -exec cp {} "$tree/{}" \;)
chmod 755 "$tree"/bin/* "$tree"/libexec/*

# What most commands need stands first and on a second line alone: a short class path is checked
# faster, and the archive made with it also serves a longer one that begins with it.
class_path=
client_path=
for name in cli client-lib model; do
  client_path=${client_path:+$client_path:}$(tr ':' '\n' <"$list" | sed -n "s#.*/\($name-[0-9][^/]*\.jar\)#\1#p")
done
class_path=$client_path
# The list has no final newline, so that read reports the end of the file although it read the line.
IFS= read -r jars <"$list" || [ -n "$jars" ]
IFS=:
for jar in $jars; do
  name=${jar##*/}
  # -p and only when changed: class-data archives are bound to size and time of the jars.
  if ! cmp -s "$jar" "$tree/lib/$name"; then
    cp -p "$jar" "$tree/lib/$name"
  fi
  case ":$client_path:" in
    *":$name:"*) ;;
    *) class_path=$class_path:$name ;;
  esac
done
unset IFS
printf '%s\n' "$class_path" "$client_path" >"$tree/lib/classpath"

for jar in "$tree"/lib/*.jar; do
  case ":$class_path:" in
    *":${jar##*/}:"*) ;;
    *) rm -- "$jar" ;;
  esac
done

# The native part of the calls to Linux, so that it need not be unpacked to /tmp at every start (and
# works where /tmp forbids execution). On other machines it still comes from the jar.
rm -rf -- "$tree/lib/native" "$tree/lib/jni"
(cd "$tree/lib" &&
  "${SANLOCK_JAVA%/java}/jar" xf jffi-*-native.jar jni/x86_64-Linux jni/aarch64-Linux &&
  mv jni native)

# Without the archive everything works, only slower: not a reason to fail the build.
"$tree/bin/sanlock-cds" --if-needed ||
  echo "warning: no class-data archive was made; commands will start slower" >&2

# Common part of the programs in bin/, read by them with "home" set to the root of the tree.
# Only shell built-ins where possible: this runs before every command.

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# Sets java (the program) and java_version (like 17.0.15).
choose_java() {
  if [ -n "${SANLOCK_JAVA:-}" ]; then
    java=$SANLOCK_JAVA
    [ -x "$java" ] || fail "SANLOCK_JAVA is set to $java, which is not an executable program"
  elif [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] || fail "JAVA_HOME is set to $JAVA_HOME, which has no bin/java"
  else
    java=$(command -v java) ||
      fail "no java found: install a Java runtime of version 17 or newer (Debian: openjdk-17-jre-headless), or set SANLOCK_JAVA or JAVA_HOME"
  fi
  read_java_version
  case ${java_version%%[!0-9]*} in
    '') fail "can not tell the version of $java" ;;
    ? | 1[0-6]) fail "$java is version $java_version, 17 or newer is needed; set SANLOCK_JAVA or JAVA_HOME" ;;
  esac
}

# From the file "release" beside bin/, because asking java itself takes as long as a whole command.
read_java_version() {
  java_version=
  real=$java
  if [ -L "$real" ]; then
    real=$(readlink -f -- "$real")
  fi
  if [ -r "${real%/bin/java}/release" ]; then
    while IFS='=' read -r key value; do
      if [ "$key" = JAVA_VERSION ]; then
        value=${value#\"}
        java_version=${value%%\"*}
        return
      fi
    done <"${real%/bin/java}/release"
  fi
  java_version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
}

# choose_class_path [client]: sets class_path to all jars, or to those that most commands need.
choose_class_path() {
  { IFS= read -r names && IFS= read -r client_names; } <"$home/lib/classpath" ||
    fail "$home/lib/classpath is missing"
  [ -z "${1:-}" ] || names=$client_names
  class_path=
  IFS=:
  for name in $names; do
    class_path=${class_path:+$class_path:}$home/lib/$name
  done
  unset IFS
}

# run_java KIND MAIN ARGUMENT...: becomes the JVM. "flags" holds its options, separated by blanks.
#
# The archive of KIND is used when it was made for this version of Java. Java itself checks whether
# it fits the jars; when it does not (older Java versions bind it to the place of the tree), Java
# goes on without. -Xlog:disable keeps it silent about that on standard output.
run_java() {
  archive=$home/lib/cds/$1-$java_version.jsa
  shift
  set -- -cp "$class_path" "$@"
  if [ -n "${SANLOCK_CDS_DUMP:-}" ]; then
    set -- "-XX:ArchiveClassesAtExit=$SANLOCK_CDS_DUMP" "$@"
    # Not for what the program starts: the helper's archive would take the place of the daemon's.
    unset SANLOCK_CDS_DUMP
  elif [ -f "$archive" ]; then
    set -- "-XX:SharedArchiveFile=$archive" "$@"
  fi
  if [ -n "${native_path:-}" ]; then
    set -- "-Djffi.boot.library.path=$native_path" "$@"
  fi
  exec "$java" -XX:+UseSerialGC -XX:-UsePerfData -Xshare:auto -Xlog:disable \
    -XX:+DisplayVMOutputToStderr "-Dsanlockd.home=$home" $flags ${SANLOCK_JAVA_OPTS:-} "$@"
}

# Adds to "flags" what the buffers of direct I/O and the native calls need; "native_path" is apart
# because it may hold blanks.
add_native_flags() {
  native_path=$home/lib/native
  # Where Chronicle would make directories, which nothing uses; by default that is /tmp.
  flags="$flags -Dproject.build.directory=/dev/null"
  # Compiling this method, which writes the stubs of native calls at the start, takes 14 MiB that malloc
  # never gives back; run as it is, the start takes no longer.
  flags="$flags -XX:CompileCommand=quiet -XX:CompileCommand=exclude,jnr.x86asm.Assembler::_emitX86"
  flags="$flags --add-exports=java.base/sun.nio.ch=ALL-UNNAMED --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED"
  if [ "${java_version%%[!0-9]*}" -ge 24 ]; then
    flags="$flags --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  fi
}

# Read by ./test and ./demo: makes sure that a JDK and Maven are there.

# have_packages NAME...: whether all Debian packages are installed.
have_packages() {
  command -v dpkg-query >/dev/null || return 1
  local name
  for name in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || return 1
  done
}

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    have_packages "$name" || printf ' %s' "$name"
  done
}

# install_packages NAME...: installs what is missing when that is possible (root on a Debian-like
# system), otherwise says what is missing. Never fails: what is really needed is checked afterwards.
install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Not installed:$missing"
    return 0
  fi
  echo "Installing:$missing"
  # shellcheck disable=SC2086 # a list of names
  if ! { apt-get -q update && DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends install $missing; } >/tmp/sanlockd-apt.$$ 2>&1; then
    echo "apt-get failed; going on without:"
    tail -n 5 /tmp/sanlockd-apt.$$
  fi
  rm -f /tmp/sanlockd-apt.$$
}

java_major() {
  "$1" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p'
}

# Puts a JDK of version 17 or newer into JAVA_HOME and checks for Maven; installs them if it can.
require_build_tools() {
  if ! find_jdk || ! command -v mvn >/dev/null; then
    install_packages openjdk-17-jdk-headless maven
  fi
  if ! find_jdk; then
    echo "A JDK of version 17 or newer is needed (Debian: apt-get install openjdk-17-jdk-headless; or set JAVA_HOME)." >&2
    return 1
  fi
  if ! command -v mvn >/dev/null; then
    echo "Maven is needed (Debian: apt-get install maven)." >&2
    return 1
  fi
}

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" "$(path_jdk)" /usr/lib/jvm/*; do
    if [[ -n $home && -x $home/bin/javac ]] && (($(java_major "$home/bin/java") >= 17)); then
      export JAVA_HOME=$home
      return 0
    fi
  done
  return 1
}

path_jdk() {
  local javac
  javac=$(command -v javac) || return 0
  javac=$(readlink -f "$javac")
  echo "${javac%/bin/javac}"
}

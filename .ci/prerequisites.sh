# Read by the commands beside the README: makes sure that a JDK and Maven are there, and what their
# command lines have in common.

# tell_help: prints the comment at the begin of the command. The directory is already that of it.
tell_help() {
  sed -n '2,/^[^#]/s/^# \{0,1\}//p' "${0##*/}"
}

# wrong_usage WHAT: ends the command.
wrong_usage() {
  echo "./${0##*/}: $*; see ./${0##*/} --help" >&2
  exit 1
}

# number OPTION [VALUE]: prints the value of an option that counts, from 1.
number() {
  [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]] || wrong_usage "$1 needs a number from 1"
  echo "$2"
}

# whole_number OPTION [VALUE]: prints the value of an option that may be 0 or less.
whole_number() {
  [[ ${2:-} =~ ^(0|-?[1-9][0-9]{0,17})$ ]] || wrong_usage "$1 needs a number"
  echo "$2"
}

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

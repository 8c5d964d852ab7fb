#!/bin/sh
# Prints the home of a JDK of at least 25, or says what to install and ends with 1. Shared by `dormouse` and `mvnw`.
#   find-jdk.sh        one that can compile
#   find-jdk.sh run    a runtime is enough
# Order: JAVA_HOME, the java on the PATH, the usual folders of Linux, macOS, SDKMAN and the like. In the folders the version nearest
# to 25 wins: it is the one that the tests run on.
set -u
least=25
tool=javac
[ "${1:-}" = run ] && tool=java
user_home=${HOME:-/nonexistent}

# Sets `version` to the feature version in the `release` file of a JDK's home; fails where that is too old or there is no JDK.
suits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/$tool" ] || return 1
  version=$(sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release" 2>/dev/null)
  [ -n "$version" ] && [ "$version" -ge "$least" ]
}

# The file that a chain of symbolic links ends at. `readlink -f` is missing on older macOS.
resolve() {
  path=$1 hops=0
  while [ -L "$path" ] && [ "$hops" -lt 40 ]; do
    target=$(readlink "$path") || return 1
    case $target in
      /*) path=$target ;;
      *) path=$(dirname "$path")/$target ;;
    esac
    hops=$((hops + 1))
  done
  printf '%s/%s\n' "$(cd "$(dirname "$path")" && pwd -P)" "$(basename "$path")"
}

if [ -n "${JAVA_HOME:-}" ] && suits "$JAVA_HOME"; then
  printf '%s\n' "$JAVA_HOME"
  exit 0
fi

on_path=$(command -v "$tool" 2>/dev/null) && on_path=$(resolve "$on_path")
if [ -n "${on_path:-}" ] && suits "${on_path%/bin/"$tool"}"; then
  printf '%s\n' "${on_path%/bin/"$tool"}"
  exit 0
fi

best='' best_version=0
for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/jvm/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$user_home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-$user_home/.sdkman}"/candidates/java/* "$user_home"/.jdks/* "$user_home"/.gradle/jdks/* \
    "${ASDF_DATA_DIR:-$user_home/.asdf}"/installs/java/* "$user_home"/.local/share/mise/installs/java/*; do
  if suits "$home" && { [ -z "$best" ] || [ "$version" -lt "$best_version" ]; }; then
    best=$home best_version=$version
  fi
done
if [ -n "$best" ]; then
  printf '%s\n' "$best"
  exit 0
fi

cat >&2 <<TEXT
Dormouse needs a JDK of at least $least, and none was found in JAVA_HOME (${JAVA_HOME:-not set}), on the PATH,
or in the usual folders. Install one, for example:
  Debian, Ubuntu   apt install openjdk-$least-jdk     (or temurin-$least-jdk)
  Fedora           dnf install java-$least-openjdk-devel
  macOS            brew install openjdk@$least
  anywhere         sdk install java $least-tem
or point JAVA_HOME at one that is unpacked already.
TEXT
exit 1

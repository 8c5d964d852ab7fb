#!/bin/sh
# Prints the home of a JDK of at least 25, or says what to install and ends with 1. Shared by `dormouse` and `mvnw`.
# Order: JAVA_HOME, the java on the PATH, the usual folders of Linux, macOS and SDKMAN (the newest of them wins).
set -u
least=25

# The feature version in the `release` file of a JDK's home, or nothing.
feature_version() {
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

suits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
  version=$(feature_version "$1")
  [ -n "$version" ] && [ "$version" -ge "$least" ]
}

if [ -n "${JAVA_HOME:-}" ] && suits "$JAVA_HOME"; then
  printf '%s\n' "$JAVA_HOME"
  exit 0
fi

on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path" 2>/dev/null)
if [ -n "${on_path:-}" ] && suits "${on_path%/bin/javac}"; then
  printf '%s\n' "${on_path%/bin/javac}"
  exit 0
fi

best= best_version=0
for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* "$HOME"/.jdks/*; do
  if suits "$home" && [ "$version" -gt "$best_version" ]; then
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

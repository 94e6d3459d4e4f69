#!/usr/bin/env bash
# The one door to KissBot: sets up what is missing, bundles what has changed, then hands over to cli/main.ts.
# Works from any directory and through a symlink. Its own text goes to stderr, so that `--json` can be piped.
set -euo pipefail

# Milliseconds since the epoch: `demo` tells how long the first reply took, set-up included.
readonly called_at=${EPOCHREALTIME:0:-7}${EPOCHREALTIME: -6:3}
readonly NODE_MAJOR_MIN=20            # npm's own Node: enough to install; everything then runs on the Node from npm
readonly NODE_TYPES_MIN=22018         # 22.18: from here on Node runs TypeScript sources as they are
readonly PROGRESS_EVERY_S=5
readonly NPM_LEAVES_WITHIN_S=2
readonly LOG_LINES_SHOWN=10

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly here
readonly stamp=$here/node_modules/.kissbot-setup
readonly setup_log=$here/logs/setup.log

say() { printf '%s\n' "$*" >&2; }
die() { say "kissbot: $*"; exit 1; }

# What there is, read from the verbs' own files: works before anything is installed.
print_verbs() {
  printf 'usage: ./kissbot.sh <verb> [options]\n\n'
  local file name summary
  for file in "$here"/cli/verbs/*.ts; do
    [[ $file == *.test.ts ]] && continue
    name=$(sed -n 's/^  name: "\(.*\)",$/\1/p' "$file")
    summary=$(sed -n 's/^  summary: "\(.*\)",$/\1/p' "$file")
    printf '  %-15s %s\n' "$name" "$summary"
  done
  printf '\n./kissbot.sh help <verb> explains one of them. New here? ./kissbot.sh demo\n'
}

is_verb() {
  [[ $1 =~ ^[a-z_-]+$ ]] || return 1
  grep -qsE "^  (name: \"$1\"|aliases: .*\"$1\")" "$here"/cli/verbs/*.ts
}

# "v24.21.0" → 24021
node_number() {
  local text=${1#v} major minor
  IFS=. read -r major minor _ <<<"$text"
  printf '%s\n' "$((major * 1000 + minor))"
}

check_tools() {
  local advice="install Node.js $NODE_MAJOR_MIN or newer, which brings npm: https://nodejs.org/en/download or your package manager"
  command -v node >/dev/null || die "node is missing: $advice"
  command -v npm >/dev/null || die "npm is missing: $advice"
  local version
  version=$(node --version)
  [[ $(node_number "$version") -ge $((NODE_MAJOR_MIN * 1000)) ]] || die "node $version is too old: $advice"
}

lock_hash() { sha256sum <"$here/package-lock.json" | cut -d' ' -f1; }

is_set_up() { [[ -f $stamp && $(<"$stamp") == "$(lock_hash)" ]]; }

install_packages() {
  check_tools
  mkdir -p "$here/logs"
  say "kissbot: setting up: npm ci installs the packages named in package-lock.json (once; 10 to 40 s)"
  local started=$SECONDS npm_pid code=0
  # In a process group of its own, so that npm and whatever it has started can be ended together.
  set -m
  (cd "$here" && exec npm ci --no-audit --no-fund --loglevel=warn) >"$setup_log" 2>&1 </dev/null &
  npm_pid=$!
  set +m
  # shellcheck disable=SC2064  # the pid of now is meant
  trap "abandon_install $npm_pid" INT TERM HUP
  while kill -0 "$npm_pid" 2>/dev/null; do
    wait_for "$npm_pid" "$PROGRESS_EVERY_S" || say "kissbot:   still installing, $((SECONDS - started)) s"
  done
  wait "$npm_pid" || code=$?
  trap - INT TERM HUP
  if [[ $code -ne 0 ]]; then
    say "kissbot: npm ci failed (exit code $code):"
    npm_complaints | sed 's/^/  /' >&2
    die "the whole log is $setup_log; mend what it names (often the network), then call again"
  fi
  rm -f "$setup_log"
  lock_hash >"$stamp"
  say "kissbot: packages installed in $((SECONDS - started)) s"
}

# The stamp was not written: the next call begins anew, whatever npm leaves lying about.
abandon_install() {
  trap '' INT TERM HUP
  kill -- "-$1" 2>/dev/null || true
  wait_for "$1" "$NPM_LEAVES_WITHIN_S" || kill -KILL -- "-$1" 2>/dev/null || true
  say "kissbot: set-up was interrupted; the next call begins it anew"
  exit 130
}

# What npm says went wrong, without its stack; the log's end when it said nothing of that kind.
npm_complaints() {
  grep -E '^npm (error|ERR!) ' "$setup_log" | grep -vE '^npm (error|ERR!)  +' | head -n "$LOG_LINES_SHOWN" && return
  tail -n "$LOG_LINES_SHOWN" "$setup_log"
}

# Returns 0 when process $1 ended within $2 seconds; looks often, so that a short wait stays short.
wait_for() {
  local looks=$(($2 * 10))
  while ((looks-- > 0)); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

# The Node that runs everything: the one from npm, or the machine's own when that one can't run here.
find_node() {
  local candidate version
  for candidate in "$here/node_modules/.bin/node" "$(command -v node || true)"; do
    [[ -x $candidate ]] || continue
    version=$("$candidate" --version 2>/dev/null) || continue
    [[ $(node_number "$version") -ge $NODE_TYPES_MIN ]] || continue
    printf '%s\n' "$candidate"
    return
  done
  die "the Node of the npm package 'node' is not there: its install script was blocked. Allow it once: cd '$here' && npm rebuild node --ignore-scripts=false"
}

set_up() {
  is_set_up && return
  # One set-up at a time in this checkout: the folder itself is the lock.
  exec 9<"$here"
  if command -v flock >/dev/null && ! flock -n 9; then
    say "kissbot: another set-up of this checkout is running, waiting for it"
    flock 9
  fi
  is_set_up || install_packages
  exec 9<&-
}

verb=${1-help}
case $verb in
  -h | --help) verb=help ;;
esac
if [[ $verb == help && $# -le 1 ]]; then
  print_verbs
  exit 0
fi
if [[ $verb != help && $verb != --version ]] && ! is_verb "$verb"; then
  say "kissbot: there is no verb \"$verb\""
  print_verbs >&2
  exit 64
fi

set_up
node=$(find_node)
export PATH=$here/node_modules/.bin:$PATH
export KISSBOT_CALLED_AT=$called_at
# Half of what a short command costs is the compiling of TypeScript.
export NODE_COMPILE_CACHE=${NODE_COMPILE_CACHE:-$here/node_modules/.cache/kissbot-cli}
case $verb in
  start | worker | demo | sim | bench | test) "$node" "$here/bundle.mjs" --if-changed >&2 ;;
esac
case $verb in
  # `demo` builds it itself, beside what it shows; `test` among its checks.
  start | bench | games) "$node" "$here/engine/build-addon.mjs" --if-changed ;;
esac
# A fresh installation knows the games that ship; `games build --titles` makes it know more.
if [[ $verb == start && ! -f ${KISSBOT_HOME:-$here}/data/games.kbx ]]; then
  "$node" "$here/cli/main.ts" games build >&2 || true
fi
exec "$node" "$here/cli/main.ts" "$@"

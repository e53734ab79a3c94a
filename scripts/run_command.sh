#!/usr/bin/env bash
# Run the command of a tool, which fills a folder with predictions. The folder is there only where
# the command ended well. A failure is told with the last lines of the log.
# Use: run_command.sh COMMAND IMAGES OUTPUT LOG THREADS
set -euo pipefail
images=$(realpath "$2") log=$(realpath "$4") threads=$5
root=$(dirname "$(dirname "$(realpath "$0")")")
mkdir -p "$(dirname "$3")"
output=$(mktemp -d "$(realpath "$(dirname "$3")")/.unfinished.XXXXXX")
export images output threads root
trap 'rm -rf "$output"' EXIT
if ! bash -eo pipefail -c "$1" > "$log" 2>&1 < /dev/null; then
    printf 'Error: a command of another tool failed:\n%s\n' "$1" >&2
    printf 'The last lines of its log, %s:\n' "$4" >&2
    tail -n 20 "$log" >&2
    exit 1
fi
chmod "$(printf '%o' $((0777 & ~0$(umask))))" "$output"
[[ ! -e $3 ]] || rmdir "$3"
mv "$output" "$3"

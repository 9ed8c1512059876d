# Sourced: starts the demo server on a free port, with further flags from $serve_flags. Sets $address, and $work, a folder that goes when the script ends.
work=$(mktemp -d)
[ -n "${serve_flags+set}" ] || serve_flags=()
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
node apps/cli/bin/triptych.js serve --listen 127.0.0.1:0 --log-level warn "${serve_flags[@]}" >"$work/address" &
server=$!
address=
for _ in $(seq 600); do
  address=$(sed -n 's/^listening on //p' "$work/address")
  [ -z "$address" ] || break
  kill -0 "$server" || break
  sleep 0.1
done
[ -n "$address" ] || { echo 'the demo server does not listen'; exit 1; }

# Sourced: starts the demo server on a free port, with further flags from $serve_flags. Sets $address, $work, a folder that goes when the script
# ends, and $restart, a program that kills the server and returns once another one listens on the same address.
work=$(mktemp -d)
[ -n "${serve_flags+set}" ] || serve_flags=()
trap '[ ! -s "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null || true; rm -rf "$work"' EXIT
cat >"$work/serve" <<END
#!/usr/bin/env bash
set -euo pipefail
cd $(printf %q "$PWD")
work=$(printf %q "$work")
flags=($([ ${#serve_flags[@]} = 0 ] || printf '%q ' "${serve_flags[@]}"))
END
cat >>"$work/serve" <<'END'
rm -f "$work/address"
# Of a session of its own, with no pipe of its starter: it stays when that ends, and whoever waits for that is not kept.
setsid node apps/cli/bin/triptych.js serve --listen "$1" --log-level warn "${flags[@]}" >"$work/address" 2>>"$work/log" &
echo $! >"$work/pid"
for _ in $(seq 600); do
  ! grep -q '^listening on ' "$work/address" 2>/dev/null || exit 0
  kill -0 "$(cat "$work/pid")" || break
  sleep 0.1
done
cat "$work/log" >&2
echo 'the demo server does not listen' >&2
exit 1
END
cat >"$work/restart" <<END
#!/usr/bin/env bash
set -euo pipefail
kill -KILL "\$(cat $(printf %q "$work")/pid)"
exec $(printf %q "$work")/serve "\$(cat $(printf %q "$work")/listened)"
END
chmod +x "$work/serve" "$work/restart"
restart=$work/restart
"$work/serve" 127.0.0.1:0
address=$(sed -n 's/^listening on //p' "$work/address")
echo "$address" >"$work/listened"

#!/usr/bin/env bash
# The image is built from its Dockerfile and started as it says, without a container engine: as its own user, as PID 1 of a container with
# a read-only root and no network but its own. It answers its health check and encodes, its demo and quantize find their samples, and
# SIGTERM ends it with 0.
set -euo pipefail
cd "$(dirname "$0")/.."
most_mb=450
packages=(buildah debootstrap iproute2 procps)
bash .ci/debian.sh "${packages[@]}"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }

# What the Dockerfile is made from, by this machine: Debian, and its Node, npm and certificates.
base_name=$(sed -n 's/^FROM \(\S*\)$/\1/p' deploy/docker/Dockerfile)
suite=$(sed 's/^.*-\(.*\)-slim$/\1/' <<<"$base_name")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" 'Component: main' 2>/dev/null | head -1)
container=$(buildah from scratch)
base=$(buildah mount "$container")
debootstrap --variant=minbase "$suite" "$base" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || {
  tail "$work/debootstrap.log"
  exit 1
}
rm -rf "$base"/var/cache/apt/* "$base"/var/lib/apt/lists/* "$base"/usr/share/{doc,man,locale}/*
mkdir -p "$base/usr/local/lib/node_modules" "$base/usr/local/etc" "$base/etc/ssl/certs"
cp "$(readlink -f "$(command -v node)")" "$base/usr/local/bin/node"
npm_cli=$(readlink -f "$(command -v npm)")
cp -rL "${npm_cli%/bin/*}" "$base/usr/local/lib/node_modules/npm"
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$base/usr/local/bin/$name"; done
chroot "$base" useradd --uid 1000 --create-home --shell /bin/bash node
buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
base_mb=$(du -sm "$base" | cut -f1)
buildah commit --quiet "$container" "docker.io/library/$base_name" >/dev/null

# npm's settings of this machine, for the time of the build: where packages come from, and whom to trust.
certificates=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
{
  for config in "$(npm config get globalconfig)" "$(npm config get userconfig)"; do
    [ ! -f "$config" ] || sed '/^ *\(cafile\|prefix\|nodedir\) *=/d' "$config"
    echo
  done
  echo "registry=$(npm config get registry)"
  [ ! -f "$certificates" ] || echo 'cafile=/etc/npm-certificates.crt'
} >"$work/npmrc"
volumes=(--volume "$work/npmrc:/usr/local/etc/npmrc:ro")
[ ! -f "$certificates" ] || volumes+=(--volume "$(readlink -f "$certificates"):/etc/npm-certificates.crt:ro")
# OCI images have no health check; Docker's have one.
buildah bud --format docker --isolation chroot --network host --pull-never "${volumes[@]}" -f deploy/docker/Dockerfile -t triptych . \
  >"$work/build.log" 2>&1 || {
  tail -40 "$work/build.log"
  exit 1
}

container=$(buildah from --pull-never localhost/triptych)
root=$(buildah mount "$container")
size_mb=$(du -sm "$root" | cut -f1)
models_mb=$(du -sm "$root/triptych/models" | cut -f1)
echo "image: $size_mb MB, of which the base $base_mb and the demo models $models_mb"
((size_mb - models_mb < most_mb)) || { echo "more than $most_mb MB without models"; exit 1; }
dangling=$(find "$root/triptych" -xtype l)
[ -z "$dangling" ] || { echo "links to nothing: $dangling"; exit 1; }

# Everything that was installed is on the bill of materials.
npm run -s sbom >"$work/bill.json"
find "$root/triptych" -name package.json -path '*/node_modules/*' -print0 | xargs -0 node -e '
  const { readFileSync } = require("node:fs");
  const [bill, ...manifests] = process.argv.slice(1);
  const known = new Set(JSON.parse(readFileSync(bill, "utf8")).components.map((component) => component["bom-ref"]));
  // A package lies directly in a node_modules; what lies deeper is part of one.
  const packages = manifests.filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path));
  const ids = packages.map((path) => JSON.parse(readFileSync(path, "utf8"))).map(({ name, version }) => `${name}@${version}`);
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw `not on the bill of materials: ${unknown.join(", ")}`;
  console.log(`bill of materials: has all ${ids.length} packages of the image`);
' "$work/bill.json"

# The image's command, and others, as its configuration has them: user, folder and environment, and nothing of this machine.
buildah inspect --type image localhost/triptych >"$work/image.json"
configured() {
  node -e '
    const { OCIv1, Docker } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const { Env, WorkingDir, Entrypoint, Cmd } = OCIv1.config;
    const [, ...healthcheck] = Docker.config.Healthcheck?.Test ?? [];
    const command = { start: [...Entrypoint, ...Cmd], healthcheck, run: [...Entrypoint, ...process.argv.slice(3)] }[process.argv[2]];
    if (command.length === 0) throw `the image has no ${process.argv[2]}`;
    const quote = (word) => `\x27${word.replaceAll("\x27", "\x27\\\x27\x27")}\x27`;
    console.log(`cd ${quote(WorkingDir)} && exec env -i ${[...Env, ...command].map(quote).join(" ")}`);
  ' "$work/image.json" "$@"
}
user=$(node -p 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).OCIv1.config.User' "$work/image.json")
prepare='
  ip link set lo up
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$1/mnt"
  mount -o remount,bind,ro "$1"
  exec chroot --userspec="$2" "$1" /bin/sh -c "$3"'
touch "$work/out"
unshare --mount --pid --net --fork --kill-child sh -ec "$prepare" sh "$root" "$user" "$(configured start)" >"$work/out" 2>"$work/log" &
server=$!
for _ in $(seq 300); do
  grep -q '^listening on' "$work/out" && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
grep '^listening on' "$work/out" || { echo 'the image does not start:'; cat "$work/log"; exit 1; }
process=$(ps -o pid= --ppid "$server" | tr -d ' ')
inside() { nsenter --target "$process" --mount --pid --net "$@"; }
in_image() {
  local command
  # Of its own: in an argument its failure would pass.
  command=$(configured "$@")
  inside chroot --userspec="$user" "$root" /bin/sh -c "$command"
}

[ "$(ps -o uid= -p "$process" | tr -d ' ')" != 0 ] || { echo 'the image runs as root'; exit 1; }
! inside touch "$root/triptych/written" 2>/dev/null || { echo "the image's root can be written"; exit 1; }
in_image healthcheck
nsenter --target "$process" --net node_modules/.bin/buf curl --connect-timeout 10 --timeout 60s --protocol grpc --http2-prior-knowledge http://127.0.0.1:50051/grpc.health.v1.Health/Check | grep -q '"SERVING"'
in_image run encode --text 'a sailboat' --server 127.0.0.1:50051 >"$work/vectors"
node -e '
  const [{ embedding, ...rest }] = require("node:fs").readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  if (!(embedding?.length > 0) || !embedding.every(Number.isFinite)) throw `no vector: ${JSON.stringify(rest)}`;
' <"$work/vectors"
in_image run demo --json >/dev/null
in_image run quantize models/demo/clip /mnt/int8 >/dev/null 2>"$work/quantize.log" || { tail "$work/quantize.log"; exit 1; }

kill -TERM "$process"
for _ in $(seq 600); do
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
! kill -0 "$server" 2>/dev/null || { echo 'the image runs on a minute after SIGTERM'; exit 1; }
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || { echo "SIGTERM ended the image with $code"; cat "$work/log"; exit 1; }
echo 'image: started as its own user with a read-only root, healthy, encoded; demo and quantize found their samples; SIGTERM ended it with 0'

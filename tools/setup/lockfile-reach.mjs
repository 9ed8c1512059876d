// What a workspace needs at run time, by package-lock.json alone: dependencies, optional ones and peers, and theirs.

/**
 * `reach(lock, ['apps/cli'])`: the workspaces and the packages that these need, each as the lockfile has it, with its name and location.
 * Development dependencies are not followed, and a package that somebody else has as one counts all the same.
 */
export function reach({ packages }, from) {
  const seen = new Set();
  const next = [...from];
  for (let location = next.pop(); location !== undefined; location = next.pop()) {
    const { link, resolved } = entry(packages, location);
    if (link) next.push(resolved);
    else if (!seen.has(location)) {
      seen.add(location);
      next.push(...needs(packages, location));
    }
  }
  const found = [...seen]
    .sort()
    .map((location) => ({ name: location.split('node_modules/').pop(), ...packages[location], location }));
  const isPackage = ({ location }) => location.includes('node_modules/');
  return { workspaces: found.filter((one) => !isPackage(one)), packages: found.filter(isPackage) };
}

/** Where the packages lie that this one needs. */
function needs(packages, location) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = packages[location];
  const find = (name, isOptional) => {
    const found = resolve(packages, location, name);
    if (!found && !isOptional) end(`${location} needs ${name}, which is not in it`);
    return found ?? [];
  };
  return [
    ...Object.keys(dependencies ?? {}).map((name) => find(name, name in (optionalDependencies ?? {}))),
    ...Object.keys(optionalDependencies ?? {}).map((name) => find(name, true)),
    ...Object.keys(peerDependencies ?? {}).map((name) => find(name, peerDependenciesMeta?.[name]?.optional)),
  ].flat();
}

/** As Node looks: in the node_modules of each folder from the package's own to the root. */
function resolve(packages, location, name) {
  const folders = location.split('/');
  for (let depth = folders.length; depth >= 0; depth--) {
    const path = [...folders.slice(0, depth), 'node_modules', name].join('/');
    if (packages[path]) return path;
  }
  return undefined;
}

function entry(packages, location) {
  if (!packages[location]) end(`it has no ${location}`);
  return packages[location];
}

function end(problem) {
  process.stderr.write(`package-lock.json: ${problem}\n`);
  process.exit(1);
}

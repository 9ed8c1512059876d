import { fileURLToPath } from 'node:url';
import { fromJSON, loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';

const directory = fileURLToPath(new URL('../../../proto/', import.meta.url));

const files = ['audio', 'image', 'text', 'cross_modal', 'models'].map((name) => `triptych/v1/${name}.proto`);

/** As the generated types expect it: see `npm run proto:gen`. */
const options: Options = {
  longs: Number,
  enums: Number,
  defaults: true,
  arrays: true,
  oneofs: true,
  includeDirs: [directory],
};

/** The API as proto/ declares it: what reflection shows. */
export function loadPublishedPackage(): PackageDefinition {
  return loadSync(files, options);
}

/**
 * The API as Triptych itself speaks it: the same bytes on the wire, but `Embedding.values` is read and written as
 * `bytes`. A packed `repeated float` is a length and little-endian float32, which is just what a `bytes` field of
 * the same number is; encoding half a million values takes a memory copy instead of 200 ms of the event loop.
 */
export function loadWirePackage(): PackageDefinition {
  const root = loadRoot(files);
  const embedding = root.lookupType('triptych.v1.Embedding');
  const { id } = embedding.fields['values'];
  embedding.remove(embedding.fields['values']);
  embedding.add(new protobuf.Field('values', id, 'bytes'));
  return fromJSON(root.toJSON(), options);
}

/** Parses files of proto/ and what they import. */
export function loadRoot(names: readonly string[]): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    target.startsWith('google/protobuf/') ? target : `${directory}${target}`;
  return root.loadSync([...names]);
}

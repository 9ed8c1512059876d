import { fromJSON, type Options, type PackageDefinition } from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import apiJson from './gen/api.js';
import flightJson from './gen/flight-api.js';
import inferenceJson from './gen/inference-api.js';

/** As the generated types expect it: see `npm run proto:gen`. */
const options: Options = {
  longs: Number,
  enums: Number,
  defaults: true,
  arrays: true,
  oneofs: true,
};

/** The part of protobufjs's JSON that is looked at: packages and messages, and their fields. */
interface MessageTree {
  readonly nested: Record<string, MessageTree>;
  readonly fields: Record<string, { type: string; id: number; rule?: string }>;
}

/**
 * The API as Triptych itself speaks it: the same bytes on the wire, but lists of floats are read and written as `bytes`.
 * A packed `repeated float` is a length and little-endian float32, which is just what a `bytes` field of the same
 * number is; encoding half a million values takes a memory copy instead of 200 ms of the event loop.
 *
 * A server also reads texts as `bytes`, which `string` is too: it looks itself whether they are UTF-8, where the parser
 * would put replacement characters for what is not.
 */
export function loadWirePackage(side: 'client' | 'server'): PackageDefinition {
  return fromJSON(wireTree(side), options);
}

/** The same as protobufjs has it. */
export function loadWireRoot(side: 'client' | 'server'): protobuf.Root {
  const root = protobuf.Root.fromJSON(wireTree(side));
  root.resolveAll();
  return root;
}

/**
 * The Open Inference Protocol as a server speaks it. Lists of numbers are read as `repeated bytes`, each of which is one run of packed
 * numbers: whoever wants them reads them himself, and nobody makes an object of a million numbers that no model takes.
 */
export function loadInferencePackage(): PackageDefinition {
  return fromJSON(inferenceTree(), options);
}

/** The same as protobufjs has it. */
export function loadInferenceRoot(): protobuf.Root {
  const root = protobuf.Root.fromJSON(inferenceTree());
  root.resolveAll();
  return root;
}

/** Arrow Flight as its file declares it. */
export function loadFlightPackage(): PackageDefinition {
  return fromJSON(JSON.parse(flightJson) as protobuf.INamespace, options);
}

/** The same as protobufjs has it. */
export function loadFlightRoot(): protobuf.Root {
  const root = protobuf.Root.fromJSON(JSON.parse(flightJson) as protobuf.INamespace);
  root.resolveAll();
  return root;
}

function inferenceTree(): MessageTree {
  const json = JSON.parse(inferenceJson) as MessageTree;
  const { fields } = json.nested['inference'].nested['InferTensorContents'];
  for (const field of Object.values(fields)) field.type = 'bytes';
  return json;
}

function wireTree(side: 'client' | 'server'): MessageTree {
  const json = JSON.parse(apiJson) as MessageTree;
  const asBytes = (message: string, ...names: string[]) => {
    const { fields } = json.nested['triptych'].nested['v1'].nested[message];
    for (const name of names) {
      const { type, id, rule } = fields[name];
      // A list of floats is one run of bytes; a list of texts is a list of them.
      fields[name] = { type: 'bytes', id, ...(type === 'string' && rule ? { rule } : {}) };
    }
  };
  asBytes('Embedding', 'values');
  asBytes('SimilarityResponse', 'scores');
  if (side === 'server') {
    asBytes('EncodeTextsRequest', 'texts');
    asBytes('Item', 'text');
    asBytes('MatchPair', 'text');
    asBytes('CaptionRequest', 'prompt');
    asBytes('TranscriptionOptions', 'prompt');
    asBytes('ClassifyRequest', 'labels', 'template');
  }
  return json;
}

/** The API and google.rpc as their files declare them. */
export function loadRoot(): protobuf.Root {
  return protobuf.Root.fromJSON(JSON.parse(apiJson) as protobuf.INamespace);
}

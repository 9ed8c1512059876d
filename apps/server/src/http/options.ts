import type { Engine } from '@triptych/engine';
import type { Gate } from '../calls/gate.js';
import type { CallHearers } from '../calls/observe-call.js';
import type { ServerConfig } from '../config/settings.js';
import type { ModelControl } from '../models/model-control.js';
import type { OpenInference } from '../oip/open-inference.js';
import type { SecureServers } from '../security/transport.js';

/** What HTTP is served with. */
export interface HttpOptions {
  readonly engine: Engine;
  readonly oip: OpenInference;
  readonly control: ModelControl;
  readonly gate: Gate;
  readonly hearers: CallHearers;
  readonly config: ServerConfig;
  /** Undefined: without TLS. */
  readonly secure: SecureServers | undefined;
  readonly isReady: () => boolean;
}

/** What the thread of the probes is started with. */
export interface ProbeThreadData {
  readonly host: string;
  readonly port: number;
  readonly state: SharedArrayBuffer;
  /** Of what /metrics answers. */
  readonly contentType: string;
}

/** What it says. `scraped`: somebody waits for metrics; it says so again only after it got some. */
export type FromProbeThread =
  | { readonly kind: 'listening'; readonly address: string; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'scraped' };

/** What it is told: the metrics, in Prometheus's text format; undefined where they cannot be collected. */
export type ToProbeThread = { readonly text: Uint8Array | undefined };

import { TriptychError } from '@triptych/core';
import { type Admission, type Arriving, CallLimit, type HeldBytes } from '@triptych/engine';
import type { HttpCall } from '../call.js';
import { AllowedHosts } from './allowed-hosts.js';
import { fetchFile } from './fetch-file.js';

/** Files that all requests together may be fetching at a time; one caller no more than stay free for others. */
const MOST_AT_A_TIME = 64;

export interface UrlSettings {
  /** `--allow-url-host` */
  readonly urlHosts: readonly string[];
  /** Of all files of one request together. */
  readonly urlTimeoutMs: number;
  /** Of all files of one request together. */
  readonly maxMessageBytes: number;
}

/** Fetches what inputs name by a URL, where hosts are allowed. One for all requests. */
export class UrlFiles {
  readonly hosts: AllowedHosts;
  readonly limit = new CallLimit(MOST_AT_A_TIME);

  constructor(
    readonly settings: UrlSettings,
    readonly admission: Admission,
  ) {
    this.hosts = new AllowedHosts(settings.urlHosts);
  }

  of(call: HttpCall): RequestFiles {
    return new RequestFiles(this, call);
  }
}

/** The files that one request names: fetched one after another, within one limit of bytes and one of time. */
export class RequestFiles {
  #bytes = 0;
  readonly #held: HeldBytes[] = [];
  #begun: { readonly arriving: Arriving; readonly signal: AbortSignal } | undefined;

  constructor(
    private readonly all: UrlFiles,
    private readonly call: HttpCall,
  ) {}

  /** Throws URL_REFUSED, URL_UNREADABLE, MESSAGE_TOO_LARGE, OVERLOADED, and what the call is ended with meanwhile. */
  async fetch(url: string, accept: string): Promise<Buffer> {
    const { hosts, limit } = this.all;
    if (hosts.isEmpty)
      throw new TriptychError(
        'URL_REFUSED',
        'this server fetches nothing; send the bytes themselves as a data URI',
      );
    const { arriving, signal } = (this.#begun ??= this.#begin());
    signal.throwIfAborted();
    const leave = limit.enter(arriving.caller.principal as string);
    try {
      const came = (bytes: number) => this.#came(bytes, arriving);
      const file = await fetchFile(url, { hosts, signal, came, accept });
      this.#held.push(arriving.complete(file.length));
      return file;
    } finally {
      arriving.taken();
      leave();
    }
  }

  /** Their bytes are counted elsewhere from now on. */
  leave(): void {
    for (const one of this.#held.splice(0)) one.leave();
  }

  #begin() {
    const { admission, settings } = this.all;
    const arriving = admission.arriving(this.call.arriving.caller);
    // A call's signal is aborted however it ends.
    this.call.signal.addEventListener('abort', () => arriving.end(), { once: true });
    return { arriving, signal: withinTime(this.call.signal, settings.urlTimeoutMs) };
  }

  #came(bytes: number, arriving: Arriving): void {
    const { maxMessageBytes } = this.all.settings;
    this.#bytes += bytes;
    if (this.#bytes > maxMessageBytes)
      throw new TriptychError(
        'MESSAGE_TOO_LARGE',
        `the files of this request have more than ${maxMessageBytes} bytes together; name fewer`,
      );
    arriving.came(bytes);
    if (arriving.refusal) throw arriving.refusal;
  }
}

/** The call's signal, and the end of the time for its files from now on. */
function withinTime(call: AbortSignal, timeoutMs: number): AbortSignal {
  const controller = new AbortController();
  const late = () =>
    controller.abort(
      new TriptychError('URL_UNREADABLE', `the files of this request have not come within ${timeoutMs} ms`),
    );
  const timer = setTimeout(late, timeoutMs);
  const end = () => {
    clearTimeout(timer);
    controller.abort(call.reason);
  };
  call.addEventListener('abort', end, { once: true });
  if (call.aborted) end();
  return controller.signal;
}

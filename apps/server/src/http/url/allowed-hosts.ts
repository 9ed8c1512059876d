import { TriptychError } from '@triptych/core';

/** A host, or one of its ports, that files may be fetched from. */
interface AllowedHost {
  readonly host: string;
  /** Undefined: that of the scheme. */
  readonly port: number | undefined;
}

const LONGEST_URL = 2048;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** The hosts that `--allow-url-host` names: `HOST`, `HOST:PORT`, or an address in the place of a name. */
export class AllowedHosts {
  readonly #allowed: readonly AllowedHost[];

  constructor(list: readonly string[]) {
    this.#allowed = list.map((entry) => {
      const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      // As URLs have it: in lower case, an IPv6 address in its short form.
      return {
        host: new URL(`http://${host}`).hostname,
        port: port === undefined ? undefined : Number(port),
      };
    });
  }

  get isEmpty(): boolean {
    return this.#allowed.length === 0;
  }

  /** The URL of a file that may be asked for. `from`: where a redirect to it came from. Throws URL_REFUSED. */
  check(text: string, from?: URL): URL {
    if (text.length > LONGEST_URL)
      throw refused(`has ${text.length} characters; expected at most ${LONGEST_URL}`);
    if (!URL.canParse(text, from?.href)) throw refused('cannot be read');
    const url = new URL(text, from?.href);
    const { protocol, hostname } = url;
    const defaultPort = DEFAULT_PORTS[protocol];
    if (defaultPort === undefined) throw refused(`is of ${protocol.slice(0, 32)} expected http or https`);
    if (url.username !== '' || url.password !== '') throw refused('has a user name or password in it');
    if (from?.protocol === 'https:' && protocol === 'http:')
      throw refused('is a redirect from https to http');
    const port = url.port === '' ? defaultPort : Number(url.port);
    const isAllowed = this.#allowed.some(
      (one) => one.host === hostname && (one.port ?? defaultPort) === port,
    );
    if (!isAllowed)
      throw refused(
        `is of ${hostname}:${port}, from where this server may not fetch; send the bytes as a data URI`,
      );
    return url;
  }
}

function refused(what: string): TriptychError {
  return new TriptychError('URL_REFUSED', `the URL ${what}`);
}

import type { Http2Session } from 'node:http2';

/** Bytes that come over a crowded connection in a round of the event loop at most, whatever it holds. */
export const LEAST_WINDOW = 64 * 1024;
/** What a late timer tells of: a round of the event loop that took so much longer than it should. */
const LONG_MS = 20;
const LOOK_MS = 20;
/** So many looks without a long round, and windows are doubled. */
const CALM_LOOKS = 10;

/**
 * The windows of connections that have many streams. What a window has room for may all be read in one round of the event loop, and everybody
 * else waits for it. So these are narrow at first, and whenever rounds become long, and widen while rounds are short: what is far away and needs
 * a wide window has one as long as it keeps nobody waiting.
 */
export class CrowdedWindows {
  readonly #sessions = new Set<Http2Session>();
  #window = LEAST_WINDOW;
  #calm = 0;
  #due = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `widest`: what other connections have. */
  constructor(private readonly widest: number) {}

  add(session: Http2Session): void {
    this.#sessions.add(session);
    if (this.#timer === undefined) {
      this.#due = performance.now() + LOOK_MS;
      this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
    }
    // Whoever becomes crowded is about to send much.
    this.#setAll(LEAST_WINDOW);
    session.setLocalWindowSize(LEAST_WINDOW);
  }

  delete(session: Http2Session): void {
    if (!this.#sessions.delete(session)) return;
    if (!session.destroyed) session.setLocalWindowSize(this.widest);
    if (this.#sessions.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const now = performance.now();
    const isLong = now - this.#due > LONG_MS;
    this.#due = now + LOOK_MS;
    this.#calm = isLong ? 0 : this.#calm + 1;
    if (isLong) this.#setAll(LEAST_WINDOW);
    else if (this.#calm % CALM_LOOKS === 0) this.#setAll(Math.min(2 * this.#window, this.widest));
  }

  #setAll(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    for (const session of this.#sessions) if (!session.destroyed) session.setLocalWindowSize(window);
  }
}

import { discard, TriptychError } from '@triptych/core';
import { ROOM_STEP } from './config.js';

/** Sizes that all caches of a decoder share. */
export interface CacheSizes {
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
}

/** What the sources of one {@link Caches} have alike. */
export interface CachesShape {
  /** Rows of each source. */
  readonly rows: number;
  readonly sourceTokens: number;
  /** For tokens of each row, at most. */
  readonly mostRoom: number;
}

/** When a batch grows, it gets so many times the places that are taken, so that the next sources copy nothing. */
const SPARE = 1.25;
/** Places beyond so many times those that are taken are freed. */
const MOST_SPARE = 1.5;

/** Keys, and values: of each layer one buffer. */
interface Buffers {
  keys: Float32Array<ArrayBuffer>[];
  values: Float32Array<ArrayBuffer>[];
}

/** A source's place among others, which changes as they come and go. */
export interface Place {
  index: number;
}

/**
 * The caches of sources that are decoded side by side, each with as many rows and tokens as the others: one buffer a layer, of
 * which a step reads the front. Those that are decoded stand before those that rest, so that a step's are in one piece.
 *
 * Of a source: keys and values [heads, source tokens, head width]. Of a row: [heads, room, head width].
 */
export class Caches<P extends Place> {
  readonly places: P[] = [];
  /** So many of the places, the first ones, are decoded. */
  active = 0;
  room = 0;
  #capacity = 0;
  readonly #cross: Buffers = { keys: [], values: [] };
  readonly #self: Buffers = { keys: [], values: [] };

  constructor(
    private readonly sizes: CacheSizes,
    readonly shape: CachesShape,
  ) {}

  get rows(): number {
    return this.shape.rows;
  }

  get sourceTokens(): number {
    return this.shape.sourceTokens;
  }

  /** Bytes of all that is held: at most half as much more than the places' own. */
  get bytes(): number {
    return [this.#cross, this.#self].reduce(
      (sum, { keys, values }) => sum + [...keys, ...values].reduce((all, one) => all + one.byteLength, 0),
      0,
    );
  }

  /** A source that rests. Its keys and values, layer by layer, are taken as they are where it is alone. */
  add(place: P, keys: readonly Float32Array<ArrayBuffer>[], values: readonly Float32Array<ArrayBuffer>[]) {
    place.index = this.places.push(place) - 1;
    if (this.places.length === 1) {
      this.#free();
      this.#capacity = 1;
      this.#cross.keys = [...keys];
      this.#cross.values = [...values];
      return;
    }
    if (this.places.length > this.#capacity) this.#resize(Math.floor(SPARE * this.places.length));
    const at = place.index * this.#sourceSize;
    keys.forEach((buffer, layer) => this.#cross.keys[layer].set(buffer, at));
    values.forEach((buffer, layer) => this.#cross.values[layer].set(buffer, at));
    discard([...keys, ...values].map(({ buffer }) => buffer));
  }

  remove(place: P): void {
    this.rest(place);
    this.#swap(place.index, this.places.length - 1);
    this.places.pop();
    if (this.places.length === 0) this.#free();
    else if (this.#capacity > MOST_SPARE * this.places.length)
      this.#resize(Math.floor(SPARE * this.places.length));
  }

  /** A place that is decoded from now on. */
  wake(place: P): void {
    if (place.index < this.active) return;
    this.#swap(place.index, this.active++);
  }

  rest(place: P): void {
    if (place.index >= this.active) return;
    this.#swap(place.index, --this.active);
  }

  /** Room for so many tokens in each row. */
  makeRoom(tokens: number): void {
    if (tokens <= this.room) return;
    if (tokens > this.shape.mostRoom)
      throw new TriptychError('INTERNAL', `${tokens} tokens, where there is room for ${this.shape.mostRoom}`);
    const room = Math.ceil(tokens / ROOM_STEP) * ROOM_STEP;
    this.#eachSelf((old) => this.#selfBuffer(this.#capacity, room, old));
    this.room = room;
  }

  /** Keys and values of the sources from `first` on, `count` of them, for each layer. */
  cross(first: number, count: number): { keys: Float32Array[]; values: Float32Array[] } {
    return view(this.#cross, first * this.#sourceSize, count * this.#sourceSize);
  }

  /** Keys and values of rows, for each layer. */
  self(firstRow: number, count: number): { keys: Float32Array[]; values: Float32Array[] } {
    return view(this.#self, firstRow * this.#rowSize, count * this.#rowSize);
  }

  /** Puts a token's keys and values [width] of one layer where they belong: behind `at` others. */
  write(layer: number, row: number, at: number, key: Float32Array, value: Float32Array): void {
    const { headWidth, room } = this;
    const { heads } = this.sizes;
    const [keys, values] = [this.#self.keys[layer], this.#self.values[layer]];
    for (let head = 0; head < heads; head++) {
      const from = head * headWidth;
      const to = ((row * heads + head) * room + at) * headWidth;
      keys.set(key.subarray(from, from + headWidth), to);
      values.set(value.subarray(from, from + headWidth), to);
    }
  }

  /** The rows of one place go on from others of it: row i has the first `tokens` of row `parents[i]`. */
  reorder({ index }: P, parents: readonly number[], tokens: number): void {
    const changed = parents.flatMap((parent, row) => (parent === row ? [] : [{ parent, row }]));
    if (changed.length === 0) return;
    const used = tokens * this.headWidth;
    const headSize = this.room * this.headWidth;
    const first = index * this.rows * this.#rowSize;
    const kept = new Float32Array(changed.length * used);
    for (const buffer of [...this.#self.keys, ...this.#self.values]) {
      for (let head = 0; head < this.sizes.heads; head++) {
        const at = (row: number) => first + row * this.#rowSize + head * headSize;
        changed.forEach(({ parent }, i) =>
          kept.set(buffer.subarray(at(parent), at(parent) + used), i * used),
        );
        changed.forEach(({ row }, i) => buffer.set(kept.subarray(i * used, (i + 1) * used), at(row)));
      }
    }
  }

  get headWidth(): number {
    return this.sizes.width / this.sizes.heads;
  }

  get #sourceSize(): number {
    return this.sourceTokens * this.sizes.width;
  }

  get #rowSize(): number {
    return this.room * this.sizes.width;
  }

  #eachSelf(grown: (old: Float32Array<ArrayBuffer> | undefined) => Float32Array<ArrayBuffer>): void {
    for (let layer = 0; layer < this.sizes.layers; layer++) {
      this.#self.keys[layer] = grown(this.#self.keys[layer]);
      this.#self.values[layer] = grown(this.#self.values[layer]);
    }
  }

  /** One layer's keys or values of all rows, with what the rows decoded held before. */
  #selfBuffer(capacity: number, room: number, old: Float32Array<ArrayBuffer> | undefined) {
    const size = capacity * this.rows * room * this.sizes.width;
    const grown = new Float32Array(size);
    if (!old) return grown;
    const [from, to] = [this.room * this.headWidth, room * this.headWidth];
    const pieces = this.active * this.rows * this.sizes.heads;
    for (let i = 0; i < pieces; i++) grown.set(old.subarray(i * from, (i + 1) * from), i * to);
    discard([old.buffer]);
    return grown;
  }

  /** `capacity`: at least as many as there are places. */
  #resize(capacity: number): void {
    for (const buffers of [this.#cross.keys, this.#cross.values]) {
      for (let layer = 0; layer < this.sizes.layers; layer++) {
        const old = buffers[layer];
        const grown = new Float32Array(capacity * this.#sourceSize);
        grown.set(old.subarray(0, this.places.length * this.#sourceSize));
        buffers[layer] = grown;
        discard([old.buffer]);
      }
    }
    if (this.room > 0) this.#eachSelf((old) => this.#selfBuffer(capacity, this.room, old));
    this.#capacity = capacity;
  }

  /** Two places change places, with what they hold. */
  #swap(a: number, b: number): void {
    if (a === b) return;
    const [one, other] = [this.places[a], this.places[b]];
    this.places[a] = other;
    this.places[b] = one;
    other.index = a;
    one.index = b;
    swapIn([...this.#cross.keys, ...this.#cross.values], this.#sourceSize, a, b);
    swapIn([...this.#self.keys, ...this.#self.values], this.rows * this.#rowSize, a, b);
  }

  #free(): void {
    const all = [this.#cross, this.#self].flatMap(({ keys, values }) => [...keys, ...values]);
    discard(all.map(({ buffer }) => buffer));
    for (const buffers of [this.#cross, this.#self]) {
      buffers.keys = [];
      buffers.values = [];
    }
    this.#capacity = 0;
    this.room = 0;
  }
}

function view({ keys, values }: Buffers, from: number, size: number) {
  const of = (buffers: readonly Float32Array[]) =>
    buffers.map((buffer) => buffer.subarray(from, from + size));
  return { keys: of(keys), values: of(values) };
}

function swapIn(buffers: readonly Float32Array[], size: number, a: number, b: number): void {
  for (const buffer of buffers) {
    const kept = buffer.slice(a * size, (a + 1) * size);
    buffer.copyWithin(a * size, b * size, (b + 1) * size);
    buffer.set(kept, b * size);
  }
}

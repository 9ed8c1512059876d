import { discard, TriptychError } from '@triptych/core';
import { Tensor } from 'onnxruntime-node';
import { align } from './aligner.js';
import { BeamSearch } from './beam-search.js';
import { Caches, type CachesShape, type Place } from './caches.js';
import { names } from './graph.js';
import type {
  AlignTokens,
  Generated,
  Generation,
  OpenSource,
  Probe,
  StartGeneration,
  TurnReply,
  TurnRequest,
} from './protocol.js';
import type { Run, Tensors } from './run.js';
import type { Search } from './search.js';
import { SingleSearch } from './single-search.js';
import { floats, type StepOptions, Steps } from './steps.js';

export interface DecodingOptions extends StepOptions {
  readonly sourceWidth: number;
  /** Of the source's graph. */
  readonly source: Run;
  /** Makes a session of the graph of one head, which takes no weights. */
  readonly head: () => Promise<Run>;
}

interface Running {
  readonly id: number;
  readonly generation: Generation;
  readonly search: Search;
  readonly probes: readonly (readonly number[])[];
  readonly alignment: readonly number[] | undefined;
  readonly progress: boolean;
  /** Settled tokens that were told. */
  told: number;
  /** Tokens that the caches hold. */
  held: number;
  /** One for each row. */
  next: readonly number[];
}

interface Source extends Place {
  readonly caches: Caches<Source>;
  running: Running | undefined;
}

/** Steps of one turn take about so long: who comes or goes waits no longer. */
const TURN_MS = 20;

/**
 * Sequences that are decoded side by side, whatever their lengths: each step takes one token of every one. They come and go between two
 * steps. A row's product is that of its own tokens, keys and values: what runs beside it is not in it.
 */
export class Decoding {
  readonly #sources = new Map<number, Source>();
  readonly #caches = new Map<string, Caches<Source>>();
  #head: Promise<Run> | undefined;
  #ended: { id: number; generated: Generated }[] = [];
  readonly #steps: Steps;

  constructor(private readonly options: DecodingOptions) {
    this.#steps = new Steps(options);
  }

  async turn({ open, start, stop, close }: TurnRequest): Promise<TurnReply> {
    const began = performance.now();
    this.#ended = [];
    const lost = start.filter(
      ({ source }) => !this.#sources.has(source) && !open.some((o) => o.source === source),
    );
    for (const id of stop) this.#stop(id);
    for (const source of close) this.#close(source);
    for (const source of open) await this.#open(source);
    for (const one of start) if (!lost.includes(one)) await this.#start(one);
    let [steps, rows] = [0, 0];
    while (this.#ended.length === 0 && performance.now() - began < TURN_MS) {
      const all = [...this.#caches.values()].filter(({ active }) => active > 0);
      if (all.length === 0) break;
      for (const caches of all) {
        steps++;
        rows += caches.active * caches.rows;
        await this.#step(caches);
      }
    }
    return {
      ended: this.#ended,
      lost: lost.map(({ id }) => id),
      progress: this.#progress(),
      steps,
      rows,
      sources: this.#sources.size,
    };
  }

  async #open({ source, beams, states, tokens, room }: OpenSource): Promise<void> {
    const { layers, sourceWidth } = this.options;
    const shape = { rows: beams, sourceTokens: tokens, mostRoom: room };
    const caches = this.#caches.get(keyOf(shape)) ?? new Caches<Source>(this.options, shape);
    this.#caches.set(keyOf(shape), caches);
    const indices = Array.from({ length: layers }, (_, layer) => layer);
    const wanted = [...indices.map(names.crossKey), ...indices.map(names.crossValue)];
    const feeds = { [names.source]: new Tensor('float32', states, [1, tokens, sourceWidth]) };
    const outputs = await this.options.source(feeds, wanted);
    discard([states.buffer]);
    const of = (name: (layer: number) => string) => indices.map((layer) => floats(outputs[name(layer)]));
    const place: Source = { index: 0, caches, running: undefined };
    caches.add(place, of(names.crossKey), of(names.crossValue));
    this.#sources.set(source, place);
  }

  #close(source: number): void {
    const found = this.#sources.get(source);
    if (!found) return;
    this.#sources.delete(source);
    found.caches.remove(found);
    if (found.caches.places.length === 0) this.#caches.delete(keyOf(found.caches.shape));
  }

  #stop(id: number): void {
    for (const source of this.#sources.values()) {
      if (source.running?.id !== id) continue;
      source.running = undefined;
      source.caches.rest(source);
    }
  }

  /** The prompt's tokens, which end in the caches of the source's first row; all its rows go on from there. */
  async #start({ source, id, generation, progress }: StartGeneration): Promise<void> {
    const found = this.#sources.get(source);
    if (!found) throw new TriptychError('INTERNAL', `source ${source} is not open`);
    const { caches } = found;
    const { prompt, probes, maxTokens, align } = generation;
    caches.makeRoom(prompt.length);
    const row = found.index * caches.rows;
    const last = prompt.length - 1;
    const kept = [...probes.map(({ at }) => at), last];
    const outputs = await this.#steps.run(caches, {
      ids: prompt,
      positions: prompt.map((_, i) => i),
      past: [last],
      kept,
      firstRow: row,
      rows: 1,
      firstSource: found.index,
      sources: 1,
      aligns: align !== undefined,
    });
    const logits = this.#steps.logitsOf(outputs, kept.length);
    for (let at = 0; at < prompt.length; at++) this.#steps.keep(caches, outputs, at, row, at);
    caches.reorder(
      found,
      Array.from({ length: caches.rows }, () => 0),
      prompt.length,
    );
    const running: Running = {
      id,
      generation,
      search:
        generation.search.kind === 'beam'
          ? new BeamSearch(generation, caches.rows)
          : new SingleSearch(generation),
      probes: probes.map((probe, i) => probabilities(logits[i], probe)),
      alignment: align && (await this.#align(found, outputs, prompt.length, align)),
      progress,
      told: 0,
      held: prompt.length,
      next: [],
    };
    found.running = running;
    caches.wake(found);
    if (maxTokens <= prompt.length) this.#end(found, running);
    else
      this.#advance(
        found,
        running,
        Array.from({ length: caches.rows }, () => logits[probes.length].slice()),
      );
    discardAll(outputs);
  }

  /** Where the tokens of a prompt begin, whose queries are outputs. */
  async #align(source: Source, outputs: Tensors, count: number, { from, reach }: AlignTokens) {
    const { alignment, width, head } = this.options;
    if (!alignment || from >= count) return [];
    const { headWidth, sourceTokens } = source.caches;
    const { keys } = source.caches.cross(source.index, 1);
    const attended = {
      tokens: count - from,
      sourceTokens,
      headWidth,
      query: (layer: number) => floats(outputs[names.crossQuery(layer)]).subarray(from * width),
      key: (layer: number) => keys[layer],
    };
    this.#head ??= head();
    return align(await this.#head, alignment, attended, reach);
  }

  async #step(caches: Caches<Source>): Promise<void> {
    const { rows, active } = caches;
    const all = caches.places.slice(0, active).map((source) => ({ source, running: running(source) }));
    caches.makeRoom(Math.max(...all.map(({ running }) => running.held)) + 1);
    const each = (of: (running: Running, row: number) => number) =>
      all.flatMap(({ running }) => Array.from({ length: rows }, (_, row) => of(running, row)));
    const past = each(({ held }) => held);
    const outputs = await this.#steps.run(caches, {
      ids: each(({ next }, row) => next[row] ?? next[0]),
      positions: past,
      past,
      kept: [0],
      firstRow: 0,
      rows: active * rows,
      firstSource: 0,
      sources: active,
      aligns: false,
    });
    for (let row = 0; row < active * rows; row++) this.#steps.keep(caches, outputs, row, row, past[row]);
    const logits = this.#steps.logitsOf(outputs, 1);
    const first = all.map(({ source }) => source.index * rows);
    all.forEach(({ source, running }, i) => {
      running.held++;
      this.#advance(source, running, logits.slice(first[i], first[i] + rows));
    });
    discardAll(outputs);
  }

  #advance(source: Source, running: Running, logits: readonly Float32Array[]): void {
    const next = running.search.advance(logits);
    if (!next) return this.#end(source, running);
    running.next = next.tokens;
    source.caches.reorder(source, next.parents, running.held);
  }

  #end(source: Source, { id, search, probes, alignment }: Running): void {
    this.#ended.push({ id, generated: { ...search.result(), probes, alignment } });
    source.running = undefined;
    source.caches.rest(source);
  }

  #progress(): { id: number; tokens: readonly number[] }[] {
    return [...this.#sources.values()].flatMap(({ running }) => {
      if (!running?.progress || running.search.settled.length === running.told) return [];
      running.told = running.search.settled.length;
      return [{ id: running.id, tokens: running.search.settled }];
    });
  }
}

/** Sources of the same key are decoded together. */
function keyOf({ rows, sourceTokens, mostRoom }: CachesShape): string {
  return `${rows} ${sourceTokens} ${mostRoom}`;
}

function running({ running }: Source): Running {
  if (!running) throw new TriptychError('INTERNAL', 'a source is decoded that nothing is generated from');
  return running;
}

function discardAll(outputs: Tensors): void {
  discard(Object.values(outputs).map((tensor) => floats(tensor).buffer));
}

/** Softmax over all tokens, or over those that are asked for. */
function probabilities(logits: Float32Array, { tokens, among }: Probe): number[] {
  const over = among === 'all' ? logits : Float32Array.from(tokens, (token) => logits[token]);
  const most = over.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = over.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return tokens.map((token) => Math.exp(logits[token] - most) / sum);
}

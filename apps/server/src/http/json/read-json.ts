import { isUtf8 } from 'node:buffer';
import { TriptychError } from '@triptych/core';
import { isEscapedAt, JsonText, unquote } from './json-text.js';

/** A JSON document's value. Objects have no prototype. */
export type Json = null | boolean | number | string | JsonText | Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Bounds of a JSON document, which hold while it is read: what is beyond them is never made. */
export const jsonLimits = {
  /** Objects, lists, strings, numbers and the others. */
  values: 65_536,
  depth: 16,
  /** Of one object. */
  names: 64,
  /** Quotes in strings: each is a search of its own. */
  escapedQuotes: 262_144,
  /** Bytes outside of strings of {@link LONG} bytes and more. */
  structureBytes: 1024 * 1024,
} as const;

/** From here on a string stays where it is: a {@link JsonText}. */
const LONG = 64;
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const words: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null };
/** Of a number or word. */
const LONGEST_WORD = 64;

/**
 * Reads a JSON document. Long strings are found by the runtime's own search and not copied, so that a body of many megabytes of
 * base64 costs the event loop little more than its structure. Throws MESSAGE_MALFORMED, or BATCH_TOO_LARGE beyond the limits.
 */
export function readJson(bytes: Buffer): Json {
  // Once for all of its strings.
  if (!isUtf8(bytes)) throw new TriptychError('MESSAGE_MALFORMED', 'the body is not UTF-8; expected JSON');
  return new JsonReader(bytes).document();
}

class JsonReader {
  #at = 0;
  #values = 0;
  /** Bytes of long strings. */
  #long = 0;
  #escapedQuotes = 0;

  constructor(private readonly bytes: Buffer) {}

  document(): Json {
    const value = this.#value(0);
    if (this.#next() !== undefined) throw this.#wrong('the end');
    return value;
  }

  #value(depth: number): Json {
    this.#values++;
    if (this.#values > jsonLimits.values)
      throw tooLarge(`holds more than ${jsonLimits.values} values; numbers travel as base64 in one string`);
    if (depth > jsonLimits.depth) throw tooLarge(`is nested deeper than ${jsonLimits.depth}`);
    switch (this.#next()) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#object(depth);
      case OPEN_LIST:
        return this.#list(depth);
      default:
        return this.#word();
    }
  }

  #object(depth: number): JsonObject {
    const object = Object.create(null) as Record<string, Json>;
    let names = 0;
    this.#at++;
    if (this.#take(CLOSE_OBJECT)) return object;
    do {
      if (this.#next() !== QUOTE) throw this.#wrong('a name in quotes');
      const key = this.#string();
      if (typeof key !== 'string') throw this.#wrong(`a name of less than ${LONG} bytes`);
      if (++names > jsonLimits.names) throw tooLarge(`has an object of more than ${jsonLimits.names} names`);
      if (!this.#take(COLON)) throw this.#wrong('a colon');
      object[key] = this.#value(depth + 1);
    } while (this.#take(COMMA));
    if (!this.#take(CLOSE_OBJECT)) throw this.#wrong('a comma or }');
    return object;
  }

  #list(depth: number): Json[] {
    const list: Json[] = [];
    this.#at++;
    if (this.#take(CLOSE_LIST)) return list;
    do list.push(this.#value(depth + 1));
    while (this.#take(COMMA));
    if (!this.#take(CLOSE_LIST)) throw this.#wrong('a comma or ]');
    return list;
  }

  #string(): string | JsonText {
    const start = this.#at + 1;
    let end = this.bytes.indexOf(QUOTE, start);
    while (end >= 0 && isEscapedAt(this.bytes, start, end)) {
      this.#escapedQuotes++;
      if (this.#escapedQuotes > jsonLimits.escapedQuotes)
        throw tooLarge(`has more than ${jsonLimits.escapedQuotes} quotes within its strings`);
      end = this.bytes.indexOf(QUOTE, end + 1);
    }
    if (end < 0) throw this.#wrong('a string that ends');
    this.#at = end + 1;
    const content = this.bytes.subarray(start, end);
    const isEscaped = content.includes(BACKSLASH);
    if (content.length < LONG) return unquote(content, isEscaped);
    this.#long += content.length;
    return new JsonText(content, isEscaped);
  }

  #word(): null | boolean | number {
    const start = this.#at;
    let end = start;
    while (end < this.bytes.length && end - start <= LONGEST_WORD && !endsWord(this.bytes[end])) end++;
    const word = this.bytes.toString('latin1', start, end);
    const isNumber = NUMBER.test(word);
    if (!isNumber && !Object.hasOwn(words, word)) throw this.#wrong('a value');
    this.#at = end;
    return isNumber ? Number(word) : words[word];
  }

  /** The next byte that is no space; undefined at the end. */
  #next(): number | undefined {
    const most = Math.min(this.bytes.length, this.#long + jsonLimits.structureBytes);
    while (this.#at < most && isSpace(this.bytes[this.#at])) this.#at++;
    if (this.#at >= most && most < this.bytes.length)
      throw tooLarge(`has more than ${jsonLimits.structureBytes} bytes beside its longer strings`);
    return this.#at < this.bytes.length ? this.bytes[this.#at] : undefined;
  }

  #take(byte: number): boolean {
    const isNext = this.#next() === byte;
    if (isNext) this.#at++;
    return isNext;
  }

  #wrong(expected: string): TriptychError {
    return new TriptychError(
      'MESSAGE_MALFORMED',
      `the body is not JSON: expected ${expected} at byte ${this.#at}`,
    );
  }
}

function tooLarge(what: string): TriptychError {
  return new TriptychError('BATCH_TOO_LARGE', `the JSON body ${what}`);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsWord(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || isSpace(byte);
}

/** Takes a body out of its framing, in place: data is compacted where it was read, never copied out. */
import { parseHeaders } from './head.ts';
import type { Header } from './head.ts';
import type { Framing } from './framing.ts';

/** What one `read` found: data in `[dataStart, dataEnd)` of the buffer, framed bytes up to `next`. */
export interface BodyReader {
  read(buffer: Buffer, start: number, end: number): void;
  readonly dataStart: number;
  readonly dataEnd: number;
  /** The first byte that was not taken: behind the end of the body, if it was reached. */
  readonly next: number;
  readonly isComplete: boolean;
  /** Why the body cannot be read on, in Go's words; data before the fault is still good. */
  readonly fault: string | null;
  readonly trailers: readonly Header[];
  /** Bytes that are certainly still to come; 0 where nobody knows. */
  readonly remaining: number;
}

export function readBody(framing: Framing): BodyReader {
  switch (framing.kind) {
    case 'none':
      return new LengthBody(0);
    case 'length':
      return new LengthBody(framing.length);
    case 'until-close':
      return new LengthBody(Number.POSITIVE_INFINITY);
    case 'chunked':
      return new ChunkedBody();
  }
}

class LengthBody implements BodyReader {
  dataStart = 0;
  dataEnd = 0;
  next = 0;
  remaining: number;
  readonly fault = null;
  readonly trailers: readonly Header[] = [];

  constructor(length: number) {
    this.remaining = length;
  }

  get isComplete(): boolean {
    return this.remaining === 0;
  }

  read(_buffer: Buffer, start: number, end: number): void {
    const size = Math.min(end - start, this.remaining);
    this.remaining -= size;
    this.dataStart = start;
    this.dataEnd = this.next = start + size;
  }
}

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const maximumLineBytes = 4096;
const maximumTrailerBytes = 65_536;

type State =
  'size' | 'blank' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done';

/** RFC 9112, section 7.1. Extensions are dropped, as every recipient may. */
class ChunkedBody implements BodyReader {
  dataStart = 0;
  dataEnd = 0;
  next = 0;
  fault: string | null = null;
  trailers: readonly Header[] = [];
  readonly remaining = 0;
  private state: State = 'size';
  private size = 0;
  private digits = 0;
  private lineBytes = 0;
  private trailerText = '';

  get isComplete(): boolean {
    return this.state === 'done';
  }

  read(buffer: Buffer, start: number, end: number): void {
    this.dataStart = this.dataEnd = start;
    let at = start;
    while (at < end && this.fault === null && this.state !== 'done') {
      if (this.state === 'data') at = this.takeData(buffer, at, end);
      else if (this.state === 'trailer') at = this.takeTrailers(buffer, at, end);
      else this.takeByte(buffer[at++] ?? 0);
    }
    this.next = at;
  }

  private takeData(buffer: Buffer, at: number, end: number): number {
    const size = Math.min(end - at, this.size);
    if (this.dataStart === this.dataEnd) this.dataStart = this.dataEnd = at;
    else buffer.copyWithin(this.dataEnd, at, at + size);
    this.dataEnd += size;
    this.size -= size;
    if (this.size === 0) this.state = 'data-cr';
    return at + size;
  }

  private takeByte(byte: number): void {
    if (++this.lineBytes > maximumLineBytes) {
      this.fault = 'header line too long';
      return;
    }
    switch (this.state) {
      case 'size':
        this.takeDigit(byte);
        return;
      case 'blank':
        if (byte === SEMICOLON) this.state = 'extension';
        else if (byte !== 0x20 && byte !== 0x09) this.fault = 'invalid byte in chunk length';
        return;
      case 'extension':
        if (byte === CR) this.state = 'size-lf';
        else if (byte < 0x20 && byte !== 0x09) this.fault = 'invalid byte in chunk extension';
        return;
      case 'size-lf':
        if (byte === LF) this.startChunk();
        else this.fault = 'chunked line ends with bare CR';
        return;
      case 'data-cr':
        if (byte === CR) this.state = 'data-lf';
        else this.fault = 'malformed chunked encoding';
        return;
      case 'data-lf':
        if (byte === LF) this.state = 'size';
        else this.fault = 'malformed chunked encoding';
        this.lineBytes = 0;
        return;
      default:
        return;
    }
  }

  private takeDigit(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.digits > 13) this.fault = 'http chunk length too large';
      this.size = this.size * 16 + digit;
    } else if (this.digits === 0) {
      this.fault =
        byte === CR ? 'empty hex number for chunk length' : 'invalid byte in chunk length';
    } else if (byte === CR) this.state = 'size-lf';
    else if (byte === SEMICOLON) this.state = 'extension';
    else if (byte === 0x20 || byte === 0x09) this.state = 'blank';
    else this.fault = 'invalid byte in chunk length';
  }

  private startChunk(): void {
    this.state = this.size === 0 ? 'trailer' : 'data';
    this.digits = 0;
    this.lineBytes = 0;
  }

  private takeTrailers(buffer: Buffer, at: number, end: number): number {
    const known = this.trailerText.length;
    const text = this.trailerText + buffer.toString('latin1', at, end);
    const length = trailerLength(text);
    if (length === -1) {
      this.trailerText = text;
      if (text.length > maximumTrailerBytes) {
        this.fault = 'http: suspiciously long trailer after chunked body';
      }
      return end;
    }
    const trailers = isCleanTrailer(text, length) ? parseHeaders(text.slice(0, length), 0) : null;
    if (trailers === null || 'fault' in trailers) this.fault = 'malformed MIME header line';
    else this.trailers = trailers;
    this.state = 'done';
    return at + length - known;
  }
}

/** The length of a trailer section with its empty line, or -1 while it is unfinished. */
function trailerLength(text: string): number {
  if (text.startsWith('\r\n')) return 2;
  const end = text.indexOf('\r\n\r\n');
  return end === -1 ? -1 : end + 4;
}

const illegalTrailer = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\n]|[^\r]\n|^\n/;

function isCleanTrailer(text: string, length: number): boolean {
  return !illegalTrailer.test(text.slice(0, length));
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

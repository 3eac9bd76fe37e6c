/** The Range header and multipart answers, as Go's `net/http` reads and writes them. */
import { randomBytes } from 'node:crypto';

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** The header cannot be satisfied: 416. Its message is the body. */
export class RangeError extends Error {
  /** All ranges lie behind the end; otherwise the header is malformed. */
  readonly isBeyond: boolean;

  constructor(isBeyond: boolean) {
    super(isBeyond ? 'invalid range: failed to overlap' : 'invalid range');
    this.isBeyond = isBeyond;
  }
}

/**
 * @returns no range where the header is empty, asks an empty file, or asks for more than the file has.
 * @throws RangeError
 */
export function parseRange(header: string, sizeBytes: number): readonly ByteRange[] {
  if (header === '') return [];
  const list = /^bytes=(.*)$/s.exec(header)?.[1];
  if (list === undefined) throw new RangeError(false);
  const specified = list
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  const ranges = specified
    .map((part) => parseOne(part, sizeBytes))
    .filter((range) => range !== null);
  if (ranges.length === 0 && specified.length > 0) {
    if (sizeBytes === 0) return [];
    throw new RangeError(true);
  }
  // An attack, or a careless client.
  return ranges.reduce((sum, { length }) => sum + length, 0) > sizeBytes ? [] : ranges;
}

/** Null for a range behind the end. */
function parseOne(text: string, sizeBytes: number): ByteRange | null {
  const [, from = '', to = ''] = /^(\+?\d*)\s*-\s*(\+?\d*)$/.exec(text) ?? [];
  if (!/\d/.test(from + to) || !/^(\+?\d+)?$/.test(from) || !/^(\+?\d+)?$/.test(to))
    throw new RangeError(false);
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes);
    return { start: sizeBytes - length, length };
  }
  const start = Number(from);
  if (to !== '' && Number(to) < start) throw new RangeError(false);
  if (start >= sizeBytes) return null;
  const end = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return { start, length: end - start + 1 };
}

export interface MultipartBody {
  readonly boundary: string;
  readonly sizeBytes: number;
  readonly body: AsyncIterable<Buffer>;
}

/** `multipart/byteranges` of several ranges. */
export function multipartBody(
  ranges: readonly ByteRange[],
  type: string,
  fileBytes: number,
  read: (range: ByteRange) => AsyncIterable<Buffer>,
): MultipartBody {
  const boundary = randomBytes(30).toString('hex');
  const heads = ranges.map(({ start, length }, index) =>
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
        `Content-Range: bytes ${start}-${start + length - 1}/${fileBytes}\r\n` +
        `Content-Type: ${type}\r\n\r\n`,
    ),
  );
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  const sizeBytes = ranges.reduce(
    (sum, { length }, index) => sum + length + (heads[index]?.length ?? 0),
    end.length,
  );
  async function* body() {
    for (const [index, range] of ranges.entries()) {
      yield heads[index] ?? Buffer.of();
      yield* read(range);
    }
    yield end;
  }
  return { boundary, sizeBytes, body: body() };
}

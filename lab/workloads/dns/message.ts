/** DNS messages (RFC 1035, section 4): one question in, its answers out, names written in full. */

export const types = {
  A: 1,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
} as const;
export const codes = {
  ok: 0,
  formatError: 1,
  serverFailure: 2,
  noSuchName: 3,
  refused: 5,
} as const;

export interface Question {
  readonly id: number;
  /** In lower case, without the last dot. */
  readonly name: string;
  readonly type: number;
  readonly isRecursionDesired: boolean;
  /** The question section as it came: the answer repeats it, letter case too. */
  readonly section: Buffer;
}

export type RecordData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'PTR'; readonly target: string }
  | { readonly type: 'SRV'; readonly port: number; readonly target: string }
  | { readonly type: 'TXT'; readonly text: string };

export type DnsRecord = RecordData & { readonly name: string };

export interface Answer {
  readonly code: number;
  readonly answers: readonly DnsRecord[];
  /** Beside what was asked: the addresses of SRV targets. */
  readonly additional?: readonly DnsRecord[];
  /** The zone that says there is nothing. */
  readonly zone?: string;
}

const ttlSeconds = 5;
const headerBytes = 12;
const inClass = 1;

/** Undefined for what is no question, or not one question. */
export function decodeQuestion(message: Buffer): Question | undefined {
  if (message.length < headerBytes || message.readUInt16BE(4) !== 1) return undefined;
  const flags = message.readUInt16BE(2);
  const isQuery = (flags & 0xf800) === 0;
  if (!isQuery) return undefined;
  const labels: string[] = [];
  let at = headerBytes;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(message.toString('latin1', at, at + length));
    at += length;
  }
  if (at + 4 > message.length) return undefined;
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at),
    isRecursionDesired: (flags & 0x0100) !== 0,
    section: message.subarray(headerBytes, at + 4),
  };
}

/** @param limitBytes a longer answer is cut to its question, and says so: ask again over TCP. */
export function encodeAnswer(question: Question, answer: Answer, limitBytes = 65_535): Buffer {
  const { answers, additional = [], zone, code } = answer;
  const authority = zone === undefined || answers.length > 0 ? [] : [encodeSoa(zone)];
  const counts = [1, answers.length, authority.length, additional.length];
  const body = [...answers.map(encodeRecord), ...authority, ...additional.map(encodeRecord)];
  const whole = Buffer.concat([headerOf(question, code, counts), question.section, ...body]);
  if (whole.length <= limitBytes) return whole;
  const truncated = 0x0200;
  return Buffer.concat([headerOf(question, code, [1, 0, 0, 0], truncated), question.section]);
}

function headerOf(
  { id, isRecursionDesired }: Question,
  code: number,
  counts: readonly number[],
  more = 0,
): Buffer {
  const header = Buffer.alloc(headerBytes);
  const authoritativeAnswer = 0x8400;
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(authoritativeAnswer | (isRecursionDesired ? 0x0100 : 0) | more | code, 2);
  counts.forEach((count, index) => header.writeUInt16BE(count, 4 + index * 2));
  return header;
}

function encodeRecord(record: DnsRecord): Buffer {
  return resource(record.name, types[record.type], dataOf(record));
}

function dataOf(data: RecordData): Buffer {
  switch (data.type) {
    case 'A':
      return Buffer.from(data.address.split('.').map(Number));
    case 'AAAA':
      return Buffer.from(hexOf(data.address), 'hex');
    case 'CNAME':
    case 'PTR':
      return encodeName(data.target);
    case 'SRV':
      // Priority 0, weight 100.
      return Buffer.concat([numbers16(0, 100, data.port), encodeName(data.target)]);
    case 'TXT':
      return Buffer.from([data.text.length, ...Buffer.from(data.text)]);
  }
}

function encodeSoa(zone: string): Buffer {
  const times = Buffer.alloc(20);
  [1, 7200, 1800, 86_400, ttlSeconds].forEach((value, index) => {
    times.writeUInt32BE(value, index * 4);
  });
  const names = [encodeName(`ns.dns.${zone}`), encodeName(`hostmaster.${zone}`)];
  return resource(zone, types.SOA, Buffer.concat([...names, times]));
}

function resource(name: string, type: number, data: Buffer): Buffer {
  const ttl = Buffer.alloc(4);
  ttl.writeUInt32BE(ttlSeconds);
  return Buffer.concat([
    encodeName(name),
    numbers16(type, inClass),
    ttl,
    numbers16(data.length),
    data,
  ]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

function numbers16(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 2);
  numbers.forEach((value, index) => bytes.writeUInt16BE(value, index * 2));
  return bytes;
}

/** The 32 digits of an IPv6 address. */
export function hexOf(address: string): string {
  const [front = '', back] = address.split('::');
  const groups = (text = '') => text.split(':').filter(Boolean);
  const [first, last] = [groups(front), groups(back)];
  const zeros = new Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join('');
}

/** What of an answer's body a transcript keeps: enough to see what it is. */
import { laidOut } from '../src/laid-out.ts';

const maxLines = 9;
const maxEvents = 2;
const maxEventLength = 90;

export interface ShortBody {
  readonly body: string;
  readonly isShortened: boolean;
}

/** JSON is laid out and cut after some lines; of a stream of events, the beginning of each is kept. */
export function shortenBody(body: string): ShortBody {
  const whole = parse(body);
  if (whole !== undefined) return cutLines(laidOut(withoutBookkeeping(whole)));
  const lines = body.trimEnd().split('\n');
  const isEventStream = lines.length > 1 && lines.every((line) => parse(line) !== undefined);
  if (!isEventStream) return cutLines(body);
  const kept = lines.slice(0, maxEvents).map(cutEvent).join('\n');
  const isShortened = lines.length > maxEvents || lines.some((l) => l.length > maxEventLength);
  return { body: isShortened ? `${kept}\n…` : kept, isShortened };
}

function cutLines(text: string): ShortBody {
  const lines = text.split('\n');
  const isShortened = lines.length > maxLines;
  return { body: isShortened ? `${lines.slice(0, maxLines).join('\n')}\n…` : text, isShortened };
}

function cutEvent(line: string): string {
  return line.length > maxEventLength ? `${line.slice(0, maxEventLength)}…` : line;
}

/** Who changed which field when: long, and never what an example is about. */
function withoutBookkeeping(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBookkeeping);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'managedFields')
      .map(([name, inner]) => [name, withoutBookkeeping(inner)]),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a file of backends: YAML or JSON, every complaint with its line. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import * as z from 'zod';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';
import { goFileError } from '../../kit/kubeconfig/errors.ts';
import { readEntry, type BackendEntry } from './entry.ts';

const schema = z.strictObject({
  backends: z.array(z.strictObject({ address: z.string(), drain: z.boolean().default(false) })),
});

/** More than this nobody writes by hand, and nothing here is to fill the memory. */
const mostBytes = 1 << 20;

/** @throws ConfigurationError `unreadable-file`, `bad-file` */
export async function readBackendsText(path: string): Promise<string> {
  const unreadable = (why: string) => new ConfigurationError('unreadable-file', why, { path });
  try {
    // A pipe that nobody writes to would keep us waiting.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile() && !stat.isDirectory()) throw unreadable(`read ${path}: it is no file`);
    if (stat.size > mostBytes) throw tooLarge(path);
    return await file.readFile('utf8');
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw unreadable(goFileError('open', path, error));
  }
}

function tooLarge(path: string): ConfigurationError {
  const why = `${path}, line 1: it is larger than ${mostBytes} bytes`;
  return new ConfigurationError('bad-file', why, { path });
}

/** @throws ConfigurationError `bad-file`, `bad-backend`, `no-backends` */
export function parseBackends(text: string, path: string): readonly BackendEntry[] {
  const refuse = (line: number, why: string) =>
    new ConfigurationError('bad-file', `${path}, line ${line}: ${why}`, { path });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const [problem] = document.errors;
  if (problem) throw refuse(lineAt(problem.pos[0]), problem.message.split('\n')[0] ?? '');
  const { success, data, error } = schema.safeParse(valueOf(document, refuse));
  if (!success) {
    const [issue] = error.issues;
    throw refuse(lineAt(issue ? offsetOf(document, issue) : 0), issue ? describe(issue) : '');
  }
  if (data.backends.length === 0) {
    throw new ConfigurationError('no-backends', `${path}: the list of backends is empty`);
  }
  return data.backends.map(({ address, drain }, index) => {
    const node = document.getIn(['backends', index, 'address'], true);
    const line = lineAt(isNode(node) ? (node.range?.[0] ?? 0) : 0);
    return readEntry(address, `${path}, line ${line}`, drain);
  });
}

/** An alias may lead nowhere, or to itself. */
function valueOf(
  document: Document,
  refuse: (line: number, why: string) => ConfigurationError,
): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw refuse(1, error instanceof Error ? error.message : String(error));
  }
}

/** Where what is meant begins; of what is missing, where it should be. */
function offsetOf(document: Document, issue: z.core.$ZodIssue): number {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find(({ key }) => isScalar(key) && key.value === issue.keys[0])
      : undefined;
    if (isScalar(pair?.key)) return pair.key.range?.[0] ?? 0;
  }
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0] ?? 0;
  }
  return 0;
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
  }
  const place = issue.path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
  return `${place === '' ? 'the file' : place}: ${issue.message}`;
}

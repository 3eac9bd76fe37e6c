/**
 * The store's log: one file that is read at start and only appended to afterwards. It begins with the
 * entries as they were at a revision (`base`, `entry` …), and goes on with every change since (`put`,
 * `delete`, `compact`). When it has grown it is written anew beside itself and renamed into place.
 *
 * A file of lines rather than `node:sqlite`: everything is in memory anyway, nothing is ever queried,
 * and lines cost less memory, less time per write, and can be read with `less`.
 *
 * What survives: a write is handed to the kernel before it is acknowledged, so whatever happens to the
 * process (SIGKILL too), every acknowledged write is there afterwards. A power cut may cost the last
 * seconds, since the log is not flushed to the disk for each write; what is left is whole.
 */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { createLedger, type Ledger } from './ledger.ts';
import { createLineReader } from './line-reader.ts';
import { formatRecord, parseRecord, type StoreRecord } from './record.ts';
import type { Entry } from './store.ts';

export interface StoreLog {
  readonly ledger: Ledger<string>;
  /** Differs between logs that were begun at different times: revisions compare only within one. */
  readonly identity: string;
  /** Hands records to the kernel; throws where it does not take them. */
  append(records: readonly string[]): void;
  close(): void;
}

/** The log cannot be read; starting with it would lose what it held. */
export class DamagedLogError extends Error {
  override readonly name = 'DamagedLogError';
  constructor(path: string, line: number, what: string) {
    super(
      `${path} is damaged: line ${line} ${what}. Start with --fresh to begin with an empty store, or put back a copy of the file.`,
    );
  }
}

const fileName = 'store.log';
/** What watches can resume from: at least so much, at most twice that. */
const history = {
  changes: 5000,
  bytes: 8 * 1024 * 1024,
  sizeBytes: (text: string) => text.length,
};
/** The log is written anew when it has this size, and is twice what it was then. */
const rewriteFromBytes = 16 * 1024 * 1024;

/**
 * Opens the log of a data directory, or begins one.
 *
 * @throws DamagedLogError where a line other than a torn last one cannot be read.
 */
export function openLog(directory: string): StoreLog {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, fileName);
  const ledger = createLedger<string>(history);
  let file = openSync(path, 'a+', 0o600);
  let { sizeBytes, identity } = read(file, path, ledger);
  let rewriteAtBytes = Math.max(rewriteFromBytes, 2 * sizeBytes);

  const rewrite = () => {
    const beside = `${path}.new`;
    rmSync(beside, { force: true });
    const fresh = openSync(beside, 'a+', 0o600);
    let freshBytes = 0;
    try {
      for (const records of snapshot(ledger, identity)) {
        freshBytes += writeAll(fresh, records.map(seal).join(''));
      }
      fsyncSync(fresh);
      renameSync(beside, path);
    } catch (error) {
      closeSync(fresh);
      rmSync(beside, { force: true });
      throw error;
    }
    closeSync(file);
    file = fresh;
    sizeBytes = freshBytes;
    rewriteAtBytes = Math.max(rewriteFromBytes, 2 * sizeBytes);
  };

  if (identity === '') {
    identity = createIdentity();
    ftruncateSync(file, 0);
    rewrite();
  }
  return {
    ledger,
    identity,
    append: (records) => {
      sizeBytes += writeAll(file, records.map(seal).join(''));
      if (sizeBytes < rewriteAtBytes) return;
      try {
        rewrite();
      } catch {
        // No room for a second file, say: the first one is whole, and goes on.
        rewriteAtBytes = 2 * sizeBytes;
      }
    },
    close: () => closeSync(file),
  };
}

/** Only has to differ; `node:crypto` would cost the store 2.5 MB. */
function createIdentity(): string {
  return [Date.now(), Math.floor(Math.random() * 2 ** 52)]
    .map((part) => part.toString(36))
    .join('-');
}

/** A ledger as records, in pieces: what a log begins with, and what a new follower is sent. */
export function* snapshot(ledger: Ledger<string>, identity: string): Generator<readonly string[]> {
  yield [formatRecord('base', ledger.compactedRevision(), identity)];
  const entries = ledger.base();
  for (let start = 0; start < entries.length; start += piece) {
    yield entries
      .slice(start, start + piece)
      .map(({ key, revision, value }) => formatRecord('entry', revision, key, value));
  }
  yield* changesSince(ledger, ledger.compactedRevision());
}

/** The changes after a revision as records, in pieces. */
export function* changesSince(
  ledger: Ledger<string>,
  revision: number,
): Generator<readonly string[]> {
  const changes = ledger.since(revision);
  for (let start = 0; start < changes.length; start += piece) {
    yield changes.slice(start, start + piece).map(changeRecord);
  }
}

const piece = 500;

export function changeRecord(change: ReturnType<Ledger<string>['put']>): string {
  const { type, revision, entry } = change;
  return type === 'put'
    ? formatRecord('put', revision, entry.key, entry.value)
    : formatRecord('delete', revision, entry.key);
}

/** Every line carries its checksum, so that damage is seen and not served. */
function seal(record: string): string {
  return `${checksum(record)} ${record}\n`;
}

function checksum(record: string): string {
  return crc32(record).toString(16).padStart(8, '0');
}

function unseal(line: string): StoreRecord | undefined {
  const record = line.slice(9);
  return line.slice(0, 8) === checksum(record) ? parseRecord(record) : undefined;
}

function writeAll(file: number, text: string): number {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
  return bytes.length;
}

/** Reads the log into the ledger, and cuts off a last line that was never finished. */
function read(file: number, path: string, ledger: Ledger<string>) {
  const reader = createLineReader();
  const chunk = Buffer.alloc(256 * 1024);
  let line = 0;
  let sizeBytes = 0;
  let identity = '';
  let base: { readonly revision: number; readonly entries: Entry<string>[] } | undefined;

  const damaged = (what: string) => new DamagedLogError(path, line, what);
  const settle = () => {
    if (base) ledger.reset(base.revision, base.entries);
    base = undefined;
  };
  const apply = ({ word, number, key, text }: StoreRecord) => {
    if (word === 'base' && line === 1) {
      identity = key;
      base = { revision: number, entries: [] };
    } else if (word === 'entry' && base) {
      base.entries.push({ key, value: text, revision: number });
    } else if (identity !== '') {
      settle();
      if (word === 'compact') {
        ledger.compact(number);
        return;
      }
      if (number !== ledger.revision() + 1) throw damaged('does not follow the one before it');
      if (word === 'put') ledger.put({ key, value: text, revision: number });
      else if (word !== 'delete' || !ledger.delete(key, number)) throw damaged('makes no sense');
    } else {
      throw damaged('is not the beginning of a log');
    }
  };

  for (;;) {
    const length = readSync(file, chunk, 0, chunk.length, null);
    if (length === 0) break;
    reader.push(Buffer.from(chunk.subarray(0, length)), (text) => {
      line += 1;
      const record = unseal(text);
      if (!record) throw damaged('does not match its checksum');
      apply(record);
    });
    sizeBytes += length;
  }
  settle();
  const torn = reader.pendingBytes();
  if (torn > 0) ftruncateSync(file, (sizeBytes -= torn));
  return { sizeBytes, identity };
}

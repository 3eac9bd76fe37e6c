import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeRecord, DamagedLogError, openLog, type StoreLog } from './log.ts';
import { write, type WriteRequest } from './write-rules.ts';

let directory: string;
let path: string;
let opened: StoreLog | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-log-'));
  path = join(directory, 'store.log');
});

afterEach(async () => {
  opened?.close();
  opened = undefined;
  await rm(directory, { recursive: true });
});

/** Opens the log anew, as a store that was started again does. */
const open = (): StoreLog => {
  opened?.close();
  opened = undefined;
  opened = openLog(directory);
  return opened;
};

const commit = (log: StoreLog, ...requests: readonly WriteRequest<string>[]) => {
  const outcomes = requests.map((request) => write(log.ledger, request));
  log.append(
    outcomes.flatMap((outcome) =>
      outcome.result === 'written' ? [changeRecord(outcome.change)] : [],
    ),
  );
};

const create = (key: string, value = '{}') => ({ verb: 'create', key, value }) as const;

const contents = ({ ledger }: StoreLog) => {
  const page = ledger.list({ prefix: '/' });
  return page.result === 'page' ? page.entries.map(({ key, revision }) => [key, revision]) : page;
};

describe('the log of the store', () => {
  it('brings back entries, revision, history and identity', () => {
    const log = open();
    commit(log, create('/a'), create('/b'), { verb: 'delete', key: '/a', at: 2 });
    const again = open();
    expect(again.identity).toBe(log.identity);
    expect(again.ledger.revision()).toBe(4);
    expect(contents(again)).toEqual([['/b', 3]]);
    expect(again.ledger.since(1).map(changeRecord)).toEqual([
      'put 2 "/a" {}',
      'put 3 "/b" {}',
      'delete 4 "/a"',
    ]);
  });

  it('gives every log an identity of its own', async () => {
    const { identity } = open();
    await rm(path);
    expect(open().identity).not.toBe(identity);
  });

  it('cuts off a last line that was never finished, and goes on after it', async () => {
    commit(open(), create('/a'), create('/b'));
    await truncate(path, (await stat(path)).size - 5);
    const log = open();
    expect(contents(log)).toEqual([['/a', 2]]);
    commit(log, create('/c'));
    expect(contents(open())).toEqual([
      ['/a', 2],
      ['/c', 3],
    ]);
  });

  it('refuses a damaged line, and says what to do', async () => {
    commit(open(), create('/a', '{"text":"one"}'), create('/b'));
    await writeFile(path, (await readFile(path, 'utf8')).replace('one', 'two'));
    expect(open).toThrow(DamagedLogError);
    expect(open).toThrow(
      `${path} is damaged: line 2 does not match its checksum. Start with --fresh to begin with an empty store, or put back a copy of the file.`,
    );
  });

  it('refuses a log with a line missing', async () => {
    commit(open(), create('/a'), create('/b'), create('/c'));
    const lines = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, lines.toSpliced(2, 1).join('\n'));
    expect(open).toThrow('line 3 does not follow the one before it');
  });

  it('refuses a file that is something else', async () => {
    await appendFile(path, 'not a log\n');
    expect(open).toThrow(DamagedLogError);
  });

  it('is written anew when it has grown, and loses nothing by it', async () => {
    const log = open();
    const value = JSON.stringify('x'.repeat(100_000));
    commit(log, create('/a', value));
    for (let revision = 2; revision < 400; revision += 1) {
      commit(log, { verb: 'update', key: '/a', value, at: revision });
    }
    // 40 MB were written; 8 to 16 MB of them are history.
    expect((await stat(path)).size).toBeLessThan(34_000_000);
    const since = log.ledger.compactedRevision();
    const again = open();
    expect(contents(again)).toEqual([['/a', 400]]);
    expect(again.ledger.since(since).length).toBeGreaterThan(50);
    expect(again.ledger.since(since)).toHaveLength(400 - since);
  });

  it('goes on with the file it has where there is no room for a new one', async () => {
    const log = open();
    await mkdir(`${path}.new`);
    const value = JSON.stringify('x'.repeat(1_000_000));
    commit(log, create('/a', value));
    for (let revision = 2; revision < 40; revision += 1) {
      commit(log, { verb: 'update', key: '/a', value, at: revision });
    }
    expect((await stat(path)).size).toBeGreaterThan(39_000_000);
    expect(contents(open())).toEqual([['/a', 40]]);
  });
});

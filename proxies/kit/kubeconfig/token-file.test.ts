import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followTokenFile } from './token-file.ts';

let directory: string;
let path: string;
let nowMs: number;
let warnings: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hop-token-'));
  path = join(directory, 'token');
  nowMs = 0;
  warnings = [];
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const follow = (first = '') =>
  followTokenFile(path, first, { now: () => nowMs, warn: (message) => warnings.push(message) });

describe('a token file that is rotated', () => {
  it('is read at most once a minute, ten seconds early, and trimmed', async () => {
    await writeFile(path, '  one\n');
    const file = follow();
    expect(await file.read()).toBe('one');
    await writeFile(path, 'two');
    nowMs = 49_999;
    expect(file.read()).toBe('one');
    nowMs = 50_000;
    expect(await file.read()).toBe('two');
  });

  it('is read once for all who ask at the same time', async () => {
    await writeFile(path, 'one');
    const file = follow();
    expect(file.read()).toBe(file.read());
    await file.read();
  });

  it('leaves the last good token standing, with a warning, when it is empty or gone', async () => {
    await writeFile(path, 'one');
    const file = follow();
    await file.read();
    nowMs = 60_000;
    await writeFile(path, ' \n');
    expect(await file.read()).toBe('one');
    await rm(path);
    expect(await file.read()).toBe('one');
    expect(warnings).toEqual([
      `Unable to rotate token: read empty token from file "${path}"`,
      `Unable to rotate token: failed to read token file "${path}": open ${path}: no such file or directory`,
    ]);
  });

  it('leaves the inline token standing until it can be read', async () => {
    const file = follow('inline');
    expect(await file.read()).toBe('inline');
    await writeFile(path, 'from-file');
    expect(await file.read()).toBe('from-file');
    expect(warnings).toEqual([]);
  });
});

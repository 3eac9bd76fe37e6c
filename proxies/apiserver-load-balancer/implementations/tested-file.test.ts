/** A configuration that its program refuses is not used. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from './testing/options.ts';
import { TestedFile } from './tested-file.ts';

/** Takes files that hold `good`. */
const check = [
  '/bin/sh',
  '-c',
  'grep -q good "$0" || { echo "line 1 is bad" >&2; exit 1; }',
] as const;

test('a text that the program refuses leaves the last good one, and nothing else', async () => {
  const { file, directory } = await written('good 1');
  const taken: string[] = [];
  const refused = file.replace('bad', async () => void taken.push('bad'));
  await expect(refused).rejects.toThrow('/bin/sh refuses: line 1 is bad');
  expect(taken).toEqual([]);
  expect(await readFile(file.path, 'utf8')).toBe('good 1');
  expect(await readdir(directory)).toEqual(['file']);
});

test('a text that cannot be taken over is put back', async () => {
  const { file } = await written('good 1');
  await expect(
    file.replace('good 2', () => Promise.reject(new Error('no worker starts'))),
  ).rejects.toThrow('no worker starts');
  expect(await readFile(file.path, 'utf8')).toBe('good 1');
});

test('the same text is not taken over again', async () => {
  const { file } = await written('good 1');
  let times = 0;
  const take = async () => {
    times++;
  };
  await file.replace('good 2', take);
  await file.replace('good 2', take);
  expect(times).toBe(1);
});

async function written(text: string) {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const file = await TestedFile.write(join(directory.path, 'file'), { text, test: check });
  return { file, directory: directory.path };
}

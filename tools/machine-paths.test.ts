import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findMachinePaths } from './machine-paths.ts';

const root = '/home/somebody/hop-by-hop/';
let built: string;

beforeEach(async () => {
  built = await mkdtemp(join(tmpdir(), 'built-'));
});
afterEach(() => rm(built, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(built, file)), { recursive: true });
  await writeFile(join(built, file), text);
}

test.for([
  `${root}proofs/proof-1/kubeconfig`,
  join(homedir(), '.kube/config'),
  '/elsewhere/.lab/build-sdZAZF/no-such-kubeconfig',
])('a page that tells %s is found', async (path) => {
  await write('en/page/index.html', `<code>error: stat ${path}: no such file</code>`);
  const found = await findMachinePaths(built, root);
  expect(found).toEqual([{ file: 'en/page/index.html', path: `${path}:` }]);
});

test('paths that a reader could have are nobody’s secret', async () => {
  const text = '/tmp/api.sock ~/.kube/config /en/kubectl-proxy/ https://hop.test/_astro/live.js';
  await write('index.html', `<a href="/it/">${text}</a>`);
  expect(await findMachinePaths(built, root)).toEqual([]);
});

test('only text is looked through', async () => {
  await write('picture.png', root);
  expect(await findMachinePaths(built, root)).toEqual([]);
});

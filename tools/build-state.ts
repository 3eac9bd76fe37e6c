/** Whether what is in `dist/` was built from the sources as they are now. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { project } from './project.ts';

/** What the built site depends on: pages, facts, proofs, the lab they ran in, and the tools. */
const inputs = [
  'astro.config.mjs',
  'content',
  'lab',
  'package-lock.json',
  'proxies',
  'public',
  'src',
  'tools/build.ts',
  'tools/precompress.ts',
];
const environment = ['SITE_URL', 'EDIT_URL'];
const stampPath = project('.lab', 'built.json');

/** A hash of every input's name and content; tests are none. */
export async function hashInputs(): Promise<string> {
  const paths = (await Promise.all(inputs.map(listFiles))).flat().sort();
  const contents = await Promise.all(paths.map((path) => readFile(path)));
  const hash = createHash('sha256');
  for (const [i, path] of paths.entries()) {
    hash
      .update(`${relative(project(), path)}\0`)
      .update(contents[i] ?? '')
      .update('\0');
  }
  for (const name of environment) hash.update(`${name}=${process.env[name] ?? ''}\0`);
  return hash.digest('hex');
}

export async function isBuilt(): Promise<boolean> {
  try {
    const [stamp] = await Promise.all([
      readFile(stampPath, 'utf8'),
      stat(project('dist', 'index.html')),
    ]);
    const { inputs: builtFrom } = JSON.parse(stamp) as { readonly inputs: unknown };
    return builtFrom === (await hashInputs());
  } catch {
    return false;
  }
}

export async function rememberBuild(hash: string): Promise<void> {
  await mkdir(project('.lab'), { recursive: true });
  await writeFile(stampPath, `${JSON.stringify({ inputs: hash })}\n`);
}

async function listFiles(input: string): Promise<string[]> {
  const path = project(input);
  const about = await stat(path).catch(() => null);
  if (!about) return [];
  if (!about.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/node_modules/'));
}

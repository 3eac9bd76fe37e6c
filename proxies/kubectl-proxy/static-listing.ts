/** The page that lists a directory, byte for byte as Go writes it since 1.23. */
import { readdir } from 'node:fs/promises';
import { escapeHtml } from './escape-html.ts';
import { encodeUtf8, escapeReference } from '../kit/http/request-target.ts';

export async function listDirectory(path: string): Promise<string> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  const bare = (name: string) => encodeUtf8(name.replace(/\/$/, ''));
  names.sort((a, b) => (bare(a) < bare(b) ? -1 : 1));
  const lines = names.map((name) => `<a href="${escapeReference(name)}">${escapeHtml(name)}</a>\n`);
  return [
    '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n',
    ...lines,
    '</pre>\n',
  ].join('');
}

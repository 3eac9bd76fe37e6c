/** The Content-Type of a static file: by its name, or else by its first bytes, as Go does it. */
import { lookup } from 'mrmime';
import { detectContentType } from '../kit/http/sniff.ts';

/** Where Go's built-in table, or Debian's on the recording machine, differs from the registry. */
const goTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.xml': 'text/xml',
};

/** @param readStart The first 512 bytes, read only where the name does not say. */
export async function contentTypeOf(
  name: string,
  readStart: () => Promise<Buffer>,
): Promise<string> {
  const extension = /\.[^./]*$/.exec(name)?.[0].toLowerCase();
  const type = extension === undefined ? undefined : (goTypes[extension] ?? lookup(extension));
  if (type === undefined) return detectContentType(await readStart());
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

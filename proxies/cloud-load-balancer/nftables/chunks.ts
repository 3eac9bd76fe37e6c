/** Many commands as transactions that the kernel takes. */

/**
 * In a user namespace, a socket takes no more than about 208 KB at once; an element of 40 characters is 150 bytes
 * on its way.
 */
const mostCharacters = 40_000;

/** As few as can be: a change of one Service is always one. */
export function chunksOf(lines: readonly string[]): readonly string[] {
  const chunks: string[] = [];
  let chunk: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length > 0 && length + line.length > mostCharacters) {
      chunks.push(chunk.join('\n'));
      chunk = [];
      length = 0;
    }
    chunk.push(line);
    length += line.length + 1;
  }
  if (chunk.length > 0) chunks.push(chunk.join('\n'));
  return chunks;
}

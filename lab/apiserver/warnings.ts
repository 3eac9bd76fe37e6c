/** The `Warning` headers of an answer (RFC 7234, 5.5): what a client should tell whoever sits at it. */
import { Buffer } from 'node:buffer';
import type { HttpResponse } from '../../proxies/kit/http/server-exchange.ts';

/** Upstream's limits: longer warnings are cut, and further ones left out. */
const longest = 256;
const longestTogether = 4096;

/** Adds warnings to an answer that has not begun. */
export function warn(response: HttpResponse, warnings: readonly string[]): void {
  const texts: string[] = [];
  let total = 0;
  for (const warning of new Set(warnings)) {
    const text = warning.replace(/\p{Cc}/gu, ' ').slice(0, longest);
    total += text.length;
    if (total > longestTogether) break;
    texts.push(`299 - "${text.replace(/["\\]/g, '\\$&')}"`);
  }
  if (texts.length === 0) return;
  // Node writes headers in Latin-1: these are the bytes of UTF-8.
  response.setHeader('Warning', Buffer.from(texts.join(', ')).toString('latin1'));
}

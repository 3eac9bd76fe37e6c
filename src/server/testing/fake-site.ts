/** A built site of a few files, as `loadSite` would have read it. */
import type { BuiltFile, BuiltSite } from '../site/built-site.ts';

const page = (text: string): BuiltFile => ({
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'no-cache',
  representations: new Map([
    ['identity', { body: Buffer.from(text), etag: `"${text}"` }],
    ['gzip', { body: Buffer.from(`gzip of ${text}`), etag: `"${text}-gzip"` }],
    ['br', { body: Buffer.from(`br of ${text}`), etag: `"${text}-br"` }],
  ]),
});

export const fakeSite: BuiltSite = new Map([
  ['/index.html', page('choice')],
  ['/en/index.html', page('home')],
  ['/it/index.html', page('casa')],
  ['/pt-br/index.html', page('início')],
  ['/en/404/index.html', page('not here')],
  ['/it/404/index.html', page('non è qui')],
  ['/pt-br/404/index.html', page('não está aqui')],
  [
    '/_astro/site.abc123.css',
    {
      contentType: 'text/css; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
      representations: new Map([['identity', { body: Buffer.from('a{}'), etag: '"css"' }]]),
    },
  ],
]);

/** A page with each attribute that holds a link, and each way to write one. */
import { linkAttributes } from '../../../proxies/apiserver-proxy/rewrite/link-attributes.ts';

/** Where links also stand, and nobody rewrites them. */
const unrewritten = [
  '<img srcset="/unrewritten/2x.png 2x" alt="">',
  '<p style="background: url(/unrewritten/style.png)">style</p>',
  '<meta http-equiv="refresh" content="3600; url=/unrewritten/refresh">',
  '<script>const url = "/unrewritten/script";</script>',
  '<button onclick="location = \'/unrewritten/handler\'">handler</button>',
  '<!-- <a href="/unrewritten/comment">comment</a> -->',
] as const;

/** The ways to write one link, by what they are called. */
const ways = (host: string) => ({
  'with a path': '/path',
  'with a path, a query and a fragment': '/path/?a=1&amp;b=%20#there',
  relative: 'relative',
  'relative, up': '../up',
  'fragment only': '#there',
  'query only': '?a=1',
  empty: '',
  'of this host': `http://${host}/own`,
  'of this host, HTTPS': `https://${host}/own`,
  'of this host, without a scheme': `//${host}/own`,
  'of this host, without a path': `http://${host}`,
  'of another host': 'http://other.example/path',
  mail: 'mailto:somebody@other.example',
});

/** @param host the request's Host. */
export function linkPage(host: string): string {
  const anchors = Object.entries(ways(host)).map(
    ([name, url]) => `<li><a href="${url}">${name}</a>`,
  );
  const elements = Object.entries(linkAttributes).map(([element, attributes]) => {
    const written = attributes.map((name) => `${name}="/${element}/${name}"`);
    return `<${element} ${written.join(' ')}></${element}>`;
  });
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Links</title></head><body>',
    `<ul>\n${anchors.join('\n')}\n</ul>`,
    ...elements,
    ...unrewritten,
    '</body></html>',
    '',
  ].join('\n');
}

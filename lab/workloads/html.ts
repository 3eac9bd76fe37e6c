/**
 * `html`: a small site whose links a proxy may have to rewrite.
 *
 * `/` is a page for people, `/links` has every kind of link and attribute, `/html` is the page of the
 * recorded cases, also compressed: `/htmlgz`, `/htmldeflate`, and `/htmlbr`, which says `br` and is not.
 * `/htmlplain`, `/xhtml` and `/htmlnocharset` differ in their type. `/stream` comes in pieces.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Exchange, Handler, Routes } from './http/exchange.ts';
import { healthRoutes } from './http/health.ts';
import { linkPage } from './http/link-page.ts';
import { recordedPage } from './http/recorded-page.ts';
import { send } from './http/send.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const routes = { ...healthRoutes, ...htmlRoutes, '': home };
  const { workload } = await serveHttp(context, { routes, otherwise: somewhere });
  return workload;
};

const link = '<a href="/x">x</a>';
const utf8 = 'text/html; charset=utf-8';

/** What a page is made of, and what is said of it. */
interface Page {
  readonly type: string;
  readonly encoding?: string;
  readonly headers?: (exchange: Exchange) => Readonly<Record<string, string>>;
  readonly body: (host: string) => string | Buffer;
}

const pages: Readonly<Record<string, Page>> = {
  html: {
    type: utf8,
    headers: ({ serverName }) => ({
      'X-Backend': serverName,
      'Set-Cookie': 'a=b; Path=/; Domain=example.com',
    }),
    body: recordedPage,
  },
  links: { type: utf8, body: linkPage },
  htmlnocharset: { type: 'text/html', body: () => link },
  htmlplain: { type: 'text/plain', body: () => link },
  xhtml: { type: 'application/xhtml+xml', body: () => `<html>${link}</html>` },
  htmlgz: { type: 'text/html', encoding: 'gzip', body: (host) => gzipSync(recordedPage(host)) },
  // Without zlib's frame, as many servers have it.
  htmldeflate: { type: 'text/html', encoding: 'deflate', body: () => deflateRawSync(link) },
  htmlbr: { type: 'text/html', encoding: 'br', body: () => 'notreallybr<a href="/x">' },
};

const stream: Handler = async ({ response, gone }) => {
  response.writeHead(200, { 'Content-Type': utf8 });
  for (const piece of ['<!DOCTYPE html><p>one ', `two ${link} `, 'three</p>\n']) {
    response.write(piece);
    await sleep(200, undefined, { signal: gone });
  }
  response.end();
};

export const htmlRoutes: Routes = {
  ...Object.fromEntries(
    Object.entries(pages).map(([name, page]): [string, Handler] => [
      name,
      (exchange) => sendPage(exchange, page),
    ]),
  ),
  stream,
};

const home: Handler = (exchange) =>
  sendPage(exchange, {
    type: utf8,
    body: () => {
      const { pod } = exchange.context;
      const items = Object.keys(pages).map((name) => `<li><a href="/${name}">${name}</a>`);
      return document(
        'The shop',
        `<p>Pod ${pod.name} on ${pod.nodeName}.\n<ul>\n${items.join('\n')}\n</ul>`,
      );
    },
  });

/** Where the links of the pages lead. */
const somewhere: Handler = (exchange) =>
  sendPage(exchange, {
    type: utf8,
    body: () =>
      document(
        'Somewhere',
        `<p>This is <code>${escape(exchange.path)}</code>. <a href="/">Home</a>`,
      ),
  });

function sendPage(exchange: Exchange, { type, encoding, headers, body }: Page): void {
  const { request, response } = exchange;
  send(response, {
    status: 200,
    headers: {
      'Content-Type': type,
      ...(encoding && { 'Content-Encoding': encoding }),
      ...headers?.(exchange),
    },
    body: body(escape(request.headers.host ?? '')),
  });
}

function document(title: string, body: string): string {
  return `<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>${title}</title>\n<h1>${title}</h1>\n${body}\n</html>\n`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

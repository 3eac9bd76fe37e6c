/** A host that has files and nothing else, as many a site is published on. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { lookup } from 'mrmime';
import { afterAll, beforeAll } from 'vitest';
import { project } from '../tools/project.ts';

export interface StaticHost extends AsyncDisposable {
  readonly url: string;
}

/** Serves the built site while the tests of a file run. */
export function useStaticSite(): Pick<StaticHost, 'url'> {
  let host: StaticHost | undefined;
  beforeAll(async () => {
    host = await startStaticHost(project('dist'));
  });
  afterAll(() => host?.[Symbol.asyncDispose]());
  return {
    get url() {
      if (!host) throw new Error('it is not running yet');
      return host.url;
    },
  };
}

/** Serves a directory on a free port: files, and `index.html` for an address that ends in a slash. */
async function startStaticHost(directory: string): Promise<StaticHost> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    if (request.method !== 'GET') {
      response.writeHead(405, { 'Content-Type': 'text/html' }).end('<h1>405</h1>');
      return;
    }
    readFile(join(directory, path)).then(
      (body) => response.writeHead(200, { 'Content-Type': lookup(path) ?? 'text/plain' }).end(body),
      () => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>404</h1>'),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Sends what the reader has written into the console; loaded when it is first sent. */
import type { LiveStatus } from '../server/live/status.ts';
import { follow } from './follow.ts';
import { LiveMap } from './live-map.ts';

/** The apiserver takes a patch only under the name of its kind. This one reads like the object itself. */
const bodyTypes: Readonly<Record<string, string>> = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
};

export async function sendOwnRequest(console: HTMLElement, signal: AbortSignal): Promise<void> {
  const output = console.querySelector('output');
  const method = console.querySelector('select')?.value ?? 'GET';
  const path = console.querySelector('input')?.value ?? '/';
  const content = console.querySelector('textarea')?.value.trim() ?? '';
  const { via = '' } = console.dataset;
  if (!output) return;
  const type = bodyTypes[method];
  const body = type === undefined || content === '' ? undefined : { type, content };
  const request = { path: `/live/via/${via}${path}`, method, signal, body };
  await follow(request, output, new LiveMap(via, null));
  if (method !== 'GET' && method !== 'HEAD') await showNamespace(console);
}

/** With the first write, the server gives the reader a namespace. */
async function showNamespace(console: HTMLElement): Promise<void> {
  const place = console.querySelector<HTMLElement>('.namespace');
  const name = place?.querySelector('code');
  if (!place || !name) return;
  const response = await fetch('/live/status').catch(() => null);
  if (response?.ok !== true) return;
  // Our own server, same origin: typed there and not parsed again.
  const { visitor } = (await response.json()) as LiveStatus;
  name.textContent = visitor?.namespace ?? '';
  place.hidden = visitor === null;
}

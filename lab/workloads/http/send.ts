/** A whole answer, with its length. */
import type { ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  /** Absent: the status's own. */
  readonly statusText?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const textPlain = { 'Content-Type': 'text/plain; charset=utf-8' };

/** Statuses without a body carry none, and no length. */
export function send(response: ServerResponse, answer: Answer): void {
  const { status, statusText, headers = {}, body = '' } = answer;
  const isBodiless = status === 204 || status === 304;
  const all = { ...headers, ...(isBodiless ? {} : { 'Content-Length': Buffer.byteLength(body) }) };
  if (statusText === undefined) response.writeHead(status, all);
  else response.writeHead(status, statusText, all);
  response.end(isBodiless ? undefined : body);
}

/** @param text without its newline */
export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, { status, headers: textPlain, body: `${text}\n` });
}

/** Reason phrases as Go's `http.StatusText` has them; Node's differ in a few places. */
import { STATUS_CODES } from './node-http.ts';

const differences: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  416: 'Requested Range Not Satisfiable',
  418: "I'm a teapot",
};

/** @example statusText(418) // "I'm a teapot"; statusText(299) // 'status code 299' */
export function statusText(status: number): string {
  if (status === 509) return 'status code 509';
  return differences[status] ?? STATUS_CODES[status] ?? `status code ${status}`;
}

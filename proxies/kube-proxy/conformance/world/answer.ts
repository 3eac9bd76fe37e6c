/** What somebody who was reached says: who they are, and whom they see. */
import type { Transport } from '../../service-port.ts';

/** Somebody at an address and port. */
export interface Listening {
  readonly protocol: Transport;
  readonly address: string;
  readonly port: number;
}

/** One connection to be tried. */
export interface Probe {
  readonly protocol: Transport;
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

export type Answer =
  /** `backend`: `10.180.0.1:80`; `peer`: an address. */
  | { readonly is: 'answered'; readonly backend: string; readonly peer: string }
  /** Told at once that nobody is there. */
  | { readonly is: 'refused' }
  | { readonly is: 'reset' }
  /** The connection was taken, and closed without a word. */
  | { readonly is: 'closed' }
  | { readonly is: 'silent' }
  | { readonly is: 'failed'; readonly code: string };

/** @example backendText('::1', 80) // '[::1]:80' */
export function backendText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

export function answerText(backend: string, peer: string): string {
  return JSON.stringify({ backend, peer: plainAddress(peer) });
}

export function readAnswer(text: string): Answer {
  if (text === '') return { is: 'closed' };
  // Only ours answer there.
  const { backend, peer } = JSON.parse(text) as { backend: string; peer: string };
  return { is: 'answered', backend, peer };
}

/** A socket of both families tells IPv4 in IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

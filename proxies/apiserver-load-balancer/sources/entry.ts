/** A backend as somebody wrote it: before names are looked up. */
import { isIP } from 'node:net';
import { ConfigurationError } from '../../kit/apiserver/configuration-error.ts';

export interface BackendEntry {
  /** An address or a name, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isDraining: boolean;
  /** Where it is written: `--backend a:6443`, `backends.yaml, line 4`. */
  readonly place: string;
}

const shape = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/;
/** RFC 1123, as far as a lookup may go wrong by it. */
const name = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_.-]*[a-z\d])?\.?$/i;

/**
 * @example readEntry('[fd00::11]:6443', '--backend') // { host: 'fd00::11', port: 6443, … }
 * @throws ConfigurationError `bad-backend`
 */
export function readEntry(text: string, place: string, isDraining = false): BackendEntry {
  const [, bracketed, plain = '', digits = ''] = shape.exec(text.trim()) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  const isHost =
    bracketed === undefined
      ? isIP(host) === 4 || isName(host)
      : isIP(host) === 6 && !host.includes('%');
  if (isHost && port >= 1 && port <= 65_535) return { host, port, isDraining, place };
  const why = `${JSON.stringify(text)} is no backend: must be host:port`;
  throw new ConfigurationError('bad-backend', `${place}: ${why}`);
}

/** Digits and dots alone are an address that is none. */
function isName(host: string): boolean {
  return name.test(host) && !/^[\d.]+$/.test(host);
}

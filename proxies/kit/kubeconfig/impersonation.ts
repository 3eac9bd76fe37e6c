/** The header lines of `as:` (client-go `transport/round_trippers.go`). */
import type { HeaderLine } from '../upstream.ts';
import type { Impersonation } from './client-config.ts';
import { headerLine } from './header-line.ts';

/** @example impersonationLines({ user: 'jane', uid: '', groups: ['dev'], extra: {} })[0] // ['Impersonate-User', 'jane'] */
export function impersonationLines(as: Impersonation): readonly HeaderLine[] {
  return [
    headerLine('Impersonate-User', as.user),
    ...(as.uid === '' ? [] : [headerLine('Impersonate-Uid', as.uid)]),
    ...as.groups.map((group) => headerLine('Impersonate-Group', group)),
    ...Object.entries(as.extra).flatMap(([key, values]) =>
      values.map((value) => headerLine(`Impersonate-Extra-${headerKey(key)}`, value)),
    ),
  ];
}

/** Escapes what a header name cannot hold, then spells it as Go does: `Odd/Key` → `Odd%2fkey`. */
function headerKey(key: string): string {
  const escaped = [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
  return escaped
    .toLowerCase()
    .replace(/(^|-)([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** The header lines of `as:` (client-go `transport/round_trippers.go`). */
import type { HeaderLine } from '../upstream.ts';
import type { Impersonation } from './client-config.ts';

/** @example impersonationLines({ user: 'jane', uid: '', groups: ['dev'], extra: {} })[0] // ['Impersonate-User', 'jane'] */
export function impersonationLines(as: Impersonation): readonly HeaderLine[] {
  return [
    ['Impersonate-User', as.user],
    ...(as.uid === '' ? [] : ([['Impersonate-Uid', as.uid]] as const)),
    ...as.groups.map((group) => ['Impersonate-Group', group] as const),
    ...Object.entries(as.extra).flatMap(([key, values]) =>
      values.map((value) => [`Impersonate-Extra-${headerKey(key)}`, value] as const),
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

/** Words of a command line. */

/** Quotes what a POSIX shell would read otherwise. @example quote("it's") // "'it'\\''s'" */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

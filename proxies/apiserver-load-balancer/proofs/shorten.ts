/** Enough of a certificate's fingerprint to tell it from another. @example shorten('AB:CD:EF:01:…') // 'AB:CD:EF:01' */
export function shorten(fingerprint256: string): string {
  return fingerprint256.slice(0, 11);
}

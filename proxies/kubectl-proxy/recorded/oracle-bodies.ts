/** The bodies the oracle upstream answers with; one character per byte. */

const gzipBase64 =
  'H4sIAAAAAAACA6tWys7MS1GyUgrIT/HJLC5R0lHKLEnNLVayilYqyE8BckdJYsicRGDYxdZyAQCrqz3EUAEAAA==';

export const bodies = {
  gzipPlain: `{"kind":"PodList","items":[${'"pod",'.repeat(50)}"last"]}\n`,
  /** `gzipPlain`, compressed once and for all. */
  gzip: Buffer.from(gzipBase64, 'base64').toString('latin1'),
  html:
    '<html><head><base href="/x/"></head><body><a href="/api/v1/pods">abs</a> <a href="rel">rel</a> ' +
    '<img src="https://127.0.0.1/img.png"></body></html>\n',
  /** 1 MiB of printable characters. */
  big: Buffer.from(
    Uint8Array.from({ length: 1 << 20 }, (_, i) => 32 + ((i * 7 + Math.floor(i / 95)) % 95)),
  ).toString('latin1'),
  oddHeaders:
    'HTTP/1.1 200 OK\r\nset-cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nx-ODD-case: v\r\n' +
    'X-Empty:\r\nX-Dup: 1\r\nWarning: 299 - "old api"\r\nX-Dup: 2\r\nx-dup:   3  \r\n' +
    'x_under.score: u\r\nX-Latin: caf\xe9\r\nContent-Length: 4\r\n\r\ndup\n',
  /** A metav1.Status. */
  status: (code: number) =>
    `{"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", ` +
    `"message": "oracle", "reason": "Oracle", "code": ${code}}\n`,
};

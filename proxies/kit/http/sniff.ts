/** The content type of bytes that came without one: Go's `http.DetectContentType`. */

/** At most so many bytes are looked at. */
const sniffedBytes = 512;

/**
 * The algorithm of https://mimesniff.spec.whatwg.org/ with Go's table.
 *
 * @example detectContentType(Buffer.from('<html>')) // 'text/html; charset=utf-8'
 */
export function detectContentType(data: Buffer): string {
  const bytes = data.subarray(0, sniffedBytes);
  let firstNonBlank = 0;
  while (firstNonBlank < bytes.length && isBlank(bytes[firstNonBlank])) firstNonBlank++;
  const text = bytes.toString('latin1', firstNonBlank);

  const tag = htmlTag.exec(text);
  if (tag !== null || text.startsWith('<!--')) return 'text/html; charset=utf-8';
  if (text.startsWith('<?xml')) return 'text/xml; charset=utf-8';
  const raw = bytes.toString('latin1');
  for (const [pattern, type] of signatures) if (pattern.test(raw)) return type;
  if (isMp4(bytes)) return 'video/mp4';
  return isBinary(bytes, firstNonBlank) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

const htmlTag =
  /^<(?:!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P)[ >]/i;

const signatures: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/, 'application/pdf'],
  [/^%!PS-Adobe-/, 'application/postscript'],
  [/^\xfe\xff[^]{2}/, 'text/plain; charset=utf-16be'],
  [/^\xff\xfe[^]{2}/, 'text/plain; charset=utf-16le'],
  [/^\xef\xbb\xbf[^]/, 'text/plain; charset=utf-8'],
  [/^\x00\x00\x01\x00/, 'image/x-icon'],
  [/^\x00\x00\x02\x00/, 'image/x-icon'],
  [/^BM/, 'image/bmp'],
  [/^GIF87a/, 'image/gif'],
  [/^GIF89a/, 'image/gif'],
  [/^RIFF[^]{4}WEBPVP/, 'image/webp'],
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^FORM[^]{4}AIFF/, 'audio/aiff'],
  [/^ID3/, 'audio/mpeg'],
  [/^OggS\0/, 'application/ogg'],
  [/^MThd\0\0\0\x06/, 'audio/midi'],
  [/^RIFF[^]{4}AVI /, 'video/avi'],
  [/^RIFF[^]{4}WAVE/, 'audio/wave'],
  [/^\x1a\x45\xdf\xa3/, 'video/webm'],
  [/^[^]{34}LP/, 'application/vnd.ms-fontobject'],
  [/^\0\x01\0\0/, 'font/ttf'],
  [/^OTTO/, 'font/otf'],
  [/^ttcf/, 'font/collection'],
  [/^wOFF/, 'font/woff'],
  [/^wOF2/, 'font/woff2'],
  [/^\x1f\x8b\x08/, 'application/x-gzip'],
  [/^PK\x03\x04/, 'application/zip'],
  [/^Rar!\x1a\x07\0/, 'application/x-rar-compressed'],
  [/^Rar!\x1a\x07\x01\0/, 'application/x-rar-compressed'],
  [/^\0asm/, 'application/wasm'],
];

function isBlank(byte: number | undefined): boolean {
  return byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x20;
}

/** https://mimesniff.spec.whatwg.org/#signature-for-mp4 */
function isMp4(bytes: Buffer): boolean {
  if (bytes.length < 12) return false;
  const boxSize = bytes.readUInt32BE(0);
  if (boxSize % 4 !== 0 || bytes.length < boxSize || bytes.toString('latin1', 4, 8) !== 'ftyp') {
    return false;
  }
  for (let at = 8; at < boxSize; at += 4) {
    if (at !== 12 && bytes.toString('latin1', at, at + 3) === 'mp4') return true;
  }
  return false;
}

/** A byte that no text has. */
function isBinary(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a)) return true;
    if (byte >= 0x1c && byte <= 0x1f) return true;
  }
  return false;
}

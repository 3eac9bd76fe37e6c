import { expect, it } from 'vitest';
import { detectContentType } from './sniff.ts';

/** From the table of Go's `net/http/sniff_test.go`. */
it.for([
  ['Empty', '', 'text/plain; charset=utf-8'],
  ['Binary', '\x01\x02\x03', 'application/octet-stream'],
  ['HTML document #1', '<HtMl><bOdY>blah blah blah</body></html>', 'text/html; charset=utf-8'],
  ['HTML document #2', '<HTML></HTML>', 'text/html; charset=utf-8'],
  ['HTML document #3 (leading whitespace)', '   <!DOCTYPE HTML>...', 'text/html; charset=utf-8'],
  ['HTML document #4 (leading CRLF)', '\r\n<html>...', 'text/html; charset=utf-8'],
  ['Plain text', 'This is not HTML. It has \u2603'.slice(0, 24), 'text/plain; charset=utf-8'],
  ['XML', '\n<?xml!', 'text/xml; charset=utf-8'],
  ['Windows icon', '\x00\x00\x01\x00', 'image/x-icon'],
  ['Windows cursor', '\x00\x00\x02\x00', 'image/x-icon'],
  ['BMP image', 'BM...', 'image/bmp'],
  ['GIF 87a', 'GIF87a', 'image/gif'],
  ['GIF 89a', 'GIF89a...', 'image/gif'],
  ['WEBP image', 'RIFF\x00\x00\x00\x00WEBPVP', 'image/webp'],
  ['PNG image', '\x89PNG\x0d\x0a\x1a\x0a', 'image/png'],
  ['JPEG image', '\xff\xd8\xff', 'image/jpeg'],
  ['MIDI audio', 'MThd\x00\x00\x00\x06\x00\x01', 'audio/midi'],
  ['MP3 audio/MPEG audio', 'ID3\x03\x00\x00\x00\x00\x0f', 'audio/mpeg'],
  ['WAV audio #1', 'RIFFb\xb8\x00\x00WAVEfmt \x12\x00\x00\x00\x06', 'audio/wave'],
  ['AIFF audio #1', 'FORM\x00\x00\x00\x00AIFFCOMM\x00\x00\x00\x12', 'audio/aiff'],
  ['OGG audio', 'OggS\x00\x02\x00\x00\x00\x00\x00\x00', 'application/ogg'],
  ['Must not match OGG', 'owow\x00', 'application/octet-stream'],
  ['WebM video', '\x1a\x45\xdf\xa3', 'video/webm'],
  ['MP4 video', '\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom<\x06t\xbfmdat', 'video/mp4'],
  ['AVI video #1', 'RIFF,O\n\x00AVI LISTÀ', 'video/avi'],
  ['TTF sample', '\x00\x01\x00\x00\x00\x17\x01\x00', 'font/ttf'],
  ['OTTO sample', 'OTTO\x00\x0e\x00\x80\x00\x03\x00', 'font/otf'],
  ['woff sample', 'wOFF\x00\x01\x00\x00', 'font/woff'],
  ['woff2 sample', 'wOF2\x00\x01\x00\x00', 'font/woff2'],
  ['wasm sample', '\x00asm\x01\x00', 'application/wasm'],
  ['RAR v1.5-v4.0', 'Rar!\x1a\x07\x00', 'application/x-rar-compressed'],
  ['gzip', '\x1f\x8b\x08\x00', 'application/x-gzip'],
  ['UTF-8 byte order mark', '\xef\xbb\xbfx', 'text/plain; charset=utf-8'],
  ['UTF-16 big endian', '\xfe\xff\x00x', 'text/plain; charset=utf-16be'],
  ['a tag without its end', '<html', 'text/plain; charset=utf-8'],
] as const)('%s is recognised', ([, data, type]) => {
  expect(detectContentType(Buffer.from(data, 'latin1'))).toBe(type);
});

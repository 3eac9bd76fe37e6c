/** A conversation as text, as it is recorded and as it is shown live. */
import type { ConnectedLine, MessageLine } from './server/live/lines.ts';

/** @example messageText({ type: 'message', from: 'client', text: 'Hello' }) // '→ Hello\n' */
export function messageText({ from, text }: MessageLine): string {
  const arrow = from === 'client' ? '→' : '←';
  return text
    .split(/\r?\n/)
    .map((line) => `${arrow} ${line}\n`)
    .join('');
}

/** Where it was made from, and to which address; the first is not known of what was refused at once. */
export function connectedText({ local, remote }: ConnectedLine): string {
  return `${local ?? ''} → ${remote}\n`.trimStart();
}

/** Tells an answer as lines: whole where it ends by itself, in chunks where it is a stream. */
import type { LiveLine } from './lines.ts';
import type { ProxiedAnswer } from './proxied-request.ts';

export interface AnswerLimits {
  /** A stream has no end of its own: it is cut after so long, and its body comes in chunks. */
  readonly streamMs?: number | undefined;
  readonly maxBytes: number;
}

/** Resolves with whether the body was cut. Rejects when the connection breaks before its end. */
export async function sendAnswer(
  answer: ProxiedAnswer,
  { streamMs, maxBytes }: AnswerLimits,
  send: (line: LiveLine) => void,
): Promise<{ isCut: boolean }> {
  const { status, headers } = answer;
  const isStream = streamMs !== undefined;
  if (isStream) send({ type: 'answer', status, headers, body: null });

  const cut = new AbortController();
  cut.signal.addEventListener('abort', () => answer.body.destroy());
  let text = '';
  let sizeBytes = 0;
  const timer = isStream ? setTimeout(() => cut.abort(), streamMs) : undefined;
  try {
    const decoder = new TextDecoder();
    for await (const bytes of answer.body as AsyncIterable<Buffer>) {
      const room = maxBytes - sizeBytes;
      const piece = decoder.decode(bytes.subarray(0, room), { stream: true });
      sizeBytes += bytes.length;
      if (isStream && piece !== '') send({ type: 'chunk', text: piece });
      else text += piece;
      if (sizeBytes > maxBytes) cut.abort();
    }
  } catch (error) {
    if (!cut.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  if (!isStream) send({ type: 'answer', status, headers, body: text });
  return { isCut: cut.signal.aborted };
}

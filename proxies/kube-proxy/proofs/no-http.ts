/**
 * Bytes that are no HTTP, and HTTP that no HTTP proxy would take, come to a Service and back as they are; and
 * all requests of one connection go to one pod. Refuted by an HTTP proxy in its place.
 */
import { fileURLToPath } from 'node:url';
import { defineProof, type Laboratory, type Notebook } from '../../kit/proof.ts';
import { noHttpClaim } from '../facts/claims.ts';
import type { RawAnswers, RawQuestions } from './raw-client.ts';
import { addressOf, patienceMs, runningLab } from './running-lab.ts';

const { requests } = noHttpClaim.values;
const program = fileURLToPath(new URL('raw-client.ts', import.meta.url));

/** Every byte there is, and line ends of every kind. */
const noHttp = `${String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte))}\r\n\n\r\r\n`;
const requestLine = 'GET /hello HTTP/1.1';
/** HTTP/1.1 demands a `Host` (RFC 9112, section 3.2). */
const hostless = `${requestLine}\r\nX-Whose: mine\r\n\r\n`;
const kept = Array.from({ length: requests }, (_, index) => {
  const connection = index === requests - 1 ? 'close' : 'keep-alive';
  return `GET /${index}?format=raw HTTP/1.1\r\nHost: catalog\r\nConnection: ${connection}\r\n\r\n`;
}).join('');

export const noHttpInTheWay = defineProof({
  claimed: (laboratory) => world(laboratory, false),
  refuted: (laboratory) => world(laboratory, true),
  probe: async ({ machines, echo, web, isThroughHttpProxy }, notebook: Notebook) => {
    const questions: RawQuestions = {
      isThroughHttpProxy,
      timeoutMs: patienceMs,
      questions: [
        { ...echo, send: toBase64(noHttp) },
        { ...echo, send: toBase64(hostless) },
        { ...web, send: toBase64(kept) },
      ],
    };
    const argv = [process.execPath, '--no-warnings', program];
    const input = JSON.stringify(questions);
    const { status, stdout, stderr } = await machines.run(machines.inside, argv, input);
    if (status !== 0) throw new Error(stderr);
    const { answers } = JSON.parse(stdout) as RawAnswers;
    const [bytes = '', echoed = '', answered = ''] = answers.map(fromBase64);

    const service = 'platform/echo';
    notebook.check(bytes === noHttp, 'bytes', {
      service,
      sizeBytes: noHttp.length,
      answer: beginning(bytes),
    });
    notebook.check(echoed === hostless, 'hostless', {
      service,
      request: requestLine,
      answer: beginning(echoed),
    });
    const tellers = [...answered.matchAll(/^\[(\S+) \S+ tls=no\]$/gm)].map(([, name = '']) => name);
    const pods = [...new Set(tellers)];
    notebook.check(tellers.length === requests && pods.length === 1, 'one-pod', {
      requests,
      pod: pods[0] ?? '',
      pods,
    });
  },
});

async function world(laboratory: Laboratory, isThroughHttpProxy: boolean) {
  const lab = await runningLab(laboratory);
  return {
    ...lab,
    echo: addressOf(lab, 'platform/echo:tcp'),
    web: addressOf(lab, 'shop/catalog'),
    isThroughHttpProxy,
  };
}

/** A character is a byte. */
function toBase64(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

function beginning(answer: string): string {
  return answer.slice(0, 24).replace(/[^ -~]/g, '·');
}

/** `pods/log` from the kubelet, passed on as it comes. */
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from '../../../proxies/kit/http/node-http.ts';
import type { Call } from '../handlers/call.ts';
import { badRequest, internalError, StatusError } from '../status.ts';
import { answerBegins } from './answer-begins.ts';
import { hostPort, type KubeletAddress, type Kubelets } from './kubelets.ts';
import { locate } from './location.ts';
import { checkLogOptions } from './log-options.ts';
import { kubeletOf, podOf } from './pod-container.ts';

/** What upstream reads of a kubelet's refusal. */
const longestRefusal = 2048;

export async function log(call: Call): Promise<null> {
  const { info, kubelets, response, signal } = call;
  checkLogOptions(info.query, info.name);
  const pod = await podOf(call);
  const path = locate('log', pod, info.query);
  const address = await kubeletOf(pod, call);
  if (!address) {
    // A pod that is nowhere yet has written nothing.
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end('');
    return null;
  }
  const answer = await ask(kubelets, address, path, signal);
  const status = answer.statusCode ?? 500;
  if (status < 200 || status > 206) throw refusal(status, await textOf(answer), info.name);
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  response.flushHeaders?.();
  const leave = () => answer.destroy();
  signal.addEventListener('abort', leave, { once: true });
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (response.write(chunk)) continue;
      await new Promise<void>((resolve) => {
        response.once('drain', resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  } catch {
    // The kubelet broke off, or the client has gone: what came is all there is.
  }
  signal.removeEventListener('abort', leave);
  response.end('');
  return null;
}

async function ask(
  kubelets: Kubelets,
  address: KubeletAddress,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = `https://${hostPort(address)}${path}`;
  try {
    const socket = await kubelets.dial(address, signal);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = httpRequest({
      createConnection: () => socket,
      path,
      headers: { Host: hostPort(address), Connection: 'close' },
    });
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
    try {
      return await answerBegins(promise, signal);
    } catch (error) {
      sent.destroy();
      throw error;
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StatusError(500, undefined, `Get "${url}": ${message}`);
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8', 0, longestRefusal);
}

/** Upstream's GenericHttpResponseChecker. */
function refusal(status: number, text: string, podName: string): StatusError {
  if (status === 400) return badRequest(text);
  if (status !== 404) return internalError(text);
  const details = { name: podName, kind: 'pods' };
  const message = `the server could not find the requested resource ( pods/log ${podName})`;
  return new StatusError(404, 'NotFound', message, details);
}

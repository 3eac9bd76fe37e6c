/** The two clients of the experiment: one asks over a new connection each time, the other holds a watch. */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { introduce, type RunningProxy } from './running-proxy.ts';

export interface ApiserverClient {
  /** Resolves with the apiserver that has answered, where that is known. @throws Error when none has */
  ask(): Promise<string | null>;
  /** Resolves once the watch is open, with its end to wait for. @throws Error when it does not open */
  watch(): Promise<{ readonly apiserver: string | null; readonly ended: Promise<void> }>;
}

/** Whatever is asked must be there for any reader. */
const asked = '/version';
const watched = '/api/v1/namespaces/default/configmaps?watch=true';
const patienceMs = 5_000;

export function createApiserverClient(
  proxy: RunningProxy,
  whereIs: (source: string) => Promise<string | null>,
  signal: AbortSignal,
): ApiserverClient {
  const { headers, tls } = introduce(proxy);
  const common = { host: proxy.hostname, port: proxy.port, headers, signal, ...tls };

  const send = async (path: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const late = setTimeout(() => request.destroy(new Error('not answered in time')), patienceMs);
    const agent = new Agent({ keepAlive: true });
    const request = httpsRequest({ ...common, path, agent }, resolve);
    request.on('error', reject);
    request.end();
    try {
      const response = await promise;
      response.on('error', () => undefined);
      const ended = new Promise<void>((resolve) => response.once('close', resolve));
      if (response.statusCode !== 200) throw new Error(String(response.statusCode));
      const { localAddress = '', localPort = 0 } = response.socket;
      const apiserver = await whereIs(`${localAddress}:${localPort}`);
      return { response, apiserver, ended, [Symbol.dispose]: () => agent.destroy() };
    } catch (error) {
      agent.destroy();
      throw error;
    } finally {
      clearTimeout(late);
    }
  };

  return {
    ask: async () => {
      using answer = await send(asked);
      return answer.apiserver;
    },
    watch: async () => {
      const opened = await send(watched);
      const { response, apiserver, ended } = opened;
      response.resume();
      void ended.then(() => opened[Symbol.dispose]());
      return { apiserver, ended };
    },
  };
}

/** For tests: an apiserver that says exactly what it is told, over plain TCP. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { startScriptedServer } from '../kit/testing/scripted-server.ts';
import type { ScriptedRequest, ScriptedServer } from '../kit/testing/scripted-server.ts';
import type { HeaderLine, Upstream } from '../kit/upstream.ts';

export interface ScriptedUpstream extends ScriptedServer {
  readonly upstream: Upstream;
}

export async function startScriptedUpstream(
  answer: (request: ScriptedRequest) => unknown,
  options: { readonly credentials?: readonly HeaderLine[]; readonly path?: string } = {},
): Promise<ScriptedUpstream> {
  const server = await startScriptedServer(answer);
  const { port } = server;
  const upstream: Upstream = {
    server: {
      isTls: false,
      hostname: '127.0.0.1',
      port,
      authority: `127.0.0.1:${port}`,
      path: options.path ?? '',
    },
    isCompressionEnabled: true,
    generation: 0,
    connect: async ({ onread, signal } = {}) => {
      const socket = connect({ host: '127.0.0.1', port, ...(onread && { onread }) });
      await once(socket, 'connect', signal === undefined ? {} : { signal });
      return socket;
    },
    credentials: () => options.credentials ?? [['Authorization', 'Bearer secret']],
    credentialsRefused: () => undefined,
  };
  return Object.assign(server, { upstream });
}

/** The paths of the kubelet's port that become streams: exec, attach and port-forward. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { attach } from '../attach.ts';
import { readWanted, type Outcome, type RemoteCommand } from '../streams/remote-command.ts';
import { acceptSpdyCommand } from '../streams/spdy-remote-command.ts';
import { portForwardProtocol, servePortForward } from '../streams/spdy-port-forward.ts';
import { negotiate, switchToSpdy, wantsSpdy } from '../streams/spdy-upgrade.ts';
import { wantsWebSocket } from '../streams/websocket-upgrade.ts';
import { HttpProblem } from './http-problem.ts';
import { demandPod, demandRunning, type NodeFacts } from './node-facts.ts';

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly query: URLSearchParams;
  readonly segments: readonly string[];
  readonly facts: NodeFacts;
}

const routes: Readonly<Record<string, (upgrade: Upgrade) => Promise<void>>> = {
  exec: serveExec,
  attach: serveAttach,
  portForward: serveForward,
};

/** @throws HttpProblem before the connection has been switched */
export async function answerUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: NodeFacts,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const [first = ''] = segments;
  const route = Object.hasOwn(routes, first) ? routes[first] : undefined;
  if (!route) throw new HttpProblem(404, '404 page not found\n');
  if (!wantsSpdy(request) && !wantsWebSocket(request)) {
    throw new HttpProblem(400, 'unable to upgrade: missing upgrade headers in request');
  }
  await route({ request, socket, head, query: url.searchParams, segments, facts });
}

async function serveExec(upgrade: Upgrade): Promise<void> {
  const { query, segments, facts } = upgrade;
  const [, namespace = '', podName = '', ...rest] = segments;
  const worker = demandPod(facts, namespace, podName);
  // `/exec/<namespace>/<pod>/<uid>/<container>` is an older spelling.
  const container = demandRunning(worker, rest.at(-1) ?? '');
  const command = query.getAll('command');
  const remote = await acceptCommand(upgrade);
  const outcome = await facts.executions.run(worker, container, command, remote.streams).then(
    (exitCode): Outcome => ({ exitCode }),
    (error: unknown): Outcome => ({
      error: `error executing command in container: ${messageOf(error)}`,
    }),
  );
  await remote.finish(outcome);
}

async function serveAttach(upgrade: Upgrade): Promise<void> {
  const { segments, facts } = upgrade;
  const [, namespace = '', podName = '', ...rest] = segments;
  const container = demandRunning(demandPod(facts, namespace, podName), rest.at(-1) ?? '');
  const remote = await acceptCommand(upgrade);
  await attach(container, remote.streams);
  await remote.finish({ exitCode: 0 });
}

async function acceptCommand(upgrade: Upgrade): Promise<RemoteCommand> {
  const { request, socket, head, query } = upgrade;
  const wanted = wantedOf(query);
  if (wantsSpdy(request)) return acceptSpdyCommand(request, socket, head, wanted);
  const { acceptWebSocketCommand } = await import('../streams/websocket-remote-command.ts');
  return acceptWebSocketCommand(request, socket, head, wanted);
}

function wantedOf(query: URLSearchParams) {
  try {
    return readWanted(query);
  } catch (error) {
    throw new HttpProblem(400, messageOf(error));
  }
}

async function serveForward({ request, socket, head, segments, facts }: Upgrade): Promise<void> {
  const [, namespace = '', podName = ''] = segments;
  const worker = demandPod(facts, namespace, podName);
  const [address] = worker.podIPs;
  if (address === undefined) throw new HttpProblem(500, 'pod has no address yet');
  const { uid = '' } = worker.pod.metadata;
  const ending = new AbortController();
  void worker.gone.then(() => ending.abort());
  const target = { address, podName, uid, signal: ending.signal };
  if (wantsSpdy(request)) {
    switchToSpdy(socket, negotiate(request, [portForwardProtocol]) || portForwardProtocol);
    await servePortForward(socket, head, target);
    return;
  }
  const { acceptTunnel } = await import('../streams/websocket-tunnel.ts');
  await servePortForward(await acceptTunnel(request, socket, head), Buffer.alloc(0), target);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * `websocket`: echoes each message as it came, text or binary, and answers pings.
 *
 * The first subprotocol that is offered is taken. `/close-4001?reason=…` closes with this code after the
 * first message, `/drop` cuts the connection then; `/ping-500` pings every 500 ms; `/facts` first sends
 * what reached it. An upgrade to another protocol is taken and echoed raw; no upgrade is answered 426.
 */
import { WebSocketServer, type WebSocket } from 'ws';
import { always } from './http/answers.ts';
import { lastSegment, type Upgrade } from './http/exchange.ts';
import { healthRoutes } from './http/health.ts';
import { takeRawUpgrade } from './http/raw-upgrade.ts';
import { serveHttp } from './http/serve.ts';
import type { StartWorkload } from './workload.ts';

export const start: StartWorkload = async (context) => {
  const { workload } = await serveHttp(context, {
    routes: healthRoutes,
    otherwise: upgradeRequired,
    upgrade: { wants: () => true, take: takeUpgrade },
  });
  return workload;
};

const upgradeRequired = always({
  status: 426,
  headers: { Upgrade: 'websocket', Connection: 'Upgrade', 'Content-Type': 'text/plain' },
  body: 'Upgrade Required\n',
});

/** A closing code for a server that goes away (RFC 6455, 7.4.1). */
const goingAway = 1001;

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: true,
  maxPayload: 64 * 1024 * 1024,
  handleProtocols: (offered) => [...offered][0] ?? false,
});

function takeUpgrade(upgrade: Upgrade): void {
  const { request, socket, head } = upgrade;
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    takeRawUpgrade(upgrade);
    return;
  }
  server.handleUpgrade(request, socket, head, (webSocket) => converse(webSocket, upgrade));
}

/** What a connection does besides echoing, by the name that starts its path's last segment. */
const manners: Readonly<
  Record<string, (webSocket: WebSocket, upgrade: Upgrade, parameter: string) => void>
> = {
  close: (webSocket, { request }, parameter) => {
    const [, query] = request.url?.split('?') ?? [];
    const reason = new URLSearchParams(query).get('reason') ?? '';
    webSocket.once('message', () => webSocket.close(closingCode(parameter), closingReason(reason)));
  },
  drop: (webSocket) => webSocket.once('message', () => webSocket.terminate()),
  ping: (webSocket, _, parameter) => {
    const timer = setInterval(() => webSocket.ping('ping'), Number(parameter) || 1000);
    webSocket.once('close', () => clearInterval(timer));
  },
  facts: (webSocket, { request, context }) => {
    const { url: target, rawHeaders, socket } = request;
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    const client = { address: remoteAddress, port: remotePort };
    const own = { address: localAddress, port: localPort };
    const { protocol } = webSocket;
    const { name: pod, nodeName: node } = context.pod;
    webSocket.send(
      JSON.stringify({ target, rawHeaders, client, server: own, protocol, pod, node }),
    );
  },
};

/** RFC 6455, 7.4.2: what a client may be told; anything else would throw. */
function closingCode(parameter: string): number {
  const code = Number(parameter);
  const isOwn = Number.isInteger(code) && code >= 3000 && code <= 4999;
  const isStandard = [1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014].includes(code);
  return isOwn || isStandard ? code : 1000;
}

/** What a closing frame has room for. */
const longestReasonBytes = 123;

function closingReason(reason: string): string {
  return Buffer.byteLength(reason) > longestReasonBytes ? '' : reason;
}

function converse(webSocket: WebSocket, upgrade: Upgrade): void {
  const { request, context, stopping } = upgrade;
  const segment = lastSegment(request.url?.split('?')[0] ?? '');
  const [name = '', parameter = ''] = segment.split('-');
  const leave = () => webSocket.close(goingAway, 'the pod is being terminated');

  webSocket.on('error', (error) => context.log(`websocket: ${error.message}`));
  webSocket.on('close', (code) => {
    stopping.removeEventListener('abort', leave);
    context.log(`${request.socket.remoteAddress ?? '-'} websocket closed ${code}`);
  });
  webSocket.on('message', (data: Buffer, isBinary: boolean) => {
    webSocket.send(data, { binary: isBinary });
  });
  stopping.addEventListener('abort', leave);
  if (Object.hasOwn(manners, name)) manners[name]?.(webSocket, upgrade, parameter);
}

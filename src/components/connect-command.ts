/** An example below HTTP as a command that a reader can paste. */
import type { TransportExample } from '../../proxies/descriptor.ts';
import { quote } from './quote.ts';

/** The pod that connects: the same as behind the button. */
const pod = 'web-0';

/**
 * From a pod by the Service's name; from outside the reader brings `$NODE` and `$NODE_PORT`, or the `$ADDRESS` of the
 * load balancer.
 *
 * @example connectCommand({ request: { from: 'pod', service: 'platform/echo', port: 7, … } })
 * // "printf 'Hello\\n' | kubectl exec -i web-0 -- nc echo.platform 7"
 */
export function connectCommand({ request }: TransportExample): string {
  const { protocol, from, service, port, through, messages, connections } = request;
  const [namespace = '', name = ''] = service.split('/');
  const to = {
    ClusterIP: `${name}.${namespace} ${port}`,
    NodePort: '"$NODE" "$NODE_PORT"',
    LoadBalancer: `"$ADDRESS" ${port}`,
  };
  const client = `${clients[protocol]} ${to[through]}`;
  const said = `printf ${quote(messages.map(withLineEnd).map(escaped).join(''))}`;
  if (from !== 'pod') return `${said} | ${client}`;
  if (connections === 1) {
    return `${said} | kubectl exec -i ${pod} -- ${client}`;
  }
  const loop = `for i in $(seq ${connections}); do ${said.replaceAll("'", '"')} | ${client}; done`;
  return `kubectl exec ${pod} -- sh -c \\\n  ${quote(loop)}`;
}

/** As they are found in most images; that of SCTP is nmap's. */
const clients = { tcp: 'nc', udp: 'nc -u -w 1', sctp: 'ncat --sctp' } as const;

function withLineEnd(message: string): string {
  return message.endsWith('\n') ? message : `${message}\n`;
}

/** As `printf` reads it. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('%', '%%')
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\n', String.raw`\n`);
}

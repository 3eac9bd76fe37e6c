/** What reached a server, for people. */
import type { Received } from './received.ts';

export function asText(received: Received): string {
  const { pod, client, server, tls, headers, trailers, body } = received;
  const facts = [
    ['Pod', `${pod.namespace}/${pod.name} on ${pod.node}`],
    ['Address', endpoint(server)],
    ['Client', endpoint(client)],
    ['TLS', tls ? `${tls.protocol}, ${tls.cipher}` : 'no'],
    ...(tls
      ? [
          ['Server name', tls.serverName ?? 'none'],
          ['Client certificate', tls.clientCertificate?.subject.replaceAll('\n', ', ') ?? 'none'],
        ]
      : []),
  ];
  const shown = body.text ?? body.base64 ?? '';
  return [
    ...facts.map(([name, value]) => `${name}: ${value}`),
    '',
    `${received.method} ${received.target} HTTP/${received.httpVersion}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    ...(body.sizeBytes > 0 ? [shown, ''] : []),
    ...(body.isTruncated ? [`(${body.sizeBytes} bytes in all)`, ''] : []),
    ...trailers.map(([name, value]) => `${name}: ${value}`),
  ]
    .join('\n')
    .trimEnd();
}

function endpoint({ address, port }: Received['client']): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

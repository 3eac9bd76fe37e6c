/** Compares what the backend says it received: the request line, the headers as a set, the body. */
import { differ } from './differ.ts';

interface Echo {
  readonly server: string;
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
}

export function isEcho(body: string): boolean {
  return /^\[\S+(?: \S+)?:\d+ tls=/.test(body);
}

export function compareEcho(expected: string, actual: string): string[] {
  const want = readEcho(expected);
  const got = readEcho(actual);
  return [
    ...differ('server', want.server, got.server),
    ...differ('request line', want.line, got.line),
    ...want.headers
      .filter((header) => !got.headers.includes(header))
      .map((header) => `header ${JSON.stringify(header)}: recorded, and did not arrive`),
    ...got.headers
      .filter((header) => !want.headers.includes(header))
      .map((header) => `header ${JSON.stringify(header)}: arrived, and was not recorded`),
    ...differ('number of headers', want.headers.length, got.headers.length),
    ...differ('order of repeated headers', repeated(want.headers), repeated(got.headers)),
    ...differ('received body', want.body, got.body),
  ];
}

function readEcho(echo: string): Echo {
  const [head = '', ...rest] = echo.replaceAll('\r\n', '\n').split('\n\n');
  const [server = '', line = '', ...headers] = head.trimEnd().split('\n');
  return {
    server: readServer(server),
    line,
    headers: headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase())),
    body: rest.join('\n\n').trimEnd(),
  };
}

/** Python and Node show a certificate's subject each in its own way. */
function readServer(server: string): string {
  return server.replace(/client-cert=(.*)\]$/, (_, subject: string) => {
    const names = [
      /'organizationName', '([^']*)'|\bO=([^,]*)/,
      /'commonName', '([^']*)'|\bCN=([^,]*)/,
    ].map((name) => {
      const [, python, node] = name.exec(subject) ?? [];
      return python ?? node ?? 'None';
    });
    return `client-cert=${names.join('/')}]`;
  });
}

/** Values of one name keep their order; names among each other need not. */
function repeated(headers: readonly string[]): readonly string[] {
  const byName = Map.groupBy(headers, (header) => header.split(':')[0]);
  return [...byName.values()].filter(({ length }) => length > 1).flat();
}

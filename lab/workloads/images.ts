/** The images of the lab: what can be named in a container's `image`, and the program behind it. */
import type { StartWorkload } from './workload.ts';

export interface Image {
  /** What it answers, in a line. */
  readonly description: string;
  /** Loads the program when it is first run: a node holds only what it runs. */
  readonly start: StartWorkload;
}

/** Where the images of the lab would be pulled from. */
export const registry = 'registry.example/hop-by-hop';

/** By the name that follows the registry. */
export const images: ReadonlyMap<string, Image> = new Map([
  image(
    'backend',
    'HTTP: every answer of the HTTP images, chosen by the path; anything else comes back raw',
    () => import('./backend.ts'),
  ),
  image('big', 'HTTP: answers with 1 GiB, made while it is read', () => import('./big.ts')),
  image(
    'crash',
    'HTTP: an echo that falls after a time, or when it is told to',
    () => import('./crash.ts'),
  ),
  image('dns', 'DNS: the names below cluster.local', () => import('./dns.ts')),
  image(
    'echo',
    'HTTP: shows the request that reached it, as JSON or text',
    () => import('./echo.ts'),
  ),
  image(
    'events',
    'HTTP: server-sent events that go on where the client left',
    () => import('./events.ts'),
  ),
  image('exit', 'Ends after a time with an exit code, like a job', () => import('./exit.ts')),
  image(
    'failing',
    'HTTP: errors, cut and reset connections, answers that are not HTTP',
    () => import('./failing.ts'),
  ),
  image('flaky', 'HTTP: an echo whose readiness can be turned', () => import('./flaky.ts')),
  image('html', 'HTTP: pages with every kind of link', () => import('./html.ts')),
  image(
    'https',
    'HTTPS: the echo behind a self-signed certificate, shows a client certificate',
    () => import('./https.ts'),
  ),
  image('lines', 'TCP: a line protocol that tells who talks to whom', () => import('./lines.ts')),
  image('pause', 'Does nothing until it is told to end', () => import('./pause.ts')),
  image('redirects', 'HTTP: redirects of every kind', () => import('./redirects.ts')),
  image(
    'sctp-echo',
    'SCTP: sends back every message, tells the sender on demand',
    () => import('./sctp-echo.ts'),
  ),
  image('slow', 'HTTP: answers late, in drops, or never', () => import('./slow.ts')),
  image('tcp-echo', 'TCP: sends back every byte', () => import('./tcp-echo.ts')),
  image(
    'udp-echo',
    'UDP: sends back every datagram, tells the sender on demand',
    () => import('./udp-echo.ts'),
  ),
  image(
    'websocket',
    'WebSocket: echoes messages; other upgrades are echoed raw',
    () => import('./websocket.ts'),
  ),
]);

/**
 * The program of an image reference, whatever its tag or digest; undefined where nobody could pull it.
 *
 * @example findImage('registry.example/hop-by-hop/echo:1.4.0') // starts `echo`
 * @example findImage('nginx:1.29') // undefined
 */
export function findImage(reference: string): StartWorkload | undefined {
  const [, name = ''] = referenceFormat.exec(reference) ?? [];
  return images.get(name)?.start;
}

/** `registry.example/hop-by-hop/<name>[:tag][@digest]` */
const referenceFormat = new RegExp(
  `^${registry.replaceAll('.', '\\.')}/([a-z0-9-]+)(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

function image(
  name: string,
  description: string,
  load: () => Promise<{ readonly start: StartWorkload }>,
): readonly [string, Image] {
  const start: StartWorkload = async (context) => (await load()).start(context);
  return [name, { description, start }];
}

/** The paths of the kubelet's port that answer with a document. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerContainerLogs } from './container-logs.ts';
import { HttpProblem } from './http-problem.ts';
import { metricsText, statsSummary } from './metrics.ts';
import type { NodeFacts } from './node-facts.ts';

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The path's segments, decoded. */
  readonly segments: readonly string[];
  readonly facts: NodeFacts;
}

/** By the first segment of the path. */
const routes: Readonly<Record<string, (visit: Visit) => Promise<void> | void>> = {
  healthz: (visit) => text(visit, 'ok'),
  pods: (visit) => json(visit, podList(visit.facts)),
  logs: nodeLogs,
  containerLogs: (visit) => answerContainerLogs(visit),
  run: async (visit) => {
    const { answerRun } = await import('./run.ts');
    await answerRun(visit);
  },
  exec: refuseWithoutUpgrade,
  attach: refuseWithoutUpgrade,
  portForward: refuseWithoutUpgrade,
  stats: (visit) => {
    if (visit.segments[1] !== 'summary') throw notFound();
    json(visit, statsSummary(visit.facts));
  },
  metrics: (visit) => text(visit, metricsText(visit.facts), 'text/plain; version=0.0.4'),
};

export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  facts: NodeFacts,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const [first = ''] = segments;
  const route = Object.hasOwn(routes, first) ? routes[first] : undefined;
  if (!route) throw notFound();
  await route({ request, response, url, segments, facts });
}

function notFound(): HttpProblem {
  return new HttpProblem(404, '404 page not found\n');
}

function refuseWithoutUpgrade(): never {
  throw new HttpProblem(400, 'Upgrade request required');
}

function text({ response }: Visit, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(200, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }).end(body);
}

function json({ response }: Visit, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function podList({ pods }: NodeFacts): object {
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: pods.list().map((worker) => ({ ...worker.pod, status: worker.status() })),
  };
}

/** A directory listing, as Go's file server writes it, or one of its files. */
function nodeLogs(visit: Visit): void {
  const { segments, facts, response } = visit;
  const [, name] = segments;
  if (name === undefined) {
    response.writeHead(301, { Location: 'logs/' }).end();
  } else if (name === '') {
    const lines = [...facts.logs.keys()].sort().map((file) => `<a href="${file}">${file}</a>\n`);
    const page = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines.join('')}</pre>\n`;
    text(visit, page, 'text/html; charset=utf-8');
  } else {
    const read = facts.logs.get(name);
    if (!read || segments.length > 2) throw notFound();
    text(visit, read());
  }
}

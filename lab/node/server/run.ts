/** `/run/<namespace>/<pod>/<container>?cmd=…`: a command without streams, and what it wrote. */
import type { ServerResponse } from 'node:http';
import { capture } from '../executions.ts';
import { demandPod, demandRunning, type NodeFacts } from './node-facts.ts';

interface RunVisit {
  readonly response: ServerResponse;
  readonly url: URL;
  readonly segments: readonly string[];
  readonly facts: NodeFacts;
}

export async function answerRun({ response, url, segments, facts }: RunVisit): Promise<void> {
  const [, namespace = '', podName = '', name = ''] = segments;
  const worker = demandPod(facts, namespace, podName);
  const container = demandRunning(worker, name);
  const command = (url.searchParams.get('cmd') ?? '').split(' ').filter((word) => word !== '');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { output } = await capture(facts.executions, worker, container, command, gone.signal);
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(output);
}

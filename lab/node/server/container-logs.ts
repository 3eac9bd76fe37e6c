/** `/containerLogs/<namespace>/<pod>/<container>`: what a container wrote, and what it writes from now on. */
import type { ServerResponse } from 'node:http';
import type { Container } from '../pods/container.ts';
import type { ContainerLog, LogLine } from '../pods/container-log.ts';
import { HttpProblem } from './http-problem.ts';
import { demandPod, type NodeFacts } from './node-facts.ts';

interface LogVisit {
  readonly response: ServerResponse;
  readonly url: URL;
  readonly segments: readonly string[];
  readonly facts: NodeFacts;
}

interface LogOptions {
  readonly isFollowing: boolean;
  readonly isTimed: boolean;
  readonly isPrevious: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Lines from this time on, in milliseconds. */
  readonly sinceMs: number | undefined;
}

/** A reader who does not read is let go of: the log goes on without them. */
const longestQueueBytes = 4 * 1024 * 1024;

export async function answerContainerLogs({
  response,
  url,
  segments,
  facts,
}: LogVisit): Promise<void> {
  const [, namespace = '', podName = '', name = ''] = segments;
  const worker = facts.pods.find(namespace, podName);
  if (!worker) {
    throw new HttpProblem(404, `pod "${podName}" not found\n`);
  }
  const { spec } = demandPod(facts, namespace, podName).pod;
  const isKnown = [...(spec.initContainers ?? []), ...spec.containers].some(
    (one) => one.name === name,
  );
  if (!isKnown) {
    throw new HttpProblem(404, `container "${name}" not found in pod "${podName}"\n`);
  }
  const options = readOptions(url.searchParams);
  const log = demandLog(worker.containers.get(name), name, podName, options.isPrevious);
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Transfer-Encoding': 'chunked' });
  response.flushHeaders();
  const write = limitedWriter(response, options);
  for (const line of chosen(log.lines(), options)) write(line);
  if (!options.isFollowing) {
    response.end();
    return;
  }
  const following = log.follow(write, () => response.end());
  response.once('close', () => following[Symbol.dispose]());
}

/** @throws HttpProblem 400, as a kubelet says that there is no log */
function demandLog(
  container: Container | undefined,
  name: string,
  podName: string,
  isPrevious: boolean,
): ContainerLog {
  if (isPrevious) {
    if (container?.previousLog) return container.previousLog;
    const message = `previous terminated container "${name}" in pod "${podName}" not found`;
    throw new HttpProblem(400, message);
  }
  if (container?.log) return container.log;
  const state = container?.status.state;
  const reason = state && 'waiting' in state ? state.waiting.reason : 'ContainerCreating';
  const because =
    reason.startsWith('Err') || reason.includes('BackOff')
      ? `trying and failing to pull image`
      : `waiting to start: ${reason}`;
  throw new HttpProblem(400, `container "${name}" in pod "${podName}" is ${because}`);
}

function readOptions(query: URLSearchParams): LogOptions {
  const number = (name: string) => {
    const text = query.get(name);
    return text === null || text === '' ? undefined : Number(text);
  };
  const flag = (name: string) => ['true', '1'].includes(query.get(name) ?? '');
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  return {
    isFollowing: flag('follow'),
    isTimed: flag('timestamps'),
    isPrevious: flag('previous'),
    tailLines: number('tailLines'),
    limitBytes: number('limitBytes'),
    sinceMs:
      sinceSeconds === undefined
        ? sinceTime
          ? Date.parse(sinceTime)
          : undefined
        : Date.now() - sinceSeconds * 1000,
  };
}

function chosen(lines: readonly LogLine[], { sinceMs, tailLines }: LogOptions): readonly LogLine[] {
  const recent =
    sinceMs === undefined ? lines : lines.filter(({ time }) => Date.parse(time) >= sinceMs);
  if (tailLines === undefined) return recent;
  return tailLines === 0 ? [] : recent.slice(-tailLines);
}

function limitedWriter(
  response: ServerResponse,
  { isTimed, limitBytes = Infinity }: LogOptions,
): (line: LogLine) => void {
  let left = limitBytes;
  return ({ time, text }) => {
    if (left <= 0) return;
    const bytes = Buffer.from(`${isTimed ? `${time} ` : ''}${text}\n`);
    response.write(bytes.length > left ? bytes.subarray(0, left) : bytes);
    left -= bytes.length;
    if (left <= 0) response.end();
    if (response.writableLength > longestQueueBytes) response.destroy();
  };
}

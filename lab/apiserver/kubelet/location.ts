/** From the apiserver's paths and query to the kubelet's, as upstream's pod strategy translates them. */
import type { ApiObject } from '../api-object.ts';
import { isTrue } from '../../../proxies/kit/apiserver/request-info.ts';
import { containerOf } from './pod-container.ts';

/** @example locate('exec', pod, query) // '/exec/default/web-0/web?command=date&output=1' */
export function locate(subresource: string, pod: ApiObject, query: URLSearchParams): string {
  const { name, namespace = '' } = pod.metadata;
  const place = `${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
  if (subresource === 'portforward') {
    return withQuery(`/portForward/${place}`, new URLSearchParams(portsOf(query)));
  }
  const container = encodeURIComponent(containerOf(pod, query.get('container') ?? ''));
  if (subresource === 'log') {
    return withQuery(`/containerLogs/${place}/${container}`, logParameters(query));
  }
  return withQuery(`/${subresource}/${place}/${container}`, streamParameters(query));
}

/** The kubelet's names for the streams that a client asks for. */
const streamNames = { stdin: 'input', stdout: 'output', stderr: 'error', tty: 'tty' } as const;

function streamParameters(query: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const command of query.getAll('command')) parameters.append('command', command);
  for (const [name, kubeletName] of Object.entries(streamNames)) {
    if (isTrue(query.get(name))) parameters.append(kubeletName, '1');
  }
  return parameters;
}

function portsOf(query: URLSearchParams): Readonly<Record<string, string>> {
  const ports = query.getAll('ports');
  return ports.length === 0 ? {} : { port: ports.join(',') };
}

const logFlags = ['follow', 'previous', 'timestamps'];
const logValues = ['sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes'];

function logParameters(query: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const name of logFlags) if (isTrue(query.get(name))) parameters.append(name, 'true');
  for (const name of logValues) {
    const value = query.get(name);
    if (value !== null && value !== '') parameters.append(name, value);
  }
  return parameters;
}

function withQuery(path: string, parameters: URLSearchParams): string {
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}

/** An APIService, read: which group and version it claims, and how its server is reached and known. */
import type { ForwardTls } from '../../../proxies/apiserver-proxy/forward-call.ts';
import { at, listAt, numberAt, textAt, type ApiObject } from '../api-object.ts';
import { keyPrefix } from '../registry.ts';

export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface ApiService {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: ServiceReference;
  readonly tls: ForwardTls;
  readonly groupPriorityMinimum: number;
  readonly versionPriority: number;
}

/** `--proxy-client-cert-file` and `--proxy-client-key-file`, their contents. */
export interface ProxyClient {
  readonly certificate: string;
  readonly key: string;
}

export const apiServicesPrefix = keyPrefix({
  group: 'apiregistration.k8s.io',
  plural: 'apiservices',
  namespaced: false,
});

/** Undefined for an APIService that names no Service: this apiserver itself answers. */
export function readApiService(
  { metadata, spec }: ApiObject,
  client: ProxyClient | undefined,
): ApiService | undefined {
  if (at(spec, 'service') === undefined) return undefined;
  const [namespace, name] = [textAt(spec, 'service', 'namespace'), textAt(spec, 'service', 'name')];
  const bundle = textAt(spec, 'caBundle');
  return {
    name: metadata.name,
    group: textAt(spec, 'group'),
    version: textAt(spec, 'version'),
    service: { namespace, name, port: numberAt(spec, 'service', 'port') },
    tls: {
      serverName: `${name}.${namespace}.svc`,
      authority: bundle === '' ? undefined : Buffer.from(bundle, 'base64').toString(),
      isUnverified: at(spec, 'insecureSkipTLSVerify') === true,
      client,
    },
    groupPriorityMinimum: numberAt(spec, 'groupPriorityMinimum'),
    versionPriority: numberAt(spec, 'versionPriority'),
  };
}

/** What its status says: only a server that is available is asked. */
export function isAvailable(apiService: ApiObject): boolean {
  return listAt(apiService, 'status', 'conditions').some(
    (condition) =>
      textAt(condition, 'type') === 'Available' && textAt(condition, 'status') === 'True',
  );
}

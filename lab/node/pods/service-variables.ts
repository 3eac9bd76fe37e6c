/** Services as a container finds them in its environment (upstream: `envvars.FromServices`). */
import type { KubeObject } from '../../../proxies/kit/api/api-client.ts';
import type { Environment } from './environment.ts';
import type { Pod } from './pod.ts';

export interface Service extends KubeObject {
  readonly spec: {
    readonly clusterIP?: string;
    readonly ports?: readonly {
      readonly name?: string;
      readonly port: number;
      readonly protocol?: string;
    }[];
  };
}

/** The API itself, and the Services of the pod's namespace unless the pod does without. */
export function serviceVariables(
  { metadata, spec }: Pick<Pod, 'metadata' | 'spec'>,
  services: readonly Service[],
): Environment {
  const linked = services.filter(
    (service) =>
      !isMaster(service) &&
      spec.enableServiceLinks !== false &&
      service.metadata.namespace === metadata.namespace,
  );
  // The pod's own namespace has the last word.
  const named = [...services.filter(isMaster), ...linked];
  return Object.fromEntries(named.flatMap(variablesOf));
}

/** Where a pod finds the API: `https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT`. */
export function inClusterServer(services: readonly Service[]): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } =
    Object.fromEntries(services.filter(isMaster).flatMap(variablesOf));
  if (host === '') return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isMaster({ metadata: { namespace, name } }: Service): boolean {
  return namespace === 'default' && name === 'kubernetes';
}

function variablesOf({ metadata, spec }: Service): readonly (readonly [string, string])[] {
  const { clusterIP = '', ports = [] } = spec;
  const [first] = ports;
  if (clusterIP === '' || clusterIP === 'None' || !first) return [];
  const prefix = variableName(metadata.name);
  const named = ports.filter(({ name }) => name);
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named.map(
      ({ name = '', port }) =>
        [`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port)] as const,
    ),
    ...ports.flatMap(({ port, protocol = 'TCP' }, index) => {
      const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
      const url = `${protocol.toLowerCase()}://${host}:${port}`;
      const link = `${prefix}_PORT_${port}_${protocol}`;
      return [
        ...(index === 0 ? [[`${prefix}_PORT`, url] as const] : []),
        [link, url],
        [`${link}_PROTO`, protocol.toLowerCase()],
        [`${link}_PORT`, String(port)],
        [`${link}_ADDR`, clusterIP],
      ] as const;
    }),
  ];
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

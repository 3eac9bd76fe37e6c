/** The environment of a container: its `env` and `envFrom`, and what every container gets. */
import { valueAtFieldPath, type PodPlace } from './field-path.ts';
import type { ReadKeyValues } from './key-values.ts';
import type { ContainerSpec, EnvVar, KeyRef, Pod } from './pod.ts';

/** Why a container cannot be configured: `CreateContainerConfigError`, in the kubelet's words. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export type Environment = Readonly<Record<string, string>>;

/**
 * Later definitions win, and `$(NAME)` stands for what was defined before, or for what is known of
 * `services`.
 *
 * @throws ConfigError when a ConfigMap, a Secret or a key of one is missing.
 */
export async function environmentOf(
  pod: Pod,
  container: ContainerSpec,
  place: PodPlace,
  read: ReadKeyValues,
  services: Environment = {},
): Promise<Environment> {
  const namespace = pod.metadata.namespace ?? '';
  const environment: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOSTNAME: hostnameOf(pod),
    HOME: '/root',
  };
  for (const source of container.envFrom ?? []) {
    const [kind, ref] = source.secretRef
      ? (['secret', source.secretRef] as const)
      : (['configmap', source.configMapRef] as const);
    const values = await read(kind, namespace, ref?.name ?? '');
    if (!values && ref?.optional !== true) throw missing(kind, ref?.name ?? '');
    for (const [key, value] of values ?? []) {
      environment[`${source.prefix ?? ''}${key}`] = value.toString();
    }
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, { ...services, ...environment });
    if (value !== undefined) environment[variable.name] = value;
  }
  return { ...services, ...environment };

  async function valueOf(
    { name, value, valueFrom }: EnvVar,
    before: Environment,
  ): Promise<string | undefined> {
    if (!valueFrom) return expand(value ?? '', before);
    const { fieldRef, configMapKeyRef, secretKeyRef, resourceFieldRef } = valueFrom;
    if (configMapKeyRef) return keyed('configmap', configMapKeyRef);
    if (secretKeyRef) return keyed('secret', secretKeyRef);
    // The lab gives no resources, so it has no limits to tell.
    if (resourceFieldRef) return '0';
    const path = fieldRef?.fieldPath ?? '';
    const found = valueAtFieldPath(pod, place, path);
    if (found === undefined) throw new ConfigError(`unsupported fieldPath: ${path} (${name})`);
    return found;
  }

  async function keyed(kind: 'configmap' | 'secret', ref: KeyRef): Promise<string | undefined> {
    const values = await read(kind, namespace, ref.name ?? '');
    const value = values?.get(ref.key);
    if (value !== undefined) return value.toString();
    if (ref.optional === true) return undefined;
    if (!values) throw missing(kind, ref.name ?? '');
    const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
    throw new ConfigError(`couldn't find key ${ref.key} in ${what} ${namespace}/${ref.name ?? ''}`);
  }
}

/** The name a pod has for itself. */
export function hostnameOf({ metadata, spec }: Pod): string {
  return spec.hostNetwork === true ? (spec.nodeName ?? '') : (spec.hostname ?? metadata.name);
}

/**
 * Kubernetes' expansion: `$(NAME)` where NAME is known, `$$` for a dollar, all else as it stands.
 *
 * @example expand('$(A)-$$(A)-$(B)', { A: '1' }) // '1-$(A)-$(B)'
 */
export function expand(text: string, values: Environment): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (values[name] ?? whole),
  );
}

function missing(kind: 'configmap' | 'secret', name: string): ConfigError {
  return new ConfigError(`${kind} "${name}" not found`);
}

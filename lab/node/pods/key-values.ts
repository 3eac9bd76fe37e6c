/** ConfigMaps and Secrets as a pod refers to them. */
import type { ApiClient, KubeObject } from '../../../proxies/kit/api/api-client.ts';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export type KeyValues = ReadonlyMap<string, Buffer>;

/** Reads one; undefined where there is none. Rejects where the apiserver does not answer. */
export type ReadKeyValues = (
  kind: 'configmap' | 'secret',
  namespace: string,
  name: string,
) => Promise<KeyValues | undefined>;

/** Those who ask at the same time share an answer: all pods want the authority of their namespace. */
export function createReadKeyValues(client: ApiClient): ReadKeyValues {
  const reading = new Map<string, Promise<KeyValues | undefined>>();
  return (kind, namespace, name) => {
    const path = `/api/v1/namespaces/${namespace}/${kind}s/${name}`;
    const values = reading.get(path) ?? read(kind, path).finally(() => reading.delete(path));
    reading.set(path, values);
    return values;
  };

  async function read(kind: 'configmap' | 'secret', path: string): Promise<KeyValues | undefined> {
    try {
      if (kind === 'secret') return decode((await client.get<Secret>(path)).data);
      const { data = {}, binaryData } = await client.get<ConfigMap>(path);
      const texts = Object.entries(data).map(([key, text]) => [key, Buffer.from(text)] as const);
      return new Map([...texts, ...decode(binaryData)]);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function decode(data: Readonly<Record<string, string>> = {}): Map<string, Buffer> {
  return new Map(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 404;
}

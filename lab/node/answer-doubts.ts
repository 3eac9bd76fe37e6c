/** When others have taken the node for dead (cut off, or paused for a while), it says at once that it lives. */
import type { ApiClient, KubeObject } from '../../proxies/kit/api/api-client.ts';
import { startInformer } from '../../proxies/kit/api/informer.ts';

interface NodeObject extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** @param answer writes the node's status anew */
export function answerDoubts(
  client: ApiClient,
  name: string,
  answer: () => Promise<void>,
  log: (line: string) => void,
): AsyncDisposable {
  const path = '/api/v1/nodes';
  const fieldSelector = `metadata.name=${name}`;
  const informer = startInformer<NodeObject>(client, { path, fieldSelector });
  informer.onChange(({ type, object }) => {
    const ready = object.status?.conditions?.find((condition) => condition.type === 'Ready');
    if (type === 'deleted' || ready?.status !== 'True') {
      answer().catch((error: unknown) => log(`cannot write the node's status: ${String(error)}`));
    }
  });
  return informer;
}

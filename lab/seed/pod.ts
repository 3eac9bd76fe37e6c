import { randomUUID } from 'node:crypto';
import type { ApiObject } from '../apiserver/api-object.ts';

export function podObject(now: Date, index: number): ApiObject {
  return {
    metadata: {
      name: `web-${index}`,
      namespace: 'default',
      uid: randomUUID(),
      creationTimestamp: now.toISOString().replace(/\.\d+Z$/, 'Z'),
      labels: { app: 'web' },
    },
    spec: { containers: [{ name: 'web', image: 'web' }], nodeName: `node-${index + 1}` },
    status: { phase: 'Running', podIP: `10.244.${index + 1}.10` },
  };
}

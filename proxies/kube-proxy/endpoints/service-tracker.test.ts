import { expect, it } from 'vitest';
import { createServiceTracker } from './service-tracker.ts';

it('tells a Service with its endpoints once', () => {
  const tracker = createServiceTracker({ nodeName: 'node-1', log: () => undefined });
  tracker.serviceChanged(
    {
      metadata: { name: 'web', namespace: 'default' },
      spec: { clusterIP: '172.30.0.041', ports: [{ name: 'http', port: 80 }] },
    },
    'default/web',
  );
  tracker.sliceChanged(
    {
      metadata: {
        name: 'web-1',
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080 }],
      endpoints: [{ addresses: ['10.0.0.2'], nodeName: 'node-1' }, { addresses: ['10.0.0.1'] }],
    },
    'default/web-1',
  );
  expect(tracker.takeChanges('IPv4').changed).toMatchObject([
    {
      key: 'IPv4 default/web:http/TCP',
      clusterIP: '172.30.0.41',
      cluster: [
        { address: '10.0.0.1', port: 8080 },
        { address: '10.0.0.2', port: 8080 },
      ],
      reachableHere: [{ address: '10.0.0.2', port: 8080 }],
    },
  ]);
  expect(tracker.takeChanges('IPv4')).toMatchObject({ changed: [], removed: [] });
  expect(tracker.takeChanges('IPv6')).toMatchObject({ changed: [], removed: [] });
});

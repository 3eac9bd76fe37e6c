/** An external IP that several Services name: by different ports, and by the same one. */
import { externalClient, nodeName } from './addresses.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, flow, masqueradedTo, REJECT, stickyMasqueraded } from './write.ts';

const address = '192.168.99.22';
const first = service('ns1/svc1', { clusterIP: '172.30.0.41', externalIPs: [address] });
const second = service('ns2/svc2', { clusterIP: '172.30.0.42', externalIPs: [address] });
const other = service('ns3/svc3', {
  clusterIP: '172.30.0.43',
  externalIPs: [address],
  ports: [{ name: 'https', port: 443 }],
});

const slices = [
  slice('ns1/svc1', [{ address: '10.180.0.1', nodeName }]),
  slice('ns2/svc2', [{ address: '10.180.0.2', nodeName }]),
  slice('ns3/svc3', [{ address: '10.180.0.3', nodeName }], [{ name: 'https', port: 443 }]),
];

const https = flow('443', externalClient, address, 443, masqueradedTo('10.180.0.3:443'));

export const sharedAddress = [
  conformanceCase('an external IP of several Services', [
    {
      name: 'one has the port',
      services: [first, other],
      slices,
      flows: [flow('80', externalClient, address, 80, masqueradedTo('10.180.0.1:80')), https],
    },
    {
      name: 'two want the port',
      services: [first, second, other],
      slices,
      // Which of them is not said anywhere; but not now this one, now that one.
      flows: [
        flow(
          '80',
          externalClient,
          address,
          80,
          stickyMasqueraded('10.180.0.1:80', '10.180.0.2:80'),
        ),
        https,
      ],
    },
    {
      name: 'the first one is gone',
      services: [second, other],
      slices,
      flows: [flow('80', externalClient, address, 80, masqueradedTo('10.180.0.2:80')), https],
    },
    {
      name: 'both are gone',
      services: [other],
      slices: slices.slice(2),
      flows: [https],
    },
    {
      name: 'the first one is back, without endpoints',
      services: [first, other],
      slices: slices.slice(2),
      flows: [flow('80', externalClient, address, 80, REJECT), https],
    },
  ]),
];

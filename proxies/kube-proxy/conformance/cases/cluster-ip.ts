/** Upstream's TestClusterIPGeneral, and the same from outside and from the node. */
import { externalClient, nodeIP, nodeName, otherNodeName } from './addresses.ts';
import { service, slice } from './objects.ts';
import { conformanceCase, DROP, flow, masqueradedTo, REJECT, to } from './write.ts';

const client = '10.180.0.2';

export const clusterIP = [
  conformanceCase('ClusterIP', [
    {
      name: 'in general',
      services: [
        service('ns1/svc1', { clusterIP: '172.30.0.41', ports: [{ name: 'http', port: 80 }] }),
        service('ns2/svc2', {
          clusterIP: '172.30.0.42',
          ports: [
            { name: 'http', port: 80 },
            { name: 'https', port: 443 },
            { name: 'dns-udp', port: 53, protocol: 'UDP' },
            { name: 'dns-tcp', port: 53 },
            { name: 'dns-sctp', port: 53, protocol: 'SCTP' },
          ],
        }),
        service('ns3/svc3', {
          clusterIP: '172.30.0.43',
          ports: [{ name: 'signal', port: 132, protocol: 'SCTP' }],
        }),
      ],
      slices: [
        slice(
          'ns3/svc3',
          [{ address: '10.180.2.1', nodeName: otherNodeName }],
          [{ name: 'signal', port: 53, protocol: 'SCTP' }],
        ),
        slice(
          'ns1/svc1',
          [{ address: '10.180.0.1', nodeName }],
          [{ name: 'http', port: 80, protocol: 'TCP' }],
        ),
        slice(
          'ns2/svc2',
          [
            { address: '10.180.0.1', nodeName },
            { address: '10.180.2.1', nodeName: otherNodeName },
          ],
          [
            { name: 'http', port: 80 },
            { name: 'https', port: 8443 },
            { name: 'dns-udp', port: 53, protocol: 'UDP' },
            { name: 'dns-tcp', port: 5353 },
            { name: 'dns-sctp', port: 53, protocol: 'SCTP' },
          ],
        ),
      ],
      flows: [
        flow('one endpoint', client, '172.30.0.41', 80, to('10.180.0.1:80')),
        flow('hairpin', '10.180.0.1', '172.30.0.41', 80, masqueradedTo('10.180.0.1:80')),
        flow('two endpoints', client, '172.30.0.42', 80, to('10.180.0.1:80', '10.180.2.1:80')),
        flow(
          'another target port',
          client,
          '172.30.0.42',
          443,
          to('10.180.0.1:8443', '10.180.2.1:8443'),
        ),
        flow(
          'TCP, on a port that is UDP and SCTP, too',
          client,
          '172.30.0.42',
          53,
          to('10.180.0.1:5353', '10.180.2.1:5353'),
        ),
        flow('UDP', client, '172.30.0.42', 53, to('10.180.0.1:53', '10.180.2.1:53'), 'UDP'),
        flow('SCTP', client, '172.30.0.42', 53, to('10.180.0.1:53', '10.180.2.1:53'), 'SCTP'),
        flow('SCTP alone', client, '172.30.0.43', 132, to('10.180.2.1:53'), 'SCTP'),
        flow('UDP to a port that is TCP', client, '172.30.0.42', 80, REJECT, 'UDP'),
        flow('SCTP to a port that is TCP', client, '172.30.0.42', 80, REJECT, 'SCTP'),
        flow('a port of another Service', client, '172.30.0.41', 443, REJECT),
        flow('an address that is nobody’s', client, '172.30.0.50', 80, DROP),
        flow('UDP to an address that is nobody’s', client, '172.30.0.50', 80, DROP, 'UDP'),
        flow('SCTP to an address that is nobody’s', client, '172.30.0.50', 80, DROP, 'SCTP'),
        flow('from the node to an address that is nobody’s', nodeIP, '172.30.0.50', 80, DROP),
        flow('from the node to another port', nodeIP, '172.30.0.41', 443, REJECT),
        flow('from outside to another port', externalClient, '172.30.0.41', 443, REJECT),
        flow(
          'from outside, UDP',
          externalClient,
          '172.30.0.42',
          53,
          masqueradedTo('10.180.0.1:53', '10.180.2.1:53'),
          'UDP',
        ),
        flow(
          'from the node, SCTP',
          nodeIP,
          '172.30.0.42',
          53,
          masqueradedTo('10.180.0.1:53', '10.180.2.1:53'),
          'SCTP',
        ),
      ],
    },
  ]),
];

import { describe, expect, it } from 'vitest';
import { readElements } from './read-elements.ts';

/** As nft 1.0.6 prints it. */
const listing = {
  nftables: [
    { metainfo: { version: '1.0.6', json_schema_version: 1 } },
    { table: { family: 'ip', name: 'kube-proxy', handle: 1 } },
    {
      map: {
        name: 'service-ips',
        elem: [
          [
            {
              elem: {
                val: { concat: ['10.96.0.10', 'tcp', 80] },
                comment: 'shop/catalog',
              },
            },
            { goto: { target: 'pick-3' } },
          ],
          [{ concat: ['10.96.0.11', 'udp', 53] }, { goto: { target: 'pick-2' } }],
        ],
      },
    },
    { set: { name: 'cluster-ips', elem: ['10.96.0.10', '10.96.0.11'] } },
    { set: { name: 'pod-cidrs', elem: [{ prefix: { addr: '10.244.0.0', len: 16 } }] } },
    { map: { name: 'affinity' } },
    { chain: { name: 'pick-3' } },
  ],
};

describe('the elements of a table', () => {
  const elements = readElements(JSON.stringify(listing));

  it('have their keys as nft writes them, with a comment and without', () => {
    expect(elements.get('service-ips')).toEqual(['10.96.0.10 . tcp . 80', '10.96.0.11 . udp . 53']);
    expect(elements.get('cluster-ips')).toEqual(['10.96.0.10', '10.96.0.11']);
  });

  it('are none where there are none, or ranges alone', () => {
    expect(elements.get('affinity')).toEqual([]);
    expect(elements.get('pod-cidrs')).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../api-object.ts';
import { apiService, apiServices, group } from '../testing/aggregated-server.ts';
import { createTestApi } from '../testing/test-api.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

describe('an APIService', () => {
  it('is at port 443 unless it says otherwise', async () => {
    const api = await createTestApi();
    const created = await api.create(apiServices, apiService());
    expect(at(created, 'spec', 'service', 'port')).toBe(443);
  });

  it('without a Service is available from the start', async () => {
    const api = await createTestApi();
    const local = { ...apiService({ service: null }) };
    const created = await api.create(apiServices, local);
    expect(at(created, 'status', 'conditions', 0)).toMatchObject({
      type: 'Available',
      status: 'True',
      reason: 'Local',
      message: 'Local APIServices are always available',
    });
  });

  it('cannot say of itself that it is available', async () => {
    const api = await createTestApi();
    const status = { conditions: [{ type: 'Available', status: 'True' }] };
    const created = await api.create(apiServices, { ...apiService(), status });
    expect(listAt(created, 'status', 'conditions')).toEqual([]);
    const path = `${apiServices}/v1.${group}`;
    const wrong = { conditions: [{ type: 'Available', status: 'Yes' }] };
    const answer = await api.send('PUT', `${path}/status`, { ...created, status: wrong });
    expect([answer.status, answer.json.message]).toEqual([
      422,
      'APIService.apiregistration.k8s.io "v1.example.dev" is invalid: status.conditions[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
    ]);
  });

  it.each([
    [undefined, 'Unknown'],
    [{ status: 'True', reason: 'Passed' }, 'True'],
    [{ status: 'False', reason: 'ServiceNotFound' }, 'False (ServiceNotFound)'],
    [{ status: 'Unknown' }, 'Unknown'],
  ])('is listed with its Service and its condition: %o', async (condition, shown) => {
    const api = await createTestApi();
    const created = await api.create(apiServices, apiService());
    const status = { conditions: condition ? [{ type: 'Available', ...condition }] : [] };
    await api.send('PUT', `${apiServices}/v1.${group}/status`, { ...created, status });
    const { json } = await api.send('GET', apiServices, undefined, table);
    const names = listAt(json, 'columnDefinitions').map((one) => textAt(one, 'name'));
    expect(names).toEqual(['Name', 'Service', 'Available', 'Age']);
    const cells = listAt(json, 'rows', 0, 'cells');
    expect(cells.slice(0, 3)).toEqual(['v1.example.dev', 'default/widgets', shown]);
  });

  it.each([
    [{ group: '' }, 'spec.group: Required value: only v1 may have an empty group'],
    [{ group: 'a_b' }, 'spec.group: Invalid value: "a_b": a lowercase RFC 1123 subdomain'],
    [{ version: '1' }, 'spec.version: Invalid value: "1": a DNS-1035 label'],
    [
      { version: 'v2' },
      'metadata.name: Invalid value: "v1.example.dev": must be `spec.version+"."+spec.group`: "v2.example.dev"',
    ],
    [
      { groupPriorityMinimum: 20_001 },
      'spec.groupPriorityMinimum: Invalid value: 20001: must be positive and less than 20000',
    ],
    [
      { versionPriority: 0 },
      'spec.versionPriority: Invalid value: 0: must be positive and less than 1000',
    ],
    [{ service: { name: 'x' } }, 'spec.service.namespace: Required value'],
    [{ service: { namespace: 'x' } }, 'spec.service.name: Required value'],
    [
      { service: { namespace: 'x', name: 'x', port: 70_000 } },
      'spec.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, inclusive',
    ],
    [
      { insecureSkipTLSVerify: true, caBundle: 'eA==' },
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
    [
      { service: null, caBundle: 'eA==' },
      'spec.caBundle: Invalid value: "1 bytes": local APIServices may not have a caBundle',
    ],
    [
      { service: null, insecureSkipTLSVerify: true },
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ])('is refused with %o', async (spec, message) => {
    const api = await createTestApi();
    // The version of the one without a group is what counts.
    const version = 'group' in spec && spec.group === '' ? { version: 'v2' } : {};
    const { status, json } = await api.send(
      'POST',
      apiServices,
      apiService({ ...version, ...spec }),
    );
    expect([status, json.message]).toEqual([422, expect.stringContaining(message)]);
  });
});

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../proxies/kit/api/json.ts';
import { isObject, listAt, textAt } from '../api-object.ts';
import { readFields, type WireValue } from '../protobuf-wire.ts';
import { resourceTable } from '../resource-table.ts';
import { documentsV3, documentV2 } from './documents.ts';

const json = JSON.parse(documentV2.json().bytes.toString()) as JsonObject;

/** The fields of this number, as messages. */
function inner(fields: readonly WireValue[], number: number): readonly (readonly WireValue[])[] {
  return fields
    .filter((field) => field.number === number)
    .map(({ value }) => readFields(Buffer.isBuffer(value) ? value : Buffer.alloc(0)));
}

function text(fields: readonly WireValue[], number: number): string {
  const value = fields.find((field) => field.number === number)?.value;
  return Buffer.isBuffer(value) ? value.toString() : '';
}

describe('OpenAPI 2', () => {
  it('says the same in protobuf as in JSON', () => {
    const document = readFields(documentV2.protobuf().bytes);
    const definitions = inner(inner(document, 9)[0] ?? [], 1);
    const paths = inner(inner(document, 8)[0] ?? [], 2);
    expect(text(document, 1)).toBe('2.0');
    expect(definitions.map((one) => text(one, 1))).toEqual(Object.keys(at('definitions')));
    expect(paths.map((one) => text(one, 1))).toEqual(Object.keys(at('paths')));
    const pod = definitions.find((one) => text(one, 1) === 'io.k8s.api.core.v1.PodSpec') ?? [];
    const properties = inner(inner(inner(pod, 2)[0] ?? [], 25)[0] ?? [], 1);
    expect(properties.map((one) => text(one, 1))).toContain('containers');
  });

  it('has an operation of its own id for every verb of every resource', () => {
    const operations = Object.values(at('paths')).flatMap((item) =>
      isObject(item) ? Object.values(item).filter(isObject) : [],
    );
    const ids = operations.map((operation) => textAt(operation, 'operationId'));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { kind, verbs } of resourceTable) {
      const ofKind = operations.filter(
        (operation) => textAt(operation, 'x-kubernetes-group-version-kind', 'kind') === kind,
      );
      const patches = ofKind.filter((operation) => operation['x-kubernetes-action'] === 'patch');
      expect(patches.length > 0, kind).toBe(verbs.includes('patch'));
      // kubectl looks here to know whether it may ask for a dry run, or for strict validation.
      for (const patch of patches) {
        const names = listAt(patch, 'parameters').map((parameter) => textAt(parameter, 'name'));
        expect(names).toEqual(expect.arrayContaining(['dryRun', 'fieldValidation']));
      }
    }
  });
});

describe('both versions', () => {
  it('refer only to what they define', () => {
    const documents = [documentV2.json(), ...documentsV3().values()];
    for (const { bytes } of documents) {
      const all = bytes.toString();
      const referred = [
        ...all.matchAll(/"\$ref":"#\/(?:definitions|components\/schemas)\/([^"]+)"/g),
      ];
      expect(referred.length).toBeGreaterThan(5);
      for (const [, name = ''] of referred) expect(all).toContain(`"${name}":{`);
    }
  });
});

function at(name: string): JsonObject {
  const found = json[name];
  return isObject(found) ? found : {};
}

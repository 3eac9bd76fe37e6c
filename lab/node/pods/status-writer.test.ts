import { describe, expect, it } from 'vitest';
import type { ApiClient } from '../../../proxies/kit/api/api-client.ts';
import { ApiError } from '../../../proxies/kit/api/errors.ts';
import { createStatusWriter, type StatusSource } from './status-writer.ts';

describe('createStatusWriter', () => {
  it.each([401, 403, 429, 500])('writes again what was refused with %i', async (code) => {
    const { client, written } = clientThatAnswers([code, code, 200]);
    await using statuses = createStatusWriter(client, () => undefined);
    statuses.schedule(source);
    await statuses.flush(source);
    expect(written).toEqual([code, code, 200]);
  });

  it.each([404, 422])('writes nothing more after %i', async (code) => {
    const { client, written } = clientThatAnswers([code, 200]);
    await using statuses = createStatusWriter(client, () => undefined);
    statuses.schedule(source);
    await statuses.flush(source);
    expect(written).toEqual([code]);
  });

  it('writes nothing to another pod of the name', async () => {
    const message = 'Precondition failed: UID in precondition: 1, UID in object meta: 2';
    const { client, written } = clientThatAnswers([409, 200], message);
    await using statuses = createStatusWriter(client, () => undefined);
    statuses.schedule(source);
    await statuses.flush(source);
    expect(written).toEqual([409]);
  });
});

const source: StatusSource = {
  pod: { metadata: { namespace: 'default', name: 'web-0', uid: '1' }, spec: { containers: [] } },
  status: () => ({ phase: 'Running' }),
};

/** Answers one write after the other with these codes. */
function clientThatAnswers(codes: readonly number[], message = 'refused') {
  const left = [...codes];
  const written: number[] = [];
  const patch = async () => {
    const code = left.shift() ?? 200;
    written.push(code);
    if (code !== 200) throw new ApiError(code, { message });
    return {};
  };
  return { client: { patch } as unknown as ApiClient, written };
}

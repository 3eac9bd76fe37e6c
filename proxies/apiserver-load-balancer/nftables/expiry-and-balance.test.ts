import { beforeAll, describe, expect, it } from 'vitest';
import { runInNamespace, whyNoNamespace } from '../../kit/testing/in-namespace.ts';

const reason = whyNoNamespace();

describe.skipIf(reason !== null)(`over time (${reason ?? 'in namespaces'})`, () => {
  let followed: unknown;
  beforeAll(async () => {
    followed = await runInNamespace(new URL('testing/follow-limits.ts', import.meta.url));
  }, 60_000);

  it('a connection on which nobody says a word is reset, and one that talks lives', () => {
    expect(followed).toMatchObject({ idle: { quiet: 'ECONNRESET', talking: 'and now', reset: 1 } });
  });

  it('a connection that is too old is reset, however much it says', () => {
    expect(followed).toMatchObject({ age: { talking: 'ECONNRESET', reset: 1 } });
  });

  it('with least connections, who has lost some gets the next ones', () => {
    expect(followed).toMatchObject({
      leastConnections: { first: ['a', 'b', 'a', 'b'], then: ['a 10.0.1.1', 'a 10.0.1.1'] },
    });
  });

  it('a client whose SYN had no answer is sent to another backend with its next', () => {
    expect(followed).toMatchObject({ unanswered: 'b 10.0.2.1' });
  });

  it('a client that a firewall on the machine drops is served once the firewall accepts it', () => {
    expect(followed).toMatchObject({
      firewall: { said: expect.stringMatching(/^[ab] 10/) as unknown },
    });
  });
});

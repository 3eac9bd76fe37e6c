/** What was decided at a hop, and why, in the reader's language. */
import type { Value } from '../proxies/descriptor.ts';
import type { Hop } from '../proxies/kit/hop.ts';

type Say = (key: `hops:${string}`, values: Readonly<Record<string, Value>>) => string;

/** An upgrade through the apiserver proxy is told behind the choice of its target. */
export function decisionText({ decision, status }: Hop, say: Say): string {
  const { key, values } = decision;
  const text = say(`hops:${key}`, values);
  const isUpgraded = status === 101 && key.startsWith('apiserver-proxy.');
  return isUpgraded ? `${text} ${say('hops:apiserver-proxy.upgraded', {})}` : text;
}

/** The proxy that a component speaks of. */
import type { Descriptor } from '../../proxies/descriptor.ts';
import type { Page } from '../docs.ts';

/** @throws Error when the component stands on a page that is about no proxy. */
export function proxyOf({ slug, proxy }: Page): Descriptor {
  if (!proxy)
    throw new Error(`the page “${slug}” is about no proxy: its slug must be a proxy's id`);
  return proxy;
}

/** The proxy or the topic that a component speaks of. */
import type { Descriptor } from '../../proxies/descriptor.ts';
import type { Subject } from '../../proxies/index.ts';
import type { Page } from '../docs.ts';

/** @throws Error when the component stands on a page that is about no proxy. */
export function proxyOf({ slug, proxy }: Page): Descriptor {
  if (!proxy)
    throw new Error(`the page “${slug}” is about no proxy: its slug must be a proxy's id`);
  return proxy;
}

/** @throws Error when the component stands on a page that states nothing. */
export function subjectOf({ slug, subject }: Page): Subject {
  if (!subject)
    throw new Error(
      `the page “${slug}” states nothing: its slug must be a proxy's or a topic's id`,
    );
  return subject;
}

/** Where a proxy listens when nobody tells it otherwise. */
import type { Descriptor } from '../../proxies/descriptor.ts';

/** @example origin(kubectlProxy) // 'http://127.0.0.1:8001' */
export function origin({ flags }: Pick<Descriptor, 'flags'>): string {
  const value = (name: string) => String(flags.find((flag) => flag.name === name)?.default ?? '');
  return `http://${value('address')}:${value('port')}`;
}

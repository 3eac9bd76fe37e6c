/** The words of a trace in a language. */
import type { Descriptor, Station } from '../../proxies/descriptor.ts';
import type { Translate } from '../i18n/messages.ts';
import type { TraceWords } from '../map/trace.ts';

/** @param proxies Whose stations a trace may name. */
export function traceWords(tag: string, t: Translate, proxies: readonly Descriptor[]): TraceWords {
  const stations = new Set<Station>(
    proxies.flatMap(({ stretches }) => stretches.flatMap(({ from, to }) => [from, to])),
  );
  return {
    tag,
    stations: Object.fromEntries(
      [...stations].map((station) => [station, t(`interface:stations.${station}`)]),
    ),
    noTls: t('interface:tls.none'),
    added: t('interface:hops.added'),
    removed: t('interface:hops.removed'),
    changed: t('interface:hops.changed'),
  };
}

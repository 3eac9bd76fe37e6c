/** The words of a trace in a language. */
import { stationSchema } from '../../proxies/descriptor.ts';
import type { Translate } from '../i18n/messages.ts';
import type { TraceWords } from '../map/trace.ts';

export function traceWords(t: Translate): TraceWords {
  return {
    stations: Object.fromEntries(
      stationSchema.options.map((station) => [station, t(`interface:stations.${station}`)]),
    ),
    noTls: t('interface:tls.none'),
    added: t('interface:hops.added'),
    removed: t('interface:hops.removed'),
    changed: t('interface:hops.changed'),
  };
}

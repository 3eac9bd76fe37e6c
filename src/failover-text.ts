/** What the experiment came to, in a language. */
import type { FailoverSummary } from './failover.ts';
import type { Translate } from './i18n/messages.ts';

export function sayFailover(summary: FailoverSummary, t: Translate): string {
  const { result, requests, failed, slowestMs, settledMs, watchEndedMs, watchOpenMs } = summary;
  return [
    t(`interface:failover.results.${result}`, { requests, failed, slowestMs, settledMs }),
    watchEndedMs === null || watchOpenMs === null
      ? t('interface:failover.watchLost')
      : t('interface:failover.watchMoved', { watchEndedMs, watchOpenMs }),
  ].join(' ');
}

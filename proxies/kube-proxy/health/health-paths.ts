/** What 10256 answers, in upstream's words: `/healthz` for load balancers, `/livez` for the kubelet. */
import type { AnswerPath, StatusAnswer } from '../../kit/http/status-server.ts';
import type { Clock } from '../../kit/clock.ts';
import { goTime } from './go-time.ts';
import { momentOf, type ProxyHealth } from './proxy-health.ts';

export type HealthPath = 'healthz' | 'livez';

/** @param onAnswer is told what was asked and with which status it was answered */
export function healthPaths(
  health: ProxyHealth,
  clock: Clock,
  onAnswer: (path: HealthPath, status: number) => void,
): AnswerPath {
  const answer = (path: HealthPath): StatusAnswer => {
    const { isHealthy, lastUpdated } = health.check();
    const { isNodeEligible } = health;
    const isGood = path === 'healthz' ? isHealthy && isNodeEligible : isHealthy;
    const current = momentOf(clock);
    const status = isGood ? 200 : 503;
    onAnswer(path, status);
    const updated = JSON.stringify(goTime(lastUpdated));
    const eligible = path === 'healthz' ? `, "nodeEligible": ${isNodeEligible}` : '';
    const now = JSON.stringify(goTime(current));
    // The gaps are upstream's.
    const body = `{"lastUpdated": ${updated},"currentTime": ${now}${eligible}}`;
    return { status, contentType: 'application/json', body };
  };
  return (path) => {
    if (path === '/healthz') return answer('healthz');
    if (path === '/livez') return answer('livez');
    return undefined;
  };
}

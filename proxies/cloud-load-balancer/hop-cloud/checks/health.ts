/** What is known of a node's health: the answers, one by one, and what they add up to. */
import type { HealthCheck } from '../../profile.ts';

/** `unknown`: it has not answered yet, nor failed to. */
export type Health = 'healthy' | 'unhealthy' | 'unknown';

export interface HealthRecord {
  readonly health: Health;
  /** How many answers in a row have spoken against it. */
  readonly against: number;
}

export const unknownHealth: HealthRecord = { health: 'unknown', against: 0 };

/** The first answer decides; later ones when as many in a row say the same as the threshold wants. */
export function afterAnswer(
  { health, against }: HealthRecord,
  isGood: boolean,
  {
    healthyThreshold,
    unhealthyThreshold,
  }: Pick<HealthCheck, 'healthyThreshold' | 'unhealthyThreshold'>,
): HealthRecord {
  const told: Health = isGood ? 'healthy' : 'unhealthy';
  if (health === told || health === 'unknown') return { health: told, against: 0 };
  const needed = isGood ? healthyThreshold : unhealthyThreshold;
  return against + 1 >= needed ? { health: told, against: 0 } : { health, against: against + 1 };
}

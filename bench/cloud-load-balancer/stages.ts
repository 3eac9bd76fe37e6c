/** What is measured: each from the moment in which the request is sent. */
export const stages = {
  applied: 'apply is answered',
  held: 'the finalizer is seen',
  shown: 'the address is seen in the status',
  answered: 'the first byte from the address',
  gone: 'delete, until the Service is gone',
  'many-created': 'all are created',
  'many-shown': 'all have their address',
  'many-answered': 'and a sample of them answers',
  'many-gone': 'delete, until all are gone',
} as const;

export type Stage = keyof typeof stages;

export interface Sample {
  readonly stage: Stage;
  readonly ms: number;
}

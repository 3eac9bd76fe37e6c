/** The words in which cases are written. */
import { nodeIP, podCIDR, serviceCIDR } from './addresses.ts';
import type { CaseSettings, CaseStep, ConformanceCase, Flow, Outcome } from './case.ts';
import type { Transport } from '../../service-port.ts';

const usual: CaseSettings = {
  podCIDRs: [podCIDR],
  serviceCIDRs: [serviceCIDR],
  nodePortIPs: [nodeIP],
  masqueradeAll: false,
  nodeLabels: {},
  moreNodeIPs: [],
};

export function conformanceCase(
  name: string,
  steps: readonly CaseStep[],
  settings: Partial<CaseSettings> = {},
): ConformanceCase {
  return { name, family: 'IPv4', settings: { ...usual, ...settings }, steps };
}

/** @example flow('pod to ClusterIP', pod, '172.30.0.41', 80, to('10.180.0.1:80')) */
export function flow(
  name: string,
  from: string,
  to: string,
  port: number,
  expect: Outcome,
  protocol: Transport = 'TCP',
): Flow {
  return { name, from, to, port, protocol, expect };
}

/** The client's address reaches the backend. */
export function to(...backends: readonly string[]): Outcome {
  return { is: 'forwarded', backends: backends.toSorted(), isMasqueraded: false };
}

/** The backend sees an address of the node. */
export function masqueradedTo(...backends: readonly string[]): Outcome {
  return { is: 'forwarded', backends: backends.toSorted(), isMasqueraded: true };
}

export function alwaysToOneOf(...backends: readonly string[]): Outcome {
  return { is: 'sticky', backends: backends.toSorted(), isMasqueraded: false };
}

export function stickyMasqueraded(...backends: readonly string[]): Outcome {
  return { is: 'sticky', backends: backends.toSorted(), isMasqueraded: true };
}

export const REJECT = { is: 'REJECT' } as const satisfies Outcome;
export const DROP = { is: 'DROP' } as const satisfies Outcome;
export const untouched = { is: 'untouched' } as const satisfies Outcome;

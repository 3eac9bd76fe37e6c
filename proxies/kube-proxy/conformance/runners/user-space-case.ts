/** What a case becomes where the proxy works in user space: `limits.ts` applied, and nothing else. */
import { inCIDR } from '../cases/in-cidr.ts';
import type { CaseStep, ConformanceCase, Flow, Outcome } from '../cases/case.ts';
import {
  userspaceLimits,
  type LimitedFlow,
  type UserspaceLimit,
  type UserspaceLimitId,
} from '../../userspace/limits.ts';

export interface Limited {
  readonly limited: ConformanceCase;
  /** Those that changed what is expected of a flow. */
  readonly limits: ReadonlySet<UserspaceLimitId>;
}

export function inUserSpace(one: ConformanceCase): Limited {
  const limits = new Set<UserspaceLimitId>();
  const steps = one.steps.map((step) => ({
    ...step,
    flows: step.flows.map((flow) => {
      const limit = limitOf(flow, step, one);
      if (limit === undefined) return flow;
      limits.add(limit.id);
      return { ...flow, expect: changed(flow, step, limit.userspace) };
    }),
  }));
  return { limited: { ...one, steps }, limits };
}

type Limit = (typeof userspaceLimits)[number];

function limitOf(flow: Flow, step: CaseStep, one: ConformanceCase): Limit | undefined {
  const kind = kindOf(flow, step, one);
  const isKernels = (limit: UserspaceLimit) =>
    limit.kernel === kernelOutcome(flow) && limit.protocols.includes(flow.protocol);
  return userspaceLimits.find((limit) => limit.flow === kind && isKernels(limit));
}

/** What is said of it where limits are listed. */
function kernelOutcome({ protocol, expect }: Flow): UserspaceLimit['kernel'] | undefined {
  if (expect.is !== 'forwarded' && expect.is !== 'sticky') return expect.is;
  if (protocol === 'SCTP') return 'forwarded';
  return expect.isMasqueraded ? undefined : 'source-kept';
}

function kindOf(flow: Flow, step: CaseStep, { settings }: ConformanceCase): LimitedFlow {
  const { expect, to } = flow;
  if (expect.is === 'untouched' && externalAddresses(step).includes(to)) {
    return 'other-port-of-external-ip';
  }
  if (expect.is !== 'DROP') return 'any';
  if (step.services.some(({ spec }) => spec?.clusterIP === to)) return 'cluster-ip-without-local';
  if (settings.serviceCIDRs.some((range) => inCIDR(to, range))) return 'unallocated-cluster-ip';
  const hasRanges = step.services.some(({ spec }) => spec?.loadBalancerSourceRanges);
  return hasRanges ? 'outside-source-ranges' : 'external-without-local';
}

/** Of Services, beside the node's own. */
function externalAddresses({ services }: CaseStep): readonly string[] {
  return services.flatMap(({ spec, status }) => [
    ...(spec?.externalIPs ?? []),
    ...(status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
      ip && ipMode !== 'Proxy' ? [ip] : [],
    ),
  ]);
}

function changed(flow: Flow, step: CaseStep, to: Limit['userspace']): Outcome {
  const { expect } = flow;
  switch (to) {
    case 'source-replaced':
      return 'backends' in expect ? { ...expect, isMasqueraded: true } : expect;
    case 'RESET':
      // A port without endpoints refuses everybody, before it is asked who may come.
      return { is: step.slices.length === 0 ? 'REJECT' : 'RESET' };
    case 'untouched':
      // An address that the node has for the sake of other protocols refuses what it does not know.
      return { is: isHeld(flow, step) ? 'REJECT' : 'untouched' };
    case 'REJECT':
    case 'DROP':
      return { is: to };
    case 'ends':
      return expect;
  }
}

function isHeld({ to, protocol }: Flow, { services }: CaseStep): boolean {
  return services.some(
    ({ spec }) => spec?.clusterIP === to && spec.ports?.some((port) => port.protocol !== protocol),
  );
}

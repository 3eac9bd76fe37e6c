/**
 * The events that the service controller writes, in upstream's words (cloud-provider, controllers/service/controller.go):
 * what it writes is taken from here, and so is what the page says of it. Imports nothing: it is in the controller, too.
 */

export interface EventFact {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** `{{…}}` is filled in. */
  readonly message: string;
}

/** By what they are called in the code; the order is that of the page. */
export const events = {
  ensuring: { type: 'Normal', reason: 'EnsuringLoadBalancer', message: 'Ensuring load balancer' },
  ensured: { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer' },
  syncFailed: {
    type: 'Warning',
    reason: 'SyncLoadBalancerFailed',
    message: 'Error syncing load balancer: {{cause}}',
  },
  unavailable: {
    type: 'Warning',
    reason: 'UnAvailableLoadBalancer',
    message: 'There are no available nodes for LoadBalancer',
  },
  updated: {
    type: 'Normal',
    reason: 'UpdatedLoadBalancer',
    message: 'Updated load balancer with new hosts',
  },
  updateFailed: {
    type: 'Warning',
    reason: 'UpdateLoadBalancerFailed',
    message:
      'Error updating load balancer with new hosts [{{nodes}}] ' +
      '[node names limited, total number of nodes: {{count}}], error: {{cause}}',
  },
  deleting: { type: 'Normal', reason: 'DeletingLoadBalancer', message: 'Deleting load balancer' },
  deleted: { type: 'Normal', reason: 'DeletedLoadBalancer', message: 'Deleted load balancer' },
  deleteFailed: {
    type: 'Warning',
    reason: 'DeleteLoadBalancerFailed',
    message: 'Error deleting load balancer: {{cause}}',
  },
  typeChanged: { type: 'Normal', reason: 'Type', message: '{{before}} -> {{after}}' },
  sourceRangesChanged: {
    type: 'Normal',
    reason: 'LoadBalancerSourceRanges',
    message: '{{before}} -> {{after}}',
  },
  // Upstream writes it so, with a small b.
  loadBalancerIpChanged: {
    type: 'Normal',
    reason: 'LoadbalancerIP',
    message: '{{before}} -> {{after}}',
  },
  externalIpsCounted: {
    type: 'Normal',
    reason: 'ExternalIP',
    message: 'Count: {{before}} -> {{after}}',
  },
  externalIpAdded: { type: 'Normal', reason: 'ExternalIP', message: 'Added: {{address}}' },
  trafficPolicyChanged: {
    type: 'Normal',
    reason: 'ExternalTrafficPolicy',
    message: '{{before}} -> {{after}}',
  },
  healthCheckNodePortChanged: {
    type: 'Normal',
    reason: 'HealthCheckNodePort',
    message: '{{before}} -> {{after}}',
  },
  uidChanged: { type: 'Normal', reason: 'UID', message: '{{before}} -> {{after}}' },
} as const satisfies Readonly<Record<string, EventFact>>;

export type EventName = keyof typeof events;

/** @example fillIn('Count: {{before}} -> {{after}}', { before: 0, after: 1 }) // 'Count: 0 -> 1' */
export function fillIn(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** What the load balancer counts; its admin server serves this list. What an implementation does not say is left out. */
import type { z } from 'zod';
import type { metricSchema } from '../../descriptor.ts';

const list = [
  {
    name: 'apiserver_lb_info',
    type: 'gauge',
    labels: ['implementation', 'dataplane', 'balance'],
    help: 'What moves the connections, and how they are dealt out; always 1.',
  },
  {
    name: 'apiserver_lb_connections_total',
    type: 'counter',
    labels: [],
    help: 'Connections of clients.',
  },
  {
    name: 'apiserver_lb_connections_active',
    type: 'gauge',
    labels: ['backend'],
    help: 'Connections that live now.',
  },
  {
    name: 'apiserver_lb_connections_refused_total',
    type: 'counter',
    labels: [],
    help: 'Connections of clients that no backend could be found for.',
  },
  {
    name: 'apiserver_lb_connections_reset_total',
    type: 'counter',
    labels: [],
    help: 'Connections ended with a reset because their backend is dead.',
  },
  {
    name: 'apiserver_lb_dials_retried_total',
    type: 'counter',
    labels: [],
    help: 'Dials that failed and were followed by another.',
  },
  {
    name: 'apiserver_lb_sent_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes passed from clients to backends.',
  },
  {
    name: 'apiserver_lb_received_bytes_total',
    type: 'counter',
    labels: [],
    help: 'Bytes passed from backends to clients.',
  },
  {
    name: 'apiserver_lb_backend_ready',
    type: 'gauge',
    labels: ['backend'],
    help: 'Whether a backend is ready, by its checks.',
  },
  {
    name: 'apiserver_lb_backend_condition',
    type: 'gauge',
    labels: ['backend', 'condition'],
    help: 'The condition that a backend is in, by its checks: 1.',
  },
  {
    name: 'apiserver_lb_backend_condition_changes_total',
    type: 'counter',
    labels: ['backend', 'condition'],
    help: 'How often a backend came into a condition.',
  },
  {
    name: 'apiserver_lb_check_duration_seconds',
    type: 'gauge',
    labels: ['backend'],
    help: 'How long the last check that was answered took.',
  },
  {
    name: 'apiserver_lb_backends_changes_total',
    type: 'counter',
    labels: [],
    help: 'How often the list of backends changed since the start.',
  },
  {
    name: 'apiserver_lb_reloads_total',
    type: 'counter',
    labels: ['result'],
    help: 'How often the list of backends was read again, and whether it could be taken.',
  },
  {
    name: 'apiserver_lb_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: 'Whether the list of backends was good when it was last read.',
  },
] as const satisfies readonly z.input<typeof metricSchema>[];

export const metrics = list.map((metric) => ({ ...metric, upstream: false }) as const);

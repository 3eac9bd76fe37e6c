import { expect, it } from 'vitest';
import { klogLine } from './klog.ts';

it('shows control characters, and lets none of them steer a terminal', () => {
  const line = klogLine('I', 'hop', 'GET /\x9b2J\x1b[2J\x7f\0\ré for localhost');
  expect(line).toMatch(/ hop\] GET \/\\x9b2J\\x1b\[2J\\x7f\\x00\\x0dé for localhost$/);
});

import { expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

const notReady = `[+]ping ok
[-]etcd failed: reason withheld
[+]poststarthook/rbac/bootstrap-roles ok
[-]shutdown failed: reason withheld
readyz check failed
`;
const forbidden = JSON.stringify({
  kind: 'Status',
  status: 'Failure',
  message: 'forbidden: User "system:anonymous" cannot get path "/readyz"',
  reason: 'Forbidden',
  code: 403,
});

it.each([
  [500, notReady, '[-]etcd failed: reason withheld, [-]shutdown failed: reason withheld'],
  [403, forbidden, 'forbidden: User "system:anonymous" cannot get path "/readyz"'],
  [404, '404 page not found\n', 'Not Found'],
  [429, '{"kind":"Status"}', 'Too Many Requests'],
  [503, '', 'Service Unavailable'],
])('says what is wrong with an apiserver that answers %i', (status, body, reason) => {
  expect(readAnswer(status, body)).toEqual({ kind: 'bad', reason: `answers ${status}: ${reason}` });
});

it('asks for nothing but 200', () => {
  expect(readAnswer(200, 'ok')).toEqual({ kind: 'good' });
});

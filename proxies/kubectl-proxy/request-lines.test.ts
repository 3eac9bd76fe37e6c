import { describe, expect, it } from 'vitest';
import { parseRequestHead } from '../kit/http/head.ts';
import { requestFraming } from '../kit/http/framing.ts';
import { describeRequest } from './client-request.ts';
import { clientCredentials, outgoingHead } from './request-lines.ts';

describe('the credentials a client brings', () => {
  it('count when they are filled in', () => {
    const own = bring('Authorization: Bearer mine', 'Impersonate-User: ada');
    expect(own).toEqual({ hasAuthorization: true, hasImpersonateUser: true });
  });

  it('do not count when they are empty', () => {
    const own = bring('Authorization:', 'Impersonate-User:');
    expect(own).toEqual({ hasAuthorization: false, hasImpersonateUser: false });
  });

  it('do not count when Connection takes them away: nobody sheds --as like that', () => {
    const own = bring(
      'Authorization: Bearer mine',
      'Impersonate-User: ada',
      'Connection: close, Impersonate-User, authorization',
    );
    expect(own).toEqual({ hasAuthorization: false, hasImpersonateUser: false });
  });

  it('give way, every value of them, to those that are added', () => {
    const head = outgoing(['Impersonate-User:', 'Impersonate-User: root'], 'Impersonate-User');
    expect(head.match(/Impersonate-User: .*/g)).toEqual(['Impersonate-User: viewer']);
  });

  it('stay beside configured groups', () => {
    const head = outgoing(['Impersonate-Group: ops'], 'Impersonate-Group');
    expect(head.match(/Impersonate-Group: .*/g)).toEqual([
      'Impersonate-Group: ops',
      'Impersonate-Group: viewer',
    ]);
  });
});

describe('the head of a request', () => {
  it('is one of HTTP/1.1', () => {
    expect(outgoing([], 'Authorization')).toMatch(/^GET \/api HTTP\/1\.1\r\n/);
  });
});

describe('the head of an upgrade', () => {
  it('has a Connection header that names nothing but the upgrade and keep-alive', () => {
    const lines = (...headers: string[]) =>
      outgoing([...headers, 'Upgrade: websocket'], 'Authorization', true).match(
        /^(Connection|X-Secret).*/gm,
      );
    expect(lines('Connection: upgrade')).toEqual(['Connection: upgrade']);
    expect(lines('Connection: keep-alive', 'Connection: Upgrade')).toEqual([
      'Connection: keep-alive',
      'Connection: Upgrade',
    ]);
    expect(lines('Connection: Upgrade, X-Secret, content-length', 'X-Secret: 1')).toEqual([
      'Connection: Upgrade',
    ]);
    expect(lines('Connection: Transfer-Encoding', 'Connection: x-upgrade')).toEqual([
      'Connection: Upgrade',
    ]);
  });
});

function bring(...headers: string[]) {
  return clientCredentials(read(headers).head.headers);
}

function outgoing(headers: string[], added: string, isUpgrade = false): string {
  return outgoingHead(read(headers), {
    target: '/api',
    authority: 'kube.test',
    credentials: [[added, 'viewer']],
    clientAddress: null,
    isUpgrade,
    asksForGzip: false,
  });
}

function read(headers: string[]) {
  const head = parseRequestHead(
    ['GET /api HTTP/1.1', 'Host: localhost', ...headers, '', ''].join('\r\n'),
  );
  if ('refused' in head) throw new Error('refused');
  const framing = requestFraming(head);
  if ('refused' in framing) throw new Error('refused');
  return describeRequest(head, framing, 0);
}

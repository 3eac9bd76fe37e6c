import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { readBody } from '../kit/http/body.ts';
import type { HttpResponse } from '../kit/http/server-exchange.ts';
import { UpstreamConnection } from '../kit/http/upstream-connection.ts';
import { startScriptedServer } from '../kit/testing/scripted-server.ts';
import { AnswerRelay } from './answer-relay.ts';

/** A client that has room for nothing until it says so. */
class SlowResponse extends EventEmitter implements HttpResponse {
  readonly headersSent = false;
  setHeader(): void {
    return;
  }
  writeHead(): void {
    return;
  }
  write(): boolean {
    return false;
  }
  end(): void {
    return;
  }
  destroy(): void {
    return;
  }
}

it('leaves a connection alone that it has given back, whenever its client has room again', async () => {
  await using target = await startScriptedServer(() => undefined);
  const dialer = {
    generation: 0,
    async connect(options = {}) {
      const socket = connect({ port: target.port, host: '127.0.0.1', ...options });
      await once(socket, 'connect');
      return socket;
    },
  };
  const connection = await UpstreamConnection.open(dialer, {});
  const response = new SlowResponse();
  let isOver = false;
  const relay = new AnswerRelay(response, {
    method: 'GET',
    rewriter: null,
    mayDecode: false,
    onEnd: () => (isOver = true),
    onBroken: () => undefined,
  });
  const headers = [{ name: 'Content-Type', key: 'content-type', value: 'a/b' }];
  const framing = { kind: 'length', length: 4 } as const;
  relay.start(connection, { status: 200, reason: 'OK', minorVersion: 1, headers }, framing);
  const body = readBody(framing);
  const memory = Buffer.from('body');
  body.read(memory, 0, memory.length);
  relay.pass(body, memory);
  expect(connection.socket.isPaused()).toBe(true);
  relay.end([]);
  expect(isOver).toBe(true);

  // Another request has it now, and its own client is slow.
  connection.resume();
  connection.pause();
  response.emit('drain');
  expect(connection.socket.isPaused()).toBe(true);
  connection.destroy();
});

/** The state cookie (RFC 9260, 5.1.3): what a server would have to remember of an INIT, signed. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Handshake {
  readonly peerTag: number;
  readonly peerTsn: number;
  readonly ownTag: number;
  readonly ownTsn: number;
}

export interface Cookies {
  /** @param peer address and ports: a cookie is of no use to anybody else. */
  bake(handshake: Handshake, peer: string): Buffer;
  /** Undefined for one that was not baked here for this peer, or that is stale. */
  open(cookie: Buffer, peer: string): Handshake | undefined;
}

const lifetimeMs = 60_000;
const stateBytes = 24;

export function createCookies(): Cookies {
  const key = randomBytes(32);
  const sign = (state: Buffer, peer: string) =>
    createHmac('sha256', key).update(state).update(peer).digest();
  return {
    bake: (handshake, peer) => {
      const state = Buffer.alloc(stateBytes);
      state.writeBigUInt64BE(BigInt(Date.now()), 0);
      state.writeUInt32BE(handshake.peerTag, 8);
      state.writeUInt32BE(handshake.peerTsn, 12);
      state.writeUInt32BE(handshake.ownTag, 16);
      state.writeUInt32BE(handshake.ownTsn, 20);
      return Buffer.concat([state, sign(state, peer)]);
    },
    open: (cookie, peer) => {
      const state = cookie.subarray(0, stateBytes);
      const expected = sign(state, peer);
      const given = cookie.subarray(stateBytes);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      if (Date.now() - Number(state.readBigUInt64BE(0)) > lifetimeMs) return undefined;
      return {
        peerTag: state.readUInt32BE(8),
        peerTsn: state.readUInt32BE(12),
        ownTag: state.readUInt32BE(16),
        ownTsn: state.readUInt32BE(20),
      };
    },
  };
}

/** In a namespace: addresses of Services on loopback that are translated to echo servers. */
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Socket as TcpSocket } from 'node:net';
import { openNftConnection, type KernelNftConnection } from '../../nftables/connection.ts';

export const services = { IPv4: '10.96.0.1', IPv6: 'fd00:96::1' } as const;
export const servicePort = 80;
/** A NodePort at the addresses of the node. */
export const nodePort = 30_080;
export const node = { IPv4: '10.0.0.1', IPv6: 'fd00::1' } as const;
export const endpoints = { IPv4: ['127.0.0.2', '127.0.0.3'], IPv6: ['::1'] } as const;
export const endpointPort = 8080;

export async function layNatNetwork(): Promise<KernelNftConnection> {
  const commands = [
    'link set lo up',
    'address add 10.0.0.1/8 dev lo',
    'address add fd00::1/64 dev lo nodad',
    'route add local fd00:96::/64 dev lo',
  ];
  for (const command of commands) execFileSync('ip', command.split(' '));
  const connection = await openNftConnection();
  await connection.run(ruleset);
  for (const address of endpoints.IPv4) await echo('udp4', address);
  await echo('udp6', endpoints.IPv6[0]);
  const server = createServer((socket) => socket.pipe(socket));
  await once(server.listen(endpointPort, '::'), 'listening');
  return connection;
}

/** Sends the flows to the other endpoint from now on. */
export async function moveTo(connection: KernelNftConnection, address: string): Promise<void> {
  await connection.run(
    `flush map ip nat backend\nadd element ip nat backend { 0 : ${address} . ${endpointPort} }`,
  );
}

/** Resolves with the source of the answer. */
export async function ask(client: Socket, address: string, port: number): Promise<void> {
  client.send('?', port, address);
  await once(client, 'message');
}

export async function connectTo(address: string, port: number): Promise<TcpSocket> {
  const socket = connect(port, address);
  await once(socket, 'connect');
  return socket;
}

async function echo(type: 'udp4' | 'udp6', address: string): Promise<void> {
  const socket = createSocket(type);
  socket.on('message', (message, { port, address: from }) => socket.send(message, port, from));
  socket.bind(endpointPort, address);
  await once(socket, 'listening');
}

const ruleset = `
table ip nat {
	map backend {
		typeof numgen random mod 1 : ip daddr . th dport
		elements = { 0 : 127.0.0.2 . 8080 }
	}
	chain output {
		type nat hook output priority -100
		ip daddr 10.96.0.1 meta l4proto { tcp, udp } th dport 80 ct mark set 0xabc dnat ip to numgen random mod 1 map @backend
		ip daddr 10.0.0.1 meta l4proto { tcp, udp } th dport 30080 dnat ip to numgen random mod 1 map @backend
	}
	chain leaving {
		type nat hook postrouting priority 100
		ct original ip daddr 10.0.0.1 ip daddr 127.0.0.2 snat to 10.0.0.9
	}
}
table ip6 nat {
	chain output {
		type nat hook output priority -100
		ip6 daddr fd00:96::1 meta l4proto { tcp, udp } th dport 80 dnat to [::1]:8080
	}
}
`;

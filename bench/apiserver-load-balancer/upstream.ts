/** The apiservers' stand-in: nginx, over TLS and plain, with one process per core. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { canConnect } from './can-connect.ts';
import { inside, upstreamMachine, type Network } from './world.ts';

export const upstreamPorts = { tls: 6443, plain: 8080 } as const;
export type Traffic = keyof typeof upstreamPorts;

export interface Upstream extends AsyncDisposable {
  readonly pid: number;
}

const largeBytes = 1 << 20;

/** @param networks where it is to be reached */
export async function startUpstream(
  directory: string,
  networks: readonly Network[],
  maxFiles: number,
): Promise<Upstream> {
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'large'), Buffer.alloc(largeBytes, 'x'));
  const authority = await createAuthority();
  const { certificatePem, keyPem } = await authority.issueServer(
    networks.flatMap(({ upstreams }) => upstreams),
  );
  await writeFile(join(directory, 'server.crt'), certificatePem);
  await writeFile(join(directory, 'server.key'), keyPem);
  const configuration = join(directory, 'nginx.conf');
  await writeFile(configuration, configurationText(directory, files, maxFiles));
  const [program = '', ...args] = [
    ...inside(upstreamMachine),
    'nginx',
    ...['-p', directory, '-e', 'stderr', '-c', configuration],
  ];
  const nginx = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const { upstreams } of networks) {
    for (const address of upstreams) {
      while (!(await canConnect(address, upstreamPorts.tls))) await sleep(20);
    }
  }
  return {
    pid: nginx.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (nginx.exitCode !== null) return;
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    },
  };
}

function configurationText(directory: string, files: string, maxFiles: number): string {
  return `
user root;
daemon off;
error_log /dev/null crit;
worker_processes auto;
pid ${directory}/nginx.pid;
events { worker_connections ${maxFiles}; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600;
  sendfile on;
  open_file_cache max=10;
  client_body_temp_path ${directory}/t1; proxy_temp_path ${directory}/t2;
  fastcgi_temp_path ${directory}/t3; uwsgi_temp_path ${directory}/t4; scgi_temp_path ${directory}/t5;
  server {
    listen ${upstreamPorts.tls} ssl reuseport;
    listen ${upstreamPorts.plain} reuseport;
    ssl_certificate ${directory}/server.crt;
    ssl_certificate_key ${directory}/server.key;
    ssl_protocols TLSv1.3;
    root ${files};
    location = /large { }
    location / { return 200 "ok"; }
  }
}
`;
}

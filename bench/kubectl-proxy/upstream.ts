/** The apiserver's stand-in: nginx over TLS, offering HTTP/2 and HTTP/1.1 as a real one does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, isListening } from './ports.ts';

export interface BenchUpstream extends AsyncDisposable {
  readonly port: number;
}

export const bodyPaths = { small: '/small', large: '/large' } as const;
export type BodySize = keyof typeof bodyPaths;

const smallBody = JSON.stringify({
  kind: 'APIVersions',
  versions: ['v1'],
  padding: 'x'.repeat(200),
});
const largeBytes = 1 << 20;

/** One worker process: the machine's cores are shared with the proxy and the load. */
export async function startUpstream(directory: string, pki: string): Promise<BenchUpstream> {
  const files = join(directory, 'files');
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'small'), smallBody);
  await writeFile(join(files, 'version'), JSON.stringify({ major: '1', minor: '32' }));
  await writeFile(join(files, 'large'), Buffer.alloc(largeBytes, 'x'));
  const port = await freePort();
  const configuration = join(directory, 'nginx.conf');
  await writeFile(configuration, nginxConfiguration({ directory, pki, files, port }));
  const nginx = spawn('nginx', ['-c', configuration, '-p', directory, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  nginx.on('error', () => undefined);
  await isListening(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      if (nginx.exitCode !== null) return;
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    },
  };
}

function nginxConfiguration(options: {
  readonly directory: string;
  readonly pki: string;
  readonly files: string;
  readonly port: number;
}): string {
  const { directory, pki, files, port } = options;
  return `
${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
error_log stderr crit;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 100000000;
  http2_max_concurrent_streams 1000;
  keepalive_timeout 600;
  open_file_cache max=10;
  default_type application/json;
  client_body_temp_path ${directory}/t1; proxy_temp_path ${directory}/t2;
  fastcgi_temp_path ${directory}/t3; uwsgi_temp_path ${directory}/t4; scgi_temp_path ${directory}/t5;
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${pki}/server.crt;
    ssl_certificate_key ${pki}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    root ${files};
  }
}
`;
}

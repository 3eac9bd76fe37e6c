/** What stands behind the proxy: nginx with files, which also serves them over TLS by itself, as the peer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../../proxies/kit/pki/authority.ts';
import { freePort, isListening } from '../kubectl-proxy/ports.ts';

export interface Backend extends AsyncDisposable {
  /** Plain HTTP: what a pod serves. */
  readonly port: number;
  /** HTTPS, passed on to the other port: nginx in the proxy's place. */
  readonly peerPort: number;
}

/** The sizes of the files that it serves, by their names. */
export const files = { small: 250, large: 1 << 20, stream: 1 << 30 } as const;

export async function startBackend(directory: string): Promise<Backend> {
  const root = join(directory, 'files');
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'small'), 'x'.repeat(files.small));
  await writeFile(join(root, 'large'), Buffer.alloc(files.large, 'x'));
  await makeSparse(join(root, 'stream'), files.stream);
  const authority = await createAuthority();
  const { certificatePem, keyPem } = await authority.issueServer(['127.0.0.1']);
  await writeFile(join(directory, 'peer.crt'), certificatePem);
  await writeFile(join(directory, 'peer.key'), keyPem, { mode: 0o600 });
  const [port, peerPort] = [await freePort(), await freePort()];
  const configuration = join(directory, 'nginx.conf');
  await writeFile(configuration, nginxConfiguration(directory, port, peerPort));
  const nginx = spawn('nginx', ['-c', configuration, '-p', directory, '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  nginx.on('error', () => undefined);
  await Promise.all([isListening(port), isListening(peerPort)]);
  return {
    port,
    peerPort,
    async [Symbol.asyncDispose]() {
      if (nginx.exitCode !== null) return;
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    },
  };
}

async function makeSparse(path: string, bytes: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(bytes);
}

/** One worker process: the machine's cores are shared with the proxy and the load. */
function nginxConfiguration(directory: string, port: number, peerPort: number): string {
  return `
${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
error_log stderr crit;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 600;
  open_file_cache max=10;
  default_type application/octet-stream;
  client_body_temp_path ${directory}/t1; proxy_temp_path ${directory}/t2;
  fastcgi_temp_path ${directory}/t3; uwsgi_temp_path ${directory}/t4; scgi_temp_path ${directory}/t5;
  upstream pod { server 127.0.0.1:${port}; keepalive 128; keepalive_requests 100000000; }
  server { listen 127.0.0.1:${port}; root ${directory}/files; }
  server {
    listen 127.0.0.1:${peerPort} ssl;
    ssl_certificate ${directory}/peer.crt;
    ssl_certificate_key ${directory}/peer.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {
      proxy_pass http://pod;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_max_temp_file_size 0;
    }
  }
}
`;
}

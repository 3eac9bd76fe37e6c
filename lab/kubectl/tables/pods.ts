import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Group } from '../command.ts';
import type { Session } from '../session.ts';
import { list, pod } from './shapes.ts';

const image = 'registry.example/hop-by-hop/echo';

const describesPod =
  /^Name: web\nNamespace: NS[^]*Node: NODE\/IP[^]*Status: Running\nIP: IP[^]*Containers:\n +web:[^]*State: Running[^]*Ready: True[^]*QoS Class: BestEffort(?=[^]*Normal +Scheduled)(?=[^]*Normal +Started +AGE)/;

/** Events of the same second come in no particular order. */
const startEvents = /(?=[^]*Normal +Scheduled)(?=[^]*Normal +Started)/;

/** Pods that run: `run`, `logs`, `exec`, `cp`, `attach`, `port-forward`, `events`, `describe`. */
export const pods: Group = {
  name: 'pods',
  files: { 'note.txt': 'a note\n' },
  steps: [
    { run: `run web --image=${image} --port=8080 --labels=app=web`, prints: 'pod/web created' },
    { run: 'wait --for=condition=Ready pod/web --timeout=20s', prints: 'pod/web condition met' },
    { run: 'get pod web', prints: 'NAME READY STATUS RESTARTS AGE\nweb 1/1 Running 0 AGE' },
    {
      run: 'get pods -o wide',
      prints:
        'NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES\nweb 1/1 Running 0 AGE IP NODE <none> <none>',
    },
    { run: 'get pods -o json', shape: list(pod) },
    { run: 'get pods --field-selector status.phase=Running -o name', prints: 'pod/web' },
    { run: 'get pods --field-selector status.phase!=Running -o name', prints: '' },
    { run: 'describe pod web', prints: describesPod },
    {
      run: 'get events --field-selector involvedObject.name=web',
      prints: startEvents,
    },
    {
      run: 'events --for pod/web',
      prints: startEvents,
      since: { minor: 26, because: 'the command is of 1.26' },
    },
    { run: 'logs web', prints: /\S/ },
    { run: 'logs web --tail=1 --timestamps', prints: /^TIME \S.*$/ },
    { run: 'logs web --since=1h -c web', prints: /\S/ },
    { run: 'logs -l app=web --prefix', prints: /^\[pod\/web\/web\] /m },
    { run: 'logs web -c nothing', fails: /container nothing is not valid for pod web/ },
    {
      run: 'logs web --previous',
      fails: /previous terminated container "web" in pod "web" not found/,
    },
    {
      run: 'logs -f web',
      play: (session) =>
        session.start('logs -f web', async (running) => {
          await running.printed(/\S/);
          await session.run('exec web -- curl -s http://localhost:8080/followed');
          await running.printed(/followed/);
        }),
    },
    { run: 'exec web -- echo hello', prints: 'hello' },
    { run: 'exec web -- hostname', prints: 'web' },
    { run: 'exec web -i -- cat', stdin: 'through\n', prints: 'through' },
    { run: `exec web -- sh -c 'exit 3'`, fails: /command terminated with exit code 3/ },
    { run: 'exec web -- frobnicate', fails: /executable file not found|not found/ },
    { run: 'exec nothing -- echo', fails: /pods "nothing" not found/ },
    {
      run: 'exec -i web -- cat',
      play: (session) =>
        session.start('exec -i web -- cat', async (running) => {
          running.write('there\n');
          await running.printed(/there/);
          running.write('and back\n');
          await running.printed(/and back/);
        }),
    },
    {
      run: 'exec -i web -- sh',
      stdin: 'echo once\nexit 3\n',
      fails: /exit code 3/,
      prints: 'once',
    },
    {
      run: 'exec -it web -- sh',
      play: (session) =>
        session.startInTerminal('exec -it web -- sh', async (running) => {
          await running.printed(/[#$] $/);
          running.write('echo to a terminal\r');
          await running.printed(/\nto a terminal/);
          running.write('exit\r');
          await running.exited;
        }),
    },
    { run: 'cp note.txt web:/tmp/note.txt', prints: '' },
    { run: 'exec web -- cat /tmp/note.txt', prints: 'a note' },
    {
      run: 'cp web:/tmp/note.txt back.txt',
      play: async (session) => {
        await session.run('cp web:/tmp/note.txt back.txt');
        const back = await readFile(join(session.directory, 'back.txt'), 'utf8');
        if (back !== 'a note\n') throw new Error(`came back as ${JSON.stringify(back)}`);
      },
    },
    { run: 'port-forward pod/web :8080', play: (session) => forward(session, 'pod/web') },
    { run: 'expose pod web --port=80 --target-port=8080', prints: 'service/web exposed' },
    { run: 'port-forward service/web :80', play: (session) => forward(session, 'service/web', 80) },
    {
      run: 'proxy --port=0',
      play: (session) =>
        session.start('proxy --port=0', async (running) => {
          const port = portOf(await running.printed(/Starting to serve on 127\.0\.0\.1:\d+/));
          const { namespace } = session;
          const path = `/api/v1/namespaces/${namespace}`;
          const found = await fetchText(`http://127.0.0.1:${port}${path}/pods/web`);
          if (!found.includes('"kind": "Pod"') && !found.includes('"kind":"Pod"')) {
            throw new Error(found);
          }
        }),
    },
    {
      run: 'attach web',
      play: (session) =>
        session.start('attach web', async (running) => {
          await running.printed(/If you don't see a command prompt|\S/);
          await session.run('exec web -- curl -s http://localhost:8080/attached');
          await running.printed(/attached/);
        }),
    },
    { run: 'label pod web tier=front', prints: 'pod/web labeled' },
    {
      run: 'patch pod web -p {"spec":{"nodeName":"x"}}',
      fails: /Forbidden: pod updates may not change fields/,
    },
    {
      run: `run once --image=${image} --restart=Never --command -- sh -c 'exit 0'`,
      prints: 'pod/once created',
    },
    { run: 'run bad --image=no-such-image', prints: 'pod/bad created' },
    {
      run: 'wait bad pod',
      play: async (session) => {
        await session.start('get pod bad -w', (running) =>
          running.printed(/ErrImagePull|ImagePullBackOff/),
        );
      },
    },
    {
      run: 'delete pod bad once --now',
      prints: /pod "bad" (force )?deleted[^]*pod "once" (force )?deleted/,
    },
    {
      run: 'delete pod web --grace-period=0 --force',
      prints: /pod "web" force deleted/,
      warns: /Immediate deletion does not wait for confirmation/,
    },
  ],
};

async function forward(session: Session, target: string, port = 8080): Promise<void> {
  await session.start(`port-forward ${target} :${port}`, async (running) => {
    const local = portOf(await running.printed(/Forwarding from 127\.0\.0\.1:\d+ -> 8080/));
    const text = await fetchText(`http://127.0.0.1:${local}/forwarded`);
    if (!text.includes('/forwarded')) throw new Error(`the pod answered ${text}`);
  });
}

function portOf(text: string): string {
  return /127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? '';
}

async function fetchText(url: string): Promise<string> {
  return (await fetch(url, { headers: { Connection: 'close' } })).text();
}

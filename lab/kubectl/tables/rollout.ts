import type { Group } from '../command.ts';
import { deployment, list } from './shapes.ts';

const image = 'registry.example/hop-by-hop/echo';

/** A Deployment's life. */
export const rollout: Group = {
  name: 'rollout',
  steps: [
    {
      run: `create deployment web --image=${image}:1 --replicas=2 --port=8080`,
      prints: 'deployment.apps/web created',
    },
    {
      run: 'rollout status deployment/web --timeout=30s',
      prints: /deployment "web" successfully rolled out$/,
    },
    { run: 'get deployment web', prints: 'NAME READY UP-TO-DATE AVAILABLE AGE\nweb 2/2 2 2 AGE' },
    { run: 'get deployments -o json', shape: list(deployment) },
    { run: 'get replicasets', prints: /^NAME DESIRED CURRENT READY AGE\nweb-[a-z0-9]+ 2 2 2 AGE$/ },
    { run: 'get pods -l app=web --no-headers', prints: /^(web-HASH-ID 1\/1 Running 0 AGE\n?){2}$/ },
    { run: 'get endpoints web --ignore-not-found', prints: '' },
    { run: 'expose deployment web --port=80 --target-port=8080', prints: 'service/web exposed' },
    {
      run: 'wait for endpoints',
      play: (session) =>
        session.start('get endpointslices -w', async (running) => {
          await running.printed(/web-\S+ +IPv4 +8080 +[\d.]+,[\d.]+/);
        }),
    },
    {
      run: 'describe service web',
      prints: /Selector: app=web[^]*TargetPort: 8080\/TCP\nEndpoints: IP:8080,IP:8080/,
    },
    {
      run: 'describe deployment web',
      prints:
        /Replicas: 2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable\nStrategyType: RollingUpdate[^]*RollingUpdateStrategy: 25% max unavailable, 25% max surge[^]*Available +True[^]*ScalingReplicaSet +AGE/,
    },
    {
      run: 'describe replicaset -l app=web',
      prints: /Controlled By: Deployment\/web\nReplicas: 2 current \/ 2 desired/,
    },
    {
      run: `set image deployment/web echo=${image}:2`,
      prints: 'deployment.apps/web image updated',
    },
    { run: 'rollout status deployment/web --timeout=30s', prints: /successfully rolled out$/ },
    { run: 'rollout history deployment/web', prints: /REVISION CHANGE-CAUSE\n1 <none>\n2 <none>$/ },
    {
      run: 'rollout history deployment/web --revision=2',
      prints: /with revision #2\nPod Template:[^]*Image: .*echo:2/,
    },
    { run: 'rollout undo deployment/web', prints: 'deployment.apps/web rolled back' },
    { run: 'rollout status deployment/web --timeout=30s', prints: /successfully rolled out$/ },
    {
      run: 'get deployment web -o jsonpath={.spec.template.spec.containers[0].image}',
      prints: `${image}:1`,
    },
    {
      run: 'rollout undo deployment/web --to-revision=9',
      fails: /unable to find specified revision 9 in history/,
    },
    { run: 'rollout pause deployment/web', prints: 'deployment.apps/web paused' },
    { run: 'rollout restart deployment/web', fails: /can't restart paused deployment/ },
    { run: 'rollout resume deployment/web', prints: 'deployment.apps/web resumed' },
    { run: 'rollout restart deployment/web', prints: 'deployment.apps/web restarted' },
    { run: 'rollout status deployment/web --timeout=30s', prints: /successfully rolled out$/ },
    { run: 'scale deployment web --replicas=1', prints: 'deployment.apps/web scaled' },
    {
      run: 'wait deployment/web --for=condition=Available --timeout=20s',
      prints: 'deployment.apps/web condition met',
    },
    { run: 'logs deployment/web --tail=1', prints: /\S/ },
    { run: 'exec deployment/web -- hostname', prints: /^web-HASH-ID$/ },
    {
      run: 'get all -o name',
      prints:
        /^pod\/web-HASH-ID\n(pod\/web-HASH-ID\n)*service\/web\ndeployment\.apps\/web\n(replicaset\.apps\/web-[a-z0-9]+\n?)+$/,
    },
    { run: 'delete deployment web --cascade=foreground', prints: /deployment\.apps "web" deleted/ },
    {
      run: 'wait --for=delete pods -l app=web --timeout=20s',
      prints: '',
      since: { minor: 24, because: 'before, what is gone already is an error' },
    },
    { run: 'get replicasets,pods -o name', prints: '' },
  ],
};

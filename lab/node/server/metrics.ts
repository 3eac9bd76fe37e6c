/** A little of what a kubelet measures: what the lab knows for true. */
import type { NodeFacts } from './node-facts.ts';

export function metricsText({ pods }: NodeFacts): string {
  const workers = pods.list();
  const running = workers.flatMap(({ containers }) =>
    [...containers.values()].filter(({ status }) => 'running' in status.state),
  );
  return [
    '# HELP kubelet_running_pods [BETA] Number of pods that have a running pod sandbox',
    '# TYPE kubelet_running_pods gauge',
    `kubelet_running_pods ${workers.length}`,
    '# HELP kubelet_running_containers [BETA] Number of containers currently running',
    '# TYPE kubelet_running_containers gauge',
    `kubelet_running_containers{container_state="running"} ${running.length}`,
    '# HELP process_resident_memory_bytes [STABLE] Resident memory size in bytes.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    '',
  ].join('\n');
}

/** `/stats/summary`: the pods share the node's process, so only the node has figures. */
export function statsSummary({ nodeName, pods }: NodeFacts): object {
  const time = new Date().toISOString();
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage.rss();
  return {
    node: {
      nodeName,
      startTime: new Date(performance.timeOrigin).toISOString(),
      cpu: { time, usageCoreNanoSeconds: (user + system) * 1000 },
      memory: { time, workingSetBytes: memory, rssBytes: memory },
    },
    pods: pods.list().map(({ pod, startTime, containers }) => ({
      podRef: {
        name: pod.metadata.name,
        namespace: pod.metadata.namespace,
        uid: pod.metadata.uid,
      },
      startTime,
      containers: [...containers.keys()].map((name) => ({ name, startTime })),
    })),
  };
}

/** What others put in front of their apiservers, or on each node (specification 4.3, 4.5 and 4.6). */
import type { z } from 'zod';
import type { tableSchema } from '../../descriptor.ts';

const source = (repository: string, ref: string, path: string) =>
  `https://github.com/${repository}/blob/${ref}/${path}`;
const kubeadmGuide = source('kubernetes/kubeadm', 'main', 'docs/ha-considerations.md');

export const elsewhere: z.input<typeof tableSchema> = {
  id: 'elsewhere',
  columns: [
    { id: 'where', kind: 'text' },
    { id: 'listens', kind: 'code' },
    { id: 'with', kind: 'text' },
    { id: 'asks', kind: 'code' },
    { id: 'chooses', kind: 'words' },
    { id: 'source', kind: 'link' },
  ],
  rows: [
    {
      id: 'kubeadm',
      cells: {
        where: 'kubeadm',
        listens: '$APISERVER_VIP',
        with: 'HAProxy + keepalived',
        asks: '/healthz',
        option: 'balance roundrobin',
        seconds: 35,
        source: [kubeadmGuide],
      },
    },
    {
      id: 'kube-vip',
      cells: {
        where: 'kube-vip',
        listens: '$VIP:6443',
        with: 'IPVS',
        asks: '/version',
        source: [
          source('kube-vip/kube-vip', 'main', 'pkg/loadbalancer/ipvs.go'),
          'https://kube-vip.io/docs/',
        ],
      },
    },
    {
      id: 'k3s',
      cells: {
        where: 'k3s',
        listens: '127.0.0.1:6444',
        with: 'k3s agent',
        asks: '',
        seconds: 1,
        source: [source('k3s-io/k3s', 'main', 'pkg/agent/loadbalancer/servers.go')],
      },
    },
    {
      id: 'k0s',
      cells: {
        where: 'k0s',
        listens: 'localhost:7443',
        with: 'Envoy',
        asks: '',
        source: ['https://docs.k0sproject.io/head/nllb/', 'https://docs.k0sproject.io/head/cplb/'],
      },
    },
    {
      id: 'talos',
      cells: {
        where: 'Talos KubePrism',
        listens: '127.0.0.1:7445',
        with: 'Talos',
        asks: '',
        source: [
          'https://docs.siderolabs.com/kubernetes-guides/advanced-guides/kubeprism',
          source(
            'siderolabs/talos',
            'main',
            'internal/app/machined/pkg/controllers/k8s/apiserver_loadbalancer.go',
          ),
        ],
      },
    },
    {
      id: 'kubespray',
      cells: {
        where: 'kubespray',
        listens: '127.0.0.1:6443',
        with: 'nginx',
        asks: '',
        option: 'least_conn',
        minutes: 10,
        source: [
          source(
            'kubernetes-sigs/kubespray',
            'master',
            'roles/kubernetes/node/templates/loadbalancer/nginx.conf.j2',
          ),
        ],
      },
    },
    {
      id: 'openshift',
      cells: {
        where: 'OpenShift',
        listens: ':9445',
        with: 'HAProxy + keepalived',
        asks: '/readyz',
        option: 'balance roundrobin',
        hours: 24,
        source: [
          source(
            'openshift/machine-config-operator',
            'main',
            'templates/master/00-master/on-prem/files/haproxy-haproxy.yaml',
          ),
          source('openshift/baremetal-runtimecfg', 'master', 'README.md'),
        ],
      },
    },
    {
      id: 'kubelet',
      cells: {
        where: 'kubelet',
        listens: '',
        with: '',
        asks: '',
        field: 'server',
        source: [
          'https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/',
        ],
      },
    },
  ],
};

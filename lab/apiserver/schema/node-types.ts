/** Nodes. */
import { declareTypes } from './declare.ts';

export const nodeTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Node : A machine that runs pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec NodeSpec #2 : What is wanted of the node.
  status NodeStatus #3 : What was last seen of the node.
NodeSpec : What is wanted of a node.
  configSource NodeConfigSource #6
  externalID string #2
  podCIDR string #1 : The range that the node's pods have their addresses from.
  podCIDRs [string] merge #7 : The ranges, one per family.
  providerID string #3
  taints [Taint] #5 : What keeps pods away that do not tolerate it.
  unschedulable bool #4 : Whether new pods are kept away.
NodeStatus : What was last seen of a node.
  addresses [NodeAddress] merge=type #5 : Its names and addresses.
  allocatable {quantity} #2 : What pods may use.
  capacity {quantity} #1 : What the machine has.
  conditions [NodeCondition] merge=type #4 : Ready, and the pressures.
  config NodeConfigStatus #11
  daemonEndpoints NodeDaemonEndpoints #6
  features NodeFeatures #13
  images [ContainerImage] #8
  nodeInfo NodeSystemInfo #7
  phase string #3
  runtimeHandlers [NodeRuntimeHandler] #12
  volumesAttached [AttachedVolume] #10
  volumesInUse [string] #9
Taint : What keeps pods away.
  effect! string #3 : NoSchedule, PreferNoSchedule or NoExecute.
  key! string #1
  timeAdded time #4
  value string #2
NodeConfigSource : Where a kubelet had its settings from. No longer used.
  configMap ConfigMapNodeConfigSource #2
NodeCondition : One aspect of the state of a node.
  lastHeartbeatTime time #3
  lastTransitionTime time #4 : When the status changed last.
  message string #6
  reason string #5
  status! string #2
  type! string #1
NodeAddress : A name or address of a node.
  address! string #2
  type! string #1 : InternalIP, ExternalIP, Hostname and the like.
NodeDaemonEndpoints : Where the kubelet listens.
  kubeletEndpoint DaemonEndpoint #1
NodeSystemInfo : What the node is made of.
  architecture! string #10
  bootID! string #3
  containerRuntimeVersion! string #6
  kernelVersion! string #4
  kubeletVersion! string #7
  kubeProxyVersion! string #8
  machineID! string #1
  operatingSystem! string #9
  osImage! string #5
  swap NodeSwapStatus #11
  systemUUID! string #2
ContainerImage : An image that the node has.
  names [string] #1
  sizeBytes long #2
AttachedVolume : A volume that is attached to the node.
  devicePath! string #2
  name! string #1
NodeConfigStatus : Which settings a kubelet used. No longer set.
  active NodeConfigSource #2
  assigned NodeConfigSource #1
  error string #4
  lastKnownGood NodeConfigSource #3
NodeRuntimeHandler : A container runtime of the node.
  features NodeRuntimeHandlerFeatures #2
  name string #1
NodeFeatures : What the container runtime can do.
  supplementalGroupsPolicy bool #1 : Merge, or Strict.
ConfigMapNodeConfigSource : A ConfigMap with settings of a kubelet. No longer used.
  kubeletConfigKey! string #5
  name! string #2
  namespace! string #1
  resourceVersion string #4
  uid string #3
DaemonEndpoint : A port of the kubelet.
  Port! int #1
NodeSwapStatus : How much swap the node has.
  capacity long #1
NodeRuntimeHandlerFeatures : What a runtime can do.
  recursiveReadOnlyMounts bool #1
  userNamespaces bool #2
`,
);

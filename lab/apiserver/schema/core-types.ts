import { declareTypes } from './declare.ts';

export const coreTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Namespace : A scope for names.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec NamespaceSpec #2 : What is wanted of the namespace.
  status NamespaceStatus #3 : What was last seen of it.
NamespaceSpec : What is wanted of a namespace.
  finalizers [string] #1 : What must be done before the namespace is removed.
NamespaceStatus : What was last seen of a namespace.
  conditions [NamespaceCondition] merge=type #2
  phase string #1 : Active or Terminating.
NamespaceCondition : One aspect of the state of a namespace.
  lastTransitionTime time #4
  message string #6
  reason string #5
  status! string #2
  type! string #1
Node : A machine that runs pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec NodeSpec #2 : What is wanted of the node.
  status NodeStatus #3 : What was last seen of the node.
NodeSpec : What is wanted of a node.
  configSource any #6
  externalID string #2
  podCIDR string #1 : The range that the node's pods have their addresses from.
  podCIDRs [string] merge #7 : The ranges, one per family.
  providerID string #3
  taints [Taint] #5 : What keeps pods away that do not tolerate it.
  unschedulable bool #4 : Whether new pods are kept away.
Taint : What keeps pods away.
  effect! string #3 : NoSchedule, PreferNoSchedule or NoExecute.
  key! string #1
  timeAdded time #4
  value string #2
NodeStatus : What was last seen of a node.
  addresses [NodeAddress] merge=type #5 : Its names and addresses.
  allocatable {quantity} #2 : What pods may use.
  capacity {quantity} #1 : What the machine has.
  conditions [NodeCondition] merge=type #4 : Ready, and the pressures.
  config any #11
  daemonEndpoints NodeDaemonEndpoints #6
  features any #13
  images [ContainerImage] #8
  nodeInfo NodeSystemInfo #7
  phase string #3
  runtimeHandlers [any] #12
  volumesAttached [any] #10
  volumesInUse [string] #9
NodeAddress : A name or address of a node.
  address! string #2
  type! string #1 : InternalIP, ExternalIP, Hostname and the like.
NodeCondition : One aspect of the state of a node.
  lastHeartbeatTime time #3
  lastTransitionTime time #4
  message string #6
  reason string #5
  status! string #2
  type! string #1
NodeDaemonEndpoints : Where the kubelet listens.
  kubeletEndpoint DaemonEndpoint #1
DaemonEndpoint : A port of the kubelet.
  Port! int #1
ContainerImage : An image that the node has.
  names [string] #1
  sizeBytes long #2
NodeSystemInfo : What the node is made of.
  architecture! string #10
  bootID! string #3
  containerRuntimeVersion! string #6
  kernelVersion! string #4
  kubeProxyVersion! string #8
  kubeletVersion! string #7
  machineID! string #1
  operatingSystem! string #9
  osImage! string #5
  swap any #11
  systemUUID! string #2
Service : A name and an address for a set of pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec ServiceSpec #2 : What is wanted of the Service.
  status ServiceStatus #3 : What was last seen of it.
ServiceSpec : What is wanted of a Service.
  allocateLoadBalancerNodePorts bool #20
  clusterIP string #3 : The address inside the cluster; None for none.
  clusterIPs [string] #18 : The addresses, one per family.
  externalIPs [string] #5 : More addresses that nodes accept traffic for.
  externalName string #10 : The name that an ExternalName Service stands for.
  externalTrafficPolicy string #11 : Cluster, or Local to keep the client's address.
  healthCheckNodePort int #12
  internalTrafficPolicy string #22 : Cluster, or Local for endpoints of the same node.
  ipFamilies [string] #19
  ipFamilyPolicy string #17 : SingleStack, PreferDualStack or RequireDualStack.
  loadBalancerClass string #21
  loadBalancerIP string #8
  loadBalancerSourceRanges [string] #9
  ports [ServicePort] merge=port #1 : The ports that the Service offers.
  publishNotReadyAddresses bool #13
  selector {string} #2 : The labels of its pods.
  sessionAffinity string #7 : None, or ClientIP to keep a client with its pod.
  sessionAffinityConfig any #14
  trafficDistribution string #23
  type string #4 : ClusterIP, NodePort, LoadBalancer or ExternalName.
ServicePort : A port of a Service.
  appProtocol string #6
  name string #1 : Its name; needed where there are several.
  nodePort int #5 : The port on every node.
  port! int #3 : The port of the Service.
  protocol string #2 : TCP, UDP or SCTP.
  targetPort intOrString #4 : The port of the pods, by number or name.
ServiceStatus : What was last seen of a Service.
  conditions [meta.Condition] merge=type #2
  loadBalancer LoadBalancerStatus #1
LoadBalancerStatus : Where a cloud load balancer listens.
  ingress [LoadBalancerIngress] #1
LoadBalancerIngress : One address of a cloud load balancer.
  hostname string #2
  ip string #1
  ipMode string #3
  ports [any] #4
Endpoints : The addresses behind a Service. EndpointSlices take its place.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  subsets [EndpointSubset] #2 : Addresses with the same ports.
EndpointSubset : Addresses with the same ports.
  addresses [EndpointAddress] #1
  notReadyAddresses [EndpointAddress] #2
  ports [EndpointPort] #3
EndpointAddress : One address.
  hostname string #3
  ip! string #1
  nodeName string #4
  targetRef ObjectReference #2
EndpointPort : One port.
  appProtocol string #4
  name string #1
  port! int #2
  protocol string #3
ConfigMap : Settings, as keys and values.
  apiVersion string
  binaryData {bytes} #3 : Values that are not text, in base64.
  data {string} #2 : Values that are text.
  immutable bool #4 : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
Secret : Settings that not everybody may read.
  apiVersion string
  data {bytes} #2 : The values, in base64.
  immutable bool #5 : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  stringData {string} #4 : Values as text; written into data.
  type string #3 : What the keys mean.
ServiceAccount : An account for processes.
  apiVersion string
  automountServiceAccountToken bool #4
  imagePullSecrets [LocalObjectReference] #3
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  secrets [ObjectReference] merge=name #2
Event : Something that happened to an object.
  action string #12
  apiVersion string
  count int #8 : How often it happened.
  eventTime microTime #10
  firstTimestamp time #6
  involvedObject! ObjectReference #2 : The object it happened to.
  kind string
  lastTimestamp time #7
  message string #4 : What happened.
  metadata! meta.ObjectMeta #1 : Name, labels, history.
  reason string #3 : Why, in one word.
  related ObjectReference #13
  reportingComponent string #14
  reportingInstance string #15
  series any #11
  source EventSource #5 : Who reports it.
  type string #9 : Normal or Warning.
EventSource : Who reports an event.
  component string #1
  host string #2
`,
);

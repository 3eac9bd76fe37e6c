import { declareTypes } from './declare.ts';

export const coreTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Namespace : A scope for names.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec NamespaceSpec : What is wanted of the namespace.
  status NamespaceStatus : What was last seen of it.
NamespaceSpec : What is wanted of a namespace.
  finalizers [string] : What must be done before the namespace is removed.
NamespaceStatus : What was last seen of a namespace.
  conditions [NamespaceCondition] merge=type
  phase string : Active or Terminating.
NamespaceCondition : One aspect of the state of a namespace.
  lastTransitionTime time
  message string
  reason string
  status! string
  type! string
Node : A machine that runs pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec NodeSpec : What is wanted of the node.
  status NodeStatus : What was last seen of the node.
NodeSpec : What is wanted of a node.
  configSource any
  externalID string
  podCIDR string : The range that the node's pods have their addresses from.
  podCIDRs [string] merge : The ranges, one per family.
  providerID string
  taints [Taint] : What keeps pods away that do not tolerate it.
  unschedulable bool : Whether new pods are kept away.
Taint : What keeps pods away.
  effect! string : NoSchedule, PreferNoSchedule or NoExecute.
  key! string
  timeAdded time
  value string
NodeStatus : What was last seen of a node.
  addresses [NodeAddress] merge=type : Its names and addresses.
  allocatable {quantity} : What pods may use.
  capacity {quantity} : What the machine has.
  conditions [NodeCondition] merge=type : Ready, and the pressures.
  config any
  daemonEndpoints NodeDaemonEndpoints
  features any
  images [ContainerImage]
  nodeInfo NodeSystemInfo
  phase string
  runtimeHandlers [any]
  volumesAttached [any]
  volumesInUse [string]
NodeAddress : A name or address of a node.
  address! string
  type! string : InternalIP, ExternalIP, Hostname and the like.
NodeCondition : One aspect of the state of a node.
  lastHeartbeatTime time
  lastTransitionTime time
  message string
  reason string
  status! string
  type! string
NodeDaemonEndpoints : Where the kubelet listens.
  kubeletEndpoint DaemonEndpoint
DaemonEndpoint : A port of the kubelet.
  Port! int
ContainerImage : An image that the node has.
  names [string]
  sizeBytes long
NodeSystemInfo : What the node is made of.
  architecture! string
  bootID! string
  containerRuntimeVersion! string
  kernelVersion! string
  kubeProxyVersion! string
  kubeletVersion! string
  machineID! string
  operatingSystem! string
  osImage! string
  swap any
  systemUUID! string
Service : A name and an address for a set of pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec ServiceSpec : What is wanted of the Service.
  status ServiceStatus : What was last seen of it.
ServiceSpec : What is wanted of a Service.
  allocateLoadBalancerNodePorts bool
  clusterIP string : The address inside the cluster; None for none.
  clusterIPs [string] : The addresses, one per family.
  externalIPs [string] : More addresses that nodes accept traffic for.
  externalName string : The name that an ExternalName Service stands for.
  externalTrafficPolicy string : Cluster, or Local to keep the client's address.
  healthCheckNodePort int
  internalTrafficPolicy string : Cluster, or Local for endpoints of the same node.
  ipFamilies [string]
  ipFamilyPolicy string : SingleStack, PreferDualStack or RequireDualStack.
  loadBalancerClass string
  loadBalancerIP string
  loadBalancerSourceRanges [string]
  ports [ServicePort] merge=port : The ports that the Service offers.
  publishNotReadyAddresses bool
  selector {string} : The labels of its pods.
  sessionAffinity string : None, or ClientIP to keep a client with its pod.
  sessionAffinityConfig any
  trafficDistribution string
  type string : ClusterIP, NodePort, LoadBalancer or ExternalName.
ServicePort : A port of a Service.
  appProtocol string
  name string : Its name; needed where there are several.
  nodePort int : The port on every node.
  port! int : The port of the Service.
  protocol string : TCP, UDP or SCTP.
  targetPort intOrString : The port of the pods, by number or name.
ServiceStatus : What was last seen of a Service.
  conditions [meta.Condition] merge=type
  loadBalancer LoadBalancerStatus
LoadBalancerStatus : Where a cloud load balancer listens.
  ingress [LoadBalancerIngress]
LoadBalancerIngress : One address of a cloud load balancer.
  hostname string
  ip string
  ipMode string
  ports [any]
Endpoints : The addresses behind a Service. EndpointSlices take its place.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  subsets [EndpointSubset] : Addresses with the same ports.
EndpointSubset : Addresses with the same ports.
  addresses [EndpointAddress]
  notReadyAddresses [EndpointAddress]
  ports [EndpointPort]
EndpointAddress : One address.
  hostname string
  ip! string
  nodeName string
  targetRef ObjectReference
EndpointPort : One port.
  appProtocol string
  name string
  port! int
  protocol string
ConfigMap : Settings, as keys and values.
  apiVersion string
  binaryData {bytes} : Values that are not text, in base64.
  data {string} : Values that are text.
  immutable bool : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
Secret : Settings that not everybody may read.
  apiVersion string
  data {bytes} : The values, in base64.
  immutable bool : Whether the data can no longer be changed.
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  stringData {string} : Values as text; written into data.
  type string : What the keys mean.
ServiceAccount : An account for processes.
  apiVersion string
  automountServiceAccountToken bool
  imagePullSecrets [LocalObjectReference]
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  secrets [ObjectReference] merge=name
Event : Something that happened to an object.
  action string
  apiVersion string
  count int : How often it happened.
  eventTime microTime
  firstTimestamp time
  involvedObject! ObjectReference : The object it happened to.
  kind string
  lastTimestamp time
  message string : What happened.
  metadata! meta.ObjectMeta : Name, labels, history.
  reason string : Why, in one word.
  related ObjectReference
  reportingComponent string
  reportingInstance string
  series any
  source EventSource : Who reports it.
  type string : Normal or Warning.
EventSource : Who reports an event.
  component string
  host string
`,
);

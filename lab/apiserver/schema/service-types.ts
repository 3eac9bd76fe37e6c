/** Services, and the addresses behind them. */
import { declareTypes } from './declare.ts';

export const serviceTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Service : A name and an address for a set of pods.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec ServiceSpec #2 : What is wanted of the Service.
  status ServiceStatus #3 : What was last seen of it.
Endpoints : The addresses behind a Service. EndpointSlices take its place.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  subsets [EndpointSubset] #2 : Addresses with the same ports.
ServiceSpec : What is wanted of a Service.
  allocateLoadBalancerNodePorts bool #20 : Whether a LoadBalancer has node ports; true unless told otherwise.
  clusterIP string #3 : The address inside the cluster; None for none.
  clusterIPs [string] #18 : The addresses, one per family.
  externalIPs [string] #5 : More addresses that nodes accept traffic for.
  externalName string #10 : The name that an ExternalName Service stands for.
  externalTrafficPolicy string #11 : Cluster, or Local to keep the client's address.
  healthCheckNodePort int #12 : Where nodes say whether they have endpoints; for externalTrafficPolicy Local.
  internalTrafficPolicy string #22 : Cluster, or Local for endpoints of the same node.
  ipFamilies [string] #19 : IPv4, IPv6, or both: of which families the addresses are.
  ipFamilyPolicy string #17 : SingleStack, PreferDualStack or RequireDualStack.
  loadBalancerClass string #21 : Which load balancer is meant; it cannot be changed.
  loadBalancerIP string #8 : The address that a load balancer should have. Deprecated.
  loadBalancerSourceRanges [string] #9 : Who may come through the load balancer.
  ports [ServicePort] merge=port #1 : The ports that the Service offers.
  publishNotReadyAddresses bool #13 : Whether endpoints count that are not ready.
  selector {string} #2 : The labels of its pods.
  sessionAffinity string #7 : None, or ClientIP to keep a client with its pod.
  sessionAffinityConfig SessionAffinityConfig #14 : How long a client is kept with its pod.
  trafficDistribution string #23 : PreferClose: endpoints in the zone of the client first.
  type string #4 : ClusterIP, NodePort, LoadBalancer or ExternalName.
ServiceStatus : What was last seen of a Service.
  conditions [meta.Condition] merge=type #2
  loadBalancer LoadBalancerStatus #1
EndpointSubset : Addresses with the same ports.
  addresses [EndpointAddress] #1
  notReadyAddresses [EndpointAddress] #2
  ports [EndpointPort] #3
ServicePort : A port of a Service.
  appProtocol string #6 : What is spoken there, such as http or kubernetes.io/h2c.
  name string #1 : Its name; needed where there are several.
  nodePort int #5 : The port on every node.
  port! int #3 : The port of the Service.
  protocol string #2 : TCP, UDP or SCTP.
  targetPort intOrString #4 : The port of the pods, by number or name.
SessionAffinityConfig : How long a client is kept with its pod.
  clientIP ClientIPConfig #1
LoadBalancerStatus : Where a cloud load balancer listens.
  ingress [LoadBalancerIngress] #1
EndpointAddress : One address.
  hostname string #3 : A name in the domain of the Service.
  ip! string #1
  nodeName string #4 : The node it is on.
  targetRef ObjectReference #2 : The pod behind it.
EndpointPort : One port.
  appProtocol string #4
  name string #1
  port! int #2
  protocol string #3
ClientIPConfig : How long a client address is remembered.
  timeoutSeconds int #1 : In seconds; 10800 unless told otherwise.
LoadBalancerIngress : One address of a cloud load balancer.
  hostname string #2 : Its name, where it has no address.
  ip string #1 : Its address.
  ipMode string #3 : VIP, or Proxy where packets are addressed to the nodes.
  ports [PortStatus] #4 : What became of its ports.
PortStatus : What became of one port of a load balancer.
  error string #3
  port! int #1
  protocol! string #2
`,
);

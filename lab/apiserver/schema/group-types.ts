import { declareTypes } from './declare.ts';

/** The types of the groups beside core. */
export const groupTypes = [
  ...declareTypes(
    'io.k8s.api.apps.v1',
    `
Deployment : Keeps a number of equal pods running, and replaces them step by step.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec DeploymentSpec #2 : What is wanted.
  status DeploymentStatus #3 : What was last seen.
ReplicaSet : Keeps a number of equal pods running.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec ReplicaSetSpec #2 : What is wanted.
  status ReplicaSetStatus #3 : What was last seen.
DeploymentSpec : What is wanted of a Deployment.
  minReadySeconds int #5 : How long a pod must be ready before it counts.
  paused bool #7 : Whether changes of the template wait.
  progressDeadlineSeconds int #9 : After how long without progress a rollout has failed.
  replicas int #1 : How many pods.
  revisionHistoryLimit int #6 : How many old ReplicaSets are kept.
  selector! meta.LabelSelector #2 : The labels of its pods.
  strategy DeploymentStrategy retainKeys #4 : How pods are replaced.
  template! core.PodTemplateSpec #3 : The pods.
DeploymentStatus : What was last seen of a Deployment.
  availableReplicas int #4
  collisionCount int #8
  conditions [DeploymentCondition] merge=type #6
  observedGeneration long #1 : The generation that was acted upon.
  readyReplicas int #7
  replicas int #2
  terminatingReplicas int #9
  unavailableReplicas int #5
  updatedReplicas int #3
ReplicaSetSpec : What is wanted of a ReplicaSet.
  minReadySeconds int #4 : How long a pod must be ready before it counts.
  replicas int #1 : How many pods.
  selector! meta.LabelSelector #2 : The labels of its pods.
  template core.PodTemplateSpec #3 : The pods.
ReplicaSetStatus : What was last seen of a ReplicaSet.
  availableReplicas int #5
  conditions [ReplicaSetCondition] merge=type #6
  fullyLabeledReplicas int #2
  observedGeneration long #3 : The generation that was acted upon.
  readyReplicas int #4
  replicas! int #1
  terminatingReplicas int #7
DeploymentStrategy : How pods are replaced.
  rollingUpdate RollingUpdateDeployment #2
  type string #1 : Recreate or RollingUpdate.
DeploymentCondition : One aspect of the state of a Deployment.
  lastTransitionTime time #7 : When the status changed last.
  lastUpdateTime time #6
  message string #5
  reason string #4
  status! string #2
  type! string #1
ReplicaSetCondition : One aspect of the state of a ReplicaSet.
  lastTransitionTime time #3 : When the status changed last.
  message string #5
  reason string #4
  status! string #2
  type! string #1
RollingUpdateDeployment : How many pods may be missing or too many meanwhile.
  maxSurge intOrString #2 : How many more than wanted, as a number or in percent.
  maxUnavailable intOrString #1 : How many fewer than wanted, as a number or in percent.
`,
  ),
  ...declareTypes(
    'io.k8s.api.discovery.v1',
    `
EndpointSlice : Some of the addresses behind a Service.
  addressType! string #4 : IPv4, IPv6 or FQDN.
  apiVersion string
  endpoints! [Endpoint] #2 : The endpoints.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  ports [EndpointPort] #3 : Their ports.
Endpoint : One backend of a Service.
  addresses! [string] #1 : Its addresses, of one family; all reach the same backend.
  conditions EndpointConditions #2 : Whether it takes traffic.
  deprecatedTopology {string} #5
  hints EndpointHints #8 : For which zones it is meant.
  hostname string #3 : A name in the domain of the Service.
  nodeName string #6 : The node it is on.
  targetRef core.ObjectReference #4 : The pod behind it.
  zone string #7 : The zone it is in.
EndpointPort : One port.
  appProtocol string #4
  name string #1
  port int #3
  protocol string #2
EndpointConditions : Whether an endpoint takes traffic.
  ready bool #1 : Whether it takes new connections; unknown counts as yes.
  serving bool #2 : As ready, also while it is ending.
  terminating bool #3 : Whether it is ending.
EndpointHints : For whom an endpoint is meant.
  forNodes [ForNode] #2
  forZones [ForZone] #1
ForZone : A zone whose clients should use the endpoint.
  name! string #1
ForNode : A node whose clients should use the endpoint.
  name! string #1
`,
  ),
  ...declareTypes(
    'io.k8s.api.coordination.v1',
    `
Lease : Who holds something, and until when.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec LeaseSpec #2 : Who, and since when.
LeaseSpec : Who holds a lease, and since when.
  acquireTime microTime #3 : Since when it is held.
  holderIdentity string #1 : Who holds it.
  leaseDurationSeconds int #2 : How long after renewTime others wait.
  leaseTransitions int #5 : How often the holder has changed.
  preferredHolder string #7
  renewTime microTime #4 : When the holder renewed it last.
  strategy string #6
`,
  ),
  ...declareTypes(
    'io.k8s.api.autoscaling.v1',
    `
Scale : How many pods a workload has, and should have.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec ScaleSpec #2
  status ScaleStatus #3
ScaleSpec : How many pods are wanted.
  replicas int #1 : How many pods.
ScaleStatus : How many pods there are.
  replicas! int #1 : How many pods.
  selector string #2 : The labels of its pods, as a query writes them.
`,
  ),
  ...declareTypes(
    'io.k8s.api.policy.v1',
    `
Eviction : Asks for a pod to be deleted, if nothing stands against it.
  apiVersion string
  deleteOptions meta.DeleteOptions #2 : How to delete the pod.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
`,
  ),
  ...declareTypes(
    'io.k8s.api.events.v1',
    `
Event : Something that happened to an object.
  action string #6 : What was done.
  apiVersion string
  deprecatedCount int #15
  deprecatedFirstTimestamp time #13
  deprecatedLastTimestamp time #14
  deprecatedSource core.EventSource #12
  eventTime! microTime #2 : When it was first seen.
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  note string #10 : What happened.
  reason string #7
  regarding core.ObjectReference #8 : The object it happened to.
  related core.ObjectReference #9
  reportingController string #4 : Who reports it.
  reportingInstance string #5
  series EventSeries #3
  type string #11
EventSeries : How often an event has happened since it was first seen.
  count! int #1
  lastObservedTime! microTime #2
`,
  ),
  ...declareTypes(
    'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
    `
APIService : A server that answers for a group and version. Its name is version.group.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec APIServiceSpec #2 : Where the server is, and how it is known.
  status APIServiceStatus #3 : Whether it answers.
APIServiceSpec : Where a server is, and how it is known.
  caBundle bytes #5 : Who signs its certificate, as PEM; absent: whom the system trusts.
  group string #2 : The group that it answers for.
  groupPriorityMinimum! int #7 : The order of groups, the highest first.
  insecureSkipTLSVerify bool #4 : Takes any certificate.
  service ServiceReference #1 : The Service in front of it; absent: this apiserver itself.
  version string #3 : The version that it answers for.
  versionPriority! int #8 : The order of versions in their group, the highest first.
ServiceReference : A Service.
  name string #2
  namespace string #1
  port int #3 : 443 unless told otherwise.
APIServiceStatus : Whether a server answers.
  conditions [APIServiceCondition] merge=type #1
APIServiceCondition : One aspect of the state of an APIService.
  lastTransitionTime time #3 : When the status changed last.
  message string #5
  reason string #4
  status! string #2
  type! string #1
`,
  ),
];

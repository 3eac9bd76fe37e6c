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
DeploymentSpec : What is wanted of a Deployment.
  minReadySeconds int #5
  paused bool #7
  progressDeadlineSeconds int #9
  replicas int #1 : How many pods.
  revisionHistoryLimit int #6 : How many old ReplicaSets are kept.
  selector! meta.LabelSelector #2 : The labels of its pods.
  strategy DeploymentStrategy retainKeys #4 : How pods are replaced.
  template! core.PodTemplateSpec #3 : The pods.
DeploymentStrategy : How pods are replaced.
  rollingUpdate RollingUpdateDeployment #2
  type string #1 : Recreate or RollingUpdate.
RollingUpdateDeployment : How many pods may be missing or too many meanwhile.
  maxSurge intOrString #2
  maxUnavailable intOrString #1
DeploymentStatus : What was last seen of a Deployment.
  availableReplicas int #4
  collisionCount int #8
  conditions [DeploymentCondition] merge=type #6
  observedGeneration long #1
  readyReplicas int #7
  replicas int #2
  terminatingReplicas int #9
  unavailableReplicas int #5
  updatedReplicas int #3
DeploymentCondition : One aspect of the state of a Deployment.
  lastTransitionTime time #7
  lastUpdateTime time #6
  message string #5
  reason string #4
  status! string #2
  type! string #1
ReplicaSet : Keeps a number of equal pods running.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec ReplicaSetSpec #2 : What is wanted.
  status ReplicaSetStatus #3 : What was last seen.
ReplicaSetSpec : What is wanted of a ReplicaSet.
  minReadySeconds int #4
  replicas int #1 : How many pods.
  selector! meta.LabelSelector #2 : The labels of its pods.
  template core.PodTemplateSpec #3 : The pods.
ReplicaSetStatus : What was last seen of a ReplicaSet.
  availableReplicas int #5
  conditions [ReplicaSetCondition] merge=type #6
  fullyLabeledReplicas int #2
  observedGeneration long #3
  readyReplicas int #4
  replicas! int #1
  terminatingReplicas int #7
ReplicaSetCondition : One aspect of the state of a ReplicaSet.
  lastTransitionTime time #3
  message string #5
  reason string #4
  status! string #2
  type! string #1
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
  addresses! [string] #1
  conditions EndpointConditions #2
  deprecatedTopology {string} #5
  hints any #8
  hostname string #3
  nodeName string #6
  targetRef core.ObjectReference #4
  zone string #7
EndpointConditions : Whether an endpoint takes traffic.
  ready bool #1
  serving bool #2
  terminating bool #3
EndpointPort : One port.
  appProtocol string #4
  name string #1
  port int #3
  protocol string #2
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
  acquireTime microTime #3
  holderIdentity string #1
  leaseDurationSeconds int #2
  leaseTransitions int #5
  preferredHolder string #7
  renewTime microTime #4
  strategy string #6
`,
  ),
  ...declareTypes(
    'io.k8s.api.authorization.v1',
    `
SelfSubjectAccessReview : Asks whether you may do something.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! SelfSubjectAccessReviewSpec #2 : What you ask about.
  status SubjectAccessReviewStatus #3 : The answer.
SelfSubjectAccessReviewSpec : What you ask about.
  nonResourceAttributes NonResourceAttributes #2
  resourceAttributes ResourceAttributes #1
NonResourceAttributes : A path that is not a resource.
  path string #1
  verb string #2
ResourceAttributes : A resource and what is done with it.
  fieldSelector any #8
  group string #3
  labelSelector any #9
  name string #7
  namespace string #1
  resource string #5
  subresource string #6
  verb string #2
  version string #4
SubjectAccessReviewStatus : The answer.
  allowed! bool #1
  denied bool #4
  evaluationError string #3
  reason string #2
`,
  ),
  ...declareTypes(
    'io.k8s.api.authentication.v1',
    `
SelfSubjectReview : Asks who you are.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  status SelfSubjectReviewStatus #2 : The answer.
SelfSubjectReviewStatus : Who you are.
  userInfo UserInfo #1
UserInfo : A user.
  extra any #4
  groups [string] #3
  uid string #2
  username string #1
`,
  ),
];

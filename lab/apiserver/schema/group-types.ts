import { declareTypes } from './declare.ts';

/** The types of the groups beside core. */
export const groupTypes = [
  ...declareTypes(
    'io.k8s.api.apps.v1',
    `
Deployment : Keeps a number of equal pods running, and replaces them step by step.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec DeploymentSpec : What is wanted.
  status DeploymentStatus : What was last seen.
DeploymentSpec : What is wanted of a Deployment.
  minReadySeconds int
  paused bool
  progressDeadlineSeconds int
  replicas int : How many pods.
  revisionHistoryLimit int : How many old ReplicaSets are kept.
  selector! meta.LabelSelector : The labels of its pods.
  strategy DeploymentStrategy retainKeys : How pods are replaced.
  template! core.PodTemplateSpec : The pods.
DeploymentStrategy : How pods are replaced.
  rollingUpdate RollingUpdateDeployment
  type string : Recreate or RollingUpdate.
RollingUpdateDeployment : How many pods may be missing or too many meanwhile.
  maxSurge intOrString
  maxUnavailable intOrString
DeploymentStatus : What was last seen of a Deployment.
  availableReplicas int
  collisionCount int
  conditions [DeploymentCondition] merge=type
  observedGeneration long
  readyReplicas int
  replicas int
  terminatingReplicas int
  unavailableReplicas int
  updatedReplicas int
DeploymentCondition : One aspect of the state of a Deployment.
  lastTransitionTime time
  lastUpdateTime time
  message string
  reason string
  status! string
  type! string
ReplicaSet : Keeps a number of equal pods running.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec ReplicaSetSpec : What is wanted.
  status ReplicaSetStatus : What was last seen.
ReplicaSetSpec : What is wanted of a ReplicaSet.
  minReadySeconds int
  replicas int : How many pods.
  selector! meta.LabelSelector : The labels of its pods.
  template core.PodTemplateSpec : The pods.
ReplicaSetStatus : What was last seen of a ReplicaSet.
  availableReplicas int
  conditions [ReplicaSetCondition] merge=type
  fullyLabeledReplicas int
  observedGeneration long
  readyReplicas int
  replicas! int
  terminatingReplicas int
ReplicaSetCondition : One aspect of the state of a ReplicaSet.
  lastTransitionTime time
  message string
  reason string
  status! string
  type! string
`,
  ),
  ...declareTypes(
    'io.k8s.api.discovery.v1',
    `
EndpointSlice : Some of the addresses behind a Service.
  addressType! string : IPv4, IPv6 or FQDN.
  apiVersion string
  endpoints! [Endpoint] : The endpoints.
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  ports [EndpointPort] : Their ports.
Endpoint : One backend of a Service.
  addresses! [string]
  conditions EndpointConditions
  deprecatedTopology {string}
  hints any
  hostname string
  nodeName string
  targetRef core.ObjectReference
  zone string
EndpointConditions : Whether an endpoint takes traffic.
  ready bool
  serving bool
  terminating bool
EndpointPort : One port.
  appProtocol string
  name string
  port int
  protocol string
`,
  ),
  ...declareTypes(
    'io.k8s.api.coordination.v1',
    `
Lease : Who holds something, and until when.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec LeaseSpec : Who, and since when.
LeaseSpec : Who holds a lease, and since when.
  acquireTime microTime
  holderIdentity string
  leaseDurationSeconds int
  leaseTransitions int
  preferredHolder string
  renewTime microTime
  strategy string
`,
  ),
  ...declareTypes(
    'io.k8s.api.authorization.v1',
    `
SelfSubjectAccessReview : Asks whether you may do something.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Ignored.
  spec! SelfSubjectAccessReviewSpec : What you ask about.
  status SubjectAccessReviewStatus : The answer.
SelfSubjectAccessReviewSpec : What you ask about.
  nonResourceAttributes NonResourceAttributes
  resourceAttributes ResourceAttributes
NonResourceAttributes : A path that is not a resource.
  path string
  verb string
ResourceAttributes : A resource and what is done with it.
  fieldSelector any
  group string
  labelSelector any
  name string
  namespace string
  resource string
  subresource string
  verb string
  version string
SubjectAccessReviewStatus : The answer.
  allowed! bool
  denied bool
  evaluationError string
  reason string
`,
  ),
  ...declareTypes(
    'io.k8s.api.authentication.v1',
    `
SelfSubjectReview : Asks who you are.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Ignored.
  status SelfSubjectReviewStatus : The answer.
SelfSubjectReviewStatus : Who you are.
  userInfo UserInfo
UserInfo : A user.
  extra any
  groups [string]
  uid string
  username string
`,
  ),
];

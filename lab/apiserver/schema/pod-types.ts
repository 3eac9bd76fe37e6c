import { declareTypes } from './declare.ts';

export const podTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Pod : A group of containers that share an address and storage and run on one node.
  apiVersion string
  kind string
  metadata meta.ObjectMeta : Name, labels, history.
  spec PodSpec : What is wanted of the pod.
  status PodStatus : What was last seen of the pod.
PodTemplateSpec : The pods that a workload creates.
  metadata meta.ObjectMeta : Labels and annotations of the pods.
  spec PodSpec : What is wanted of the pods.
PodSpec : What is wanted of a pod.
  activeDeadlineSeconds long : How long the pod may run before it is ended.
  affinity any : Where the scheduler should put the pod.
  automountServiceAccountToken bool : Whether a token is mounted into the containers.
  containers! [Container] merge=name : The containers of the pod, at least one.
  dnsConfig PodDNSConfig : DNS settings beside those of the policy.
  dnsPolicy string : ClusterFirst, ClusterFirstWithHostNet, Default or None.
  enableServiceLinks bool : Whether Services appear as environment variables.
  ephemeralContainers [EphemeralContainer] merge=name : Containers added for debugging.
  hostAliases [HostAlias] merge=ip : Lines for the pod's hosts file.
  hostIPC bool
  hostNetwork bool : Whether the pod uses the node's network.
  hostPID bool
  hostUsers bool
  hostname string : The pod's hostname, if it is not its name.
  imagePullSecrets [LocalObjectReference] merge=name : Secrets for pulling images.
  initContainers [Container] merge=name : Containers that run to their end before the others start.
  nodeName string : The node that the pod runs on, once scheduled.
  nodeSelector {string} : Labels that the node must have.
  os PodOS
  overhead {quantity}
  preemptionPolicy string
  priority int
  priorityClassName string : How important the pod is.
  readinessGates [PodReadinessGate] : Conditions that must hold beside the containers' readiness.
  resourceClaims [any] merge=name retainKeys
  resources ResourceRequirements
  restartPolicy string : Always, OnFailure or Never.
  runtimeClassName string
  schedulerName string : Which scheduler places the pod.
  schedulingGates [any] merge=name
  securityContext any : User, group and the like for all containers.
  serviceAccount string : The old name of serviceAccountName.
  serviceAccountName string : The account that the pod runs as.
  setHostnameAsFQDN bool
  shareProcessNamespace bool
  subdomain string
  terminationGracePeriodSeconds long : How long the pod may take to end.
  tolerations [Toleration] : Taints that the pod tolerates.
  topologySpreadConstraints [any] merge=topologyKey
  volumes [Volume] merge=name retainKeys : What the containers can mount.
Container : One container of a pod.
  args [string] : Arguments of the entry point.
  command [string] : The entry point, if not the image's.
  env [EnvVar] merge=name : Environment variables.
  envFrom [EnvFromSource] : Sources of environment variables.
  image string : The image to run.
  imagePullPolicy string : Always, IfNotPresent or Never.
  lifecycle any : What to run after the start and before the end.
  livenessProbe Probe : When it fails, the container is restarted.
  name! string : The container's name, unique in the pod.
  ports [ContainerPort] merge=containerPort : Ports that the container listens on.
  readinessProbe Probe : While it fails, Services leave the pod out.
  resizePolicy [any]
  resources ResourceRequirements : Processors and memory.
  restartPolicy string
  securityContext any
  startupProbe Probe : Until it succeeds, the others wait.
  stdin bool
  stdinOnce bool
  terminationMessagePath string
  terminationMessagePolicy string
  tty bool
  volumeDevices [VolumeDevice] merge=devicePath
  volumeMounts [VolumeMount] merge=mountPath : Where volumes appear in the container.
  workingDir string
EphemeralContainer : A container added to a running pod for debugging.
  args [string]
  command [string]
  env [EnvVar] merge=name
  envFrom [EnvFromSource]
  image string
  imagePullPolicy string
  lifecycle any
  livenessProbe Probe
  name! string
  ports [ContainerPort] merge=containerPort
  readinessProbe Probe
  resizePolicy [any]
  resources ResourceRequirements
  restartPolicy string
  securityContext any
  startupProbe Probe
  stdin bool
  stdinOnce bool
  targetContainerName string
  terminationMessagePath string
  terminationMessagePolicy string
  tty bool
  volumeDevices [VolumeDevice] merge=devicePath
  volumeMounts [VolumeMount] merge=mountPath
  workingDir string
ContainerPort : A port that a container listens on.
  containerPort! int : The port's number in the pod.
  hostIP string
  hostPort int : A port of the node that leads to it.
  name string : A name that Services may use.
  protocol string : TCP, UDP or SCTP.
EnvVar : An environment variable.
  name! string
  value string
  valueFrom EnvVarSource
EnvVarSource : Where a variable's value comes from.
  configMapKeyRef KeySelector
  fieldRef ObjectFieldSelector
  resourceFieldRef any
  secretKeyRef KeySelector
KeySelector : A key of a ConfigMap or Secret.
  key! string
  name string
  optional bool
ObjectFieldSelector : A field of the pod itself.
  apiVersion string
  fieldPath! string
EnvFromSource : Many variables from one place.
  configMapRef OptionalReference
  prefix string
  secretRef OptionalReference
OptionalReference : An object of the same namespace that may be absent.
  name string
  optional bool
Probe : A question that tells whether a container is well.
  exec ExecAction
  failureThreshold int
  grpc GRPCAction
  httpGet HTTPGetAction
  initialDelaySeconds int
  periodSeconds int
  successThreshold int
  tcpSocket TCPSocketAction
  terminationGracePeriodSeconds long
  timeoutSeconds int
ExecAction : A command that must succeed.
  command [string]
GRPCAction : A gRPC health check.
  port! int
  service string
HTTPGetAction : A request that must succeed.
  host string
  httpHeaders [HTTPHeader]
  path string
  port! intOrString
  scheme string
HTTPHeader : A header of a probe.
  name! string
  value! string
TCPSocketAction : A port that must accept connections.
  host string
  port! intOrString
ResourceRequirements : Processors, memory and the like.
  claims [any]
  limits {quantity} : At most so much.
  requests {quantity} : At least so much.
VolumeDevice : A block device in a container.
  devicePath! string
  name! string
VolumeMount : Where a volume appears in a container.
  mountPath! string
  mountPropagation string
  name! string
  readOnly bool
  recursiveReadOnly string
  subPath string
  subPathExpr string
HostAlias : A line of the hosts file.
  hostnames [string]
  ip! string
PodDNSConfig : DNS settings of a pod.
  nameservers [string]
  options [PodDNSConfigOption]
  searches [string]
PodDNSConfigOption : An option of the resolver.
  name string
  value string
PodOS : The operating system of a pod.
  name! string
PodReadinessGate : A condition that must hold.
  conditionType! string
Toleration : A taint that a pod tolerates.
  effect string
  key string
  operator string
  tolerationSeconds long
  value string
PodStatus : What was last seen of a pod.
  conditions [PodCondition] merge=type : Ready, Initialized and the like.
  containerStatuses [ContainerStatus] : One for each container.
  ephemeralContainerStatuses [ContainerStatus]
  hostIP string : The address of the node.
  hostIPs [HostIP] merge=ip
  initContainerStatuses [ContainerStatus]
  message string
  nominatedNodeName string
  observedGeneration long
  phase string : Pending, Running, Succeeded, Failed or Unknown.
  podIP string : The pod's address.
  podIPs [PodIP] merge=ip : The pod's addresses, one per family.
  qosClass string
  reason string
  resize string
  resourceClaimStatuses [any] merge=name retainKeys
  startTime time
HostIP : An address of a node.
  ip! string
PodIP : An address of a pod.
  ip! string
PodCondition : One aspect of the state of a pod.
  lastProbeTime time
  lastTransitionTime time
  message string
  observedGeneration long
  reason string
  status! string
  type! string
ContainerStatus : What was last seen of a container.
  allocatedResources {quantity}
  allocatedResourcesStatus [any] merge=name
  containerID string
  image! string
  imageID! string
  lastState ContainerState
  name! string
  ready! bool
  resources ResourceRequirements
  restartCount! int
  started bool
  state ContainerState
  user any
  volumeMounts [any] merge=mountPath
ContainerState : Waiting, running or terminated.
  running ContainerStateRunning
  terminated ContainerStateTerminated
  waiting ContainerStateWaiting
ContainerStateRunning : A container that runs.
  startedAt time
ContainerStateTerminated : A container that has ended.
  containerID string
  exitCode! int
  finishedAt time
  message string
  reason string
  signal int
  startedAt time
ContainerStateWaiting : A container that has not started.
  message string
  reason string
`,
);

/** Pods and their templates. */
import { declareTypes } from './declare.ts';

export const podTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Pod : A group of containers that share an address and storage and run on one node.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec PodSpec #2 : What is wanted of the pod.
  status PodStatus #3 : What was last seen of the pod.
PodTemplateSpec : The pods that a workload creates.
  metadata meta.ObjectMeta #1 : Labels and annotations of the pods.
  spec PodSpec #2 : What is wanted of the pods.
PodSpec : What is wanted of a pod.
  activeDeadlineSeconds long #5 : How long the pod may run before it is ended.
  affinity Affinity #18 : Where the scheduler should put the pod.
  automountServiceAccountToken bool #21 : Whether a token is mounted into the containers.
  containers! [Container] merge=name #2 : The containers of the pod, at least one.
  dnsConfig PodDNSConfig #26 : DNS settings beside those of the policy.
  dnsPolicy string #6 : ClusterFirst, ClusterFirstWithHostNet, Default or None.
  enableServiceLinks bool #30 : Whether Services appear as environment variables.
  ephemeralContainers [EphemeralContainer] merge=name #34 : Containers added for debugging.
  hostAliases [HostAlias] merge=ip #23 : Lines for the pod's hosts file.
  hostIPC bool #13 : Whether the pod uses the node's interprocess communication.
  hostname string #16 : The pod's hostname, if it is not its name.
  hostNetwork bool #11 : Whether the pod uses the node's network.
  hostPID bool #12 : Whether the pod sees the node's processes.
  hostUsers bool #37 : Whether the pod uses the node's users.
  imagePullSecrets [LocalObjectReference] merge=name #15 : Secrets for pulling images.
  initContainers [Container] merge=name #20 : Containers that run to their end before the others start.
  nodeName string #10 : The node that the pod runs on, once scheduled.
  nodeSelector {string} #7 : Labels that the node must have.
  os PodOS #36 : The operating system that the pod needs.
  overhead {quantity} #32 : What the runtime needs beside the containers.
  preemptionPolicy string #31 : Never, or PreemptLowerPriority.
  priority int #25 : The number behind the priority class. Set by the server.
  priorityClassName string #24 : How important the pod is.
  readinessGates [PodReadinessGate] #28 : Conditions that must hold beside the containers' readiness.
  resourceClaims [PodResourceClaim] merge=name retainKeys #39 : Devices, and the like, that the pod claims.
  resources ResourceRequirements #40 : Processors and memory of the whole pod.
  restartPolicy string #3 : Always, OnFailure or Never.
  runtimeClassName string #29 : Which container runtime starts the pod.
  schedulerName string #19 : Which scheduler places the pod.
  schedulingGates [PodSchedulingGate] merge=name #38 : Who must agree before the pod is scheduled.
  securityContext PodSecurityContext #14 : User, group and the like for all containers.
  serviceAccount string #9 : The old name of serviceAccountName.
  serviceAccountName string #8 : The account that the pod runs as.
  setHostnameAsFQDN bool #35 : Whether the hostname is the whole name.
  shareProcessNamespace bool #27 : Whether the containers see each other's processes.
  subdomain string #17 : The domain of the hostname: the name of a headless Service.
  terminationGracePeriodSeconds long #4 : How long the pod may take to end.
  tolerations [Toleration] #22 : Taints that the pod tolerates.
  topologySpreadConstraints [TopologySpreadConstraint] merge=topologyKey #33 : How evenly such pods are spread.
  volumes [Volume] merge=name retainKeys #1 : What the containers can mount.
PodStatus : What was last seen of a pod.
  conditions [PodCondition] merge=type #2 : Ready, Initialized and the like.
  containerStatuses [ContainerStatus] #8 : One for each container.
  ephemeralContainerStatuses [ContainerStatus] #13
  hostIP string #5 : The address of the node.
  hostIPs [HostIP] merge=ip #16
  initContainerStatuses [ContainerStatus] #10
  message string #3
  nominatedNodeName string #11
  observedGeneration long #17 : The generation that was acted upon.
  phase string #1 : Pending, Running, Succeeded, Failed or Unknown.
  podIP string #6 : The pod's address.
  podIPs [PodIP] merge=ip #12 : The pod's addresses, one per family.
  qosClass string #9
  reason string #4
  resize string #14
  resourceClaimStatuses [PodResourceClaimStatus] merge=name retainKeys #15
  startTime time #7
HostAlias : A line of the hosts file.
  hostnames [string] #2
  ip! string #1
PodDNSConfig : DNS settings of a pod.
  nameservers [string] #1
  options [PodDNSConfigOption] #3
  searches [string] #2
PodReadinessGate : A condition that must hold.
  conditionType! string #1
PodOS : The operating system of a pod.
  name! string #1
PodSchedulingGate : Who must agree before the pod is scheduled.
  name! string #1
PodResourceClaim : A device, or the like, that the pod claims.
  name! string #1
  resourceClaimName string #3
  resourceClaimTemplateName string #4
PodCondition : One aspect of the state of a pod.
  lastProbeTime time #3
  lastTransitionTime time #4 : When the status changed last.
  message string #6
  observedGeneration long #7 : The generation that was acted upon.
  reason string #5
  status! string #2
  type! string #1
HostIP : An address of a node.
  ip! string #1
PodIP : An address of a pod.
  ip! string #1
ContainerStatus : What was last seen of a container.
  allocatedResources {quantity} #10
  allocatedResourcesStatus [ResourceStatus] merge=name #14
  containerID string #8
  image! string #6
  imageID! string #7
  lastState ContainerState #3
  name! string #1
  ready! bool #4
  resources ResourceRequirements #11
  restartCount! int #5
  started bool #9
  state ContainerState #2
  stopSignal string #15
  user ContainerUser #13
  volumeMounts [VolumeMountStatus] merge=mountPath #12
PodResourceClaimStatus : The claim that was made for the pod.
  name! string #1
  resourceClaimName string #2
PodDNSConfigOption : An option of the resolver.
  name string #1
  value string #2
ContainerState : Waiting, running or terminated.
  running ContainerStateRunning #2
  terminated ContainerStateTerminated #3
  waiting ContainerStateWaiting #1
VolumeMountStatus : How a volume was mounted.
  mountPath! string #2
  name! string #1
  readOnly bool #3 : Whether it cannot be written to.
  recursiveReadOnly string #4
ContainerUser : As whom the container was started.
  linux LinuxContainerUser #1
ResourceStatus : What became of a resource that was asked for.
  name! string #1
  resources [ResourceHealth] #2
ContainerStateWaiting : A container that has not started.
  message string #2
  reason string #1
ContainerStateRunning : A container that runs.
  startedAt time #1
ContainerStateTerminated : A container that has ended.
  containerID string #7
  exitCode! int #1
  finishedAt time #6
  message string #4
  reason string #3
  signal int #2
  startedAt time #5
LinuxContainerUser : User and groups on Linux.
  gid! long #2
  supplementalGroups [long] #3 : More groups of the processes.
  uid! long #1
ResourceHealth : How a device fares.
  health string #2
  resourceID! string #1
`,
);

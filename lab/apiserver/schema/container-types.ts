/** Containers, their probes and their settings. */
import { declareTypes } from './declare.ts';

export const containerTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Container : One container of a pod.
  args [string] #4 : Arguments of the entry point.
  command [string] #3 : The entry point, if not the image's.
  env [EnvVar] merge=name #7 : Environment variables.
  envFrom [EnvFromSource] #19 : Sources of environment variables.
  image string #2 : The image to run.
  imagePullPolicy string #14 : Always, IfNotPresent or Never.
  lifecycle Lifecycle #12 : What to run after the start and before the end.
  livenessProbe Probe #10 : When it fails, the container is restarted.
  name! string #1 : The container's name, unique in the pod.
  ports [ContainerPort] merge=containerPort #6 : Ports that the container listens on.
  readinessProbe Probe #11 : While it fails, Services leave the pod out.
  resizePolicy [ContainerResizePolicy] #23 : What a change of its resources calls for.
  resources ResourceRequirements #8 : Processors and memory.
  restartPolicy string #24 : Always, for an init container that keeps running.
  securityContext SecurityContext #15 : As whom it runs, and with which rights.
  startupProbe Probe #22 : Until it succeeds, the others wait.
  stdin bool #16 : Whether its input stays open.
  stdinOnce bool #17 : Whether its input is closed after the first client.
  terminationMessagePath string #13 : The file that tells why it ended.
  terminationMessagePolicy string #20 : File, or FallbackToLogsOnError.
  tty bool #18 : Whether it has a terminal; needs stdin.
  volumeDevices [VolumeDevice] merge=devicePath #21 : Block devices in the container.
  volumeMounts [VolumeMount] merge=mountPath #9 : Where volumes appear in the container.
  workingDir string #5 : Where it starts, if not where the image says.
EphemeralContainer : A container added to a running pod for debugging.
  args [string] #1.4
  command [string] #1.3
  env [EnvVar] merge=name #1.7
  envFrom [EnvFromSource] #1.19
  image string #1.2
  imagePullPolicy string #1.14
  lifecycle Lifecycle #1.12
  livenessProbe Probe #1.10
  name! string #1.1
  ports [ContainerPort] merge=containerPort #1.6
  readinessProbe Probe #1.11
  resizePolicy [ContainerResizePolicy] #1.23
  resources ResourceRequirements #1.8
  restartPolicy string #1.24
  securityContext SecurityContext #1.15
  startupProbe Probe #1.22
  stdin bool #1.16
  stdinOnce bool #1.17
  targetContainerName string #2
  terminationMessagePath string #1.13
  terminationMessagePolicy string #1.20
  tty bool #1.18
  volumeDevices [VolumeDevice] merge=devicePath #1.21
  volumeMounts [VolumeMount] merge=mountPath #1.9
  workingDir string #1.5
ContainerPort : A port that a container listens on.
  containerPort! int #3 : The port's number in the pod.
  hostIP string #5 : The address of the node that hostPort is opened at.
  hostPort int #2 : A port of the node that leads to it.
  name string #1 : A name that Services may use.
  protocol string #4 : TCP, UDP or SCTP.
Probe : A question that tells whether a container is well.
  exec ExecAction #1.1 : A command that must succeed.
  failureThreshold int #6 : So many failures in a row count; 3 unless told otherwise.
  grpc GRPCAction #1.4 : A gRPC health check that must succeed.
  httpGet HTTPGetAction #1.2 : A request that must be answered with 200 to 399.
  initialDelaySeconds int #2 : How long after the start it begins.
  periodSeconds int #4 : How often it asks; every 10 seconds unless told otherwise.
  successThreshold int #5 : So many successes in a row count; 1 unless told otherwise.
  tcpSocket TCPSocketAction #1.3 : A port that must accept connections.
  terminationGracePeriodSeconds long #7 : How long the pod may take to end when the probe fails.
  timeoutSeconds int #3 : How long an answer may take; 1 second unless told otherwise.
Lifecycle : What is run after the start of a container and before its end.
  postStart LifecycleHandler #1 : Right after the container was started.
  preStop LifecycleHandler #2 : Before the container is ended.
  stopSignal string #3
EnvFromSource : Many variables from one place.
  configMapRef ConfigMapEnvSource #2 : All keys of a ConfigMap.
  prefix string #1 : Stands before each name.
  secretRef SecretEnvSource #3 : A Secret.
EnvVar : An environment variable.
  name! string #1 : Its name.
  value string #2 : Its value; $(NAME) stands for another variable.
  valueFrom EnvVarSource #3 : Where its value comes from, instead of value.
ResourceRequirements : Processors, memory and the like.
  claims [ResourceClaim] #3
  limits {quantity} #1 : At most so much.
  requests {quantity} #2 : At least so much.
ContainerResizePolicy : Whether a container is restarted when its resources change.
  resourceName! string #1
  restartPolicy! string #2
VolumeMount : Where a volume appears in a container.
  mountPath! string #3 : Where it appears.
  mountPropagation string #5
  name! string #1 : The name of the volume.
  readOnly bool #2 : Whether it cannot be written to.
  recursiveReadOnly string #7
  subPath string #4 : A path in the volume, instead of its root.
  subPathExpr string #6
VolumeDevice : A block device in a container.
  devicePath! string #2
  name! string #1
ExecAction : A command that must succeed.
  command [string] #1
HTTPGetAction : A request that must succeed.
  host string #3 : The host; the pod itself unless told otherwise.
  httpHeaders [HTTPHeader] #5 : Headers of the request.
  path string #1
  port! intOrString #2
  scheme string #4 : HTTP, or HTTPS.
TCPSocketAction : A port that must accept connections.
  host string #2 : The host; the pod itself unless told otherwise.
  port! intOrString #1
GRPCAction : A gRPC health check.
  port! int #1
  service string #2
LifecycleHandler : What is done: a command, a request, or a pause.
  exec ExecAction #1 : A command.
  httpGet HTTPGetAction #2 : A request.
  sleep SleepAction #4 : A pause.
  tcpSocket TCPSocketAction #3 : A connection.
ConfigMapEnvSource : All keys of a ConfigMap as variables.
  name string #1.1
  optional bool #2 : Whether it may be absent.
SecretEnvSource : All keys of a Secret as variables.
  name string #1.1
  optional bool #2 : Whether it may be absent.
EnvVarSource : Where a variable's value comes from.
  configMapKeyRef ConfigMapKeySelector #3 : A key of a ConfigMap.
  fieldRef ObjectFieldSelector #1 : A field of the pod.
  resourceFieldRef ResourceFieldSelector #2 : A limit or request of a container.
  secretKeyRef SecretKeySelector #4 : A key of a Secret.
ResourceClaim : A claim of the pod that the container uses.
  name! string #1
  request string #2
HTTPHeader : A header of a probe.
  name! string #1
  value! string #2
SleepAction : A pause.
  seconds! long #1 : How long, in seconds.
ConfigMapKeySelector : A key of a ConfigMap.
  key! string #2
  name string #1.1
  optional bool #3 : Whether it may be absent.
SecretKeySelector : A key of a Secret.
  key! string #2
  name string #1.1
  optional bool #3 : Whether it may be absent.
`,
);

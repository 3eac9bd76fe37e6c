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
  lifecycle any #12 : What to run after the start and before the end.
  livenessProbe Probe #10 : When it fails, the container is restarted.
  name! string #1 : The container's name, unique in the pod.
  ports [ContainerPort] merge=containerPort #6 : Ports that the container listens on.
  readinessProbe Probe #11 : While it fails, Services leave the pod out.
  resizePolicy [any] #23
  resources ResourceRequirements #8 : Processors and memory.
  restartPolicy string #24
  securityContext any #15
  startupProbe Probe #22 : Until it succeeds, the others wait.
  stdin bool #16
  stdinOnce bool #17
  terminationMessagePath string #13
  terminationMessagePolicy string #20
  tty bool #18
  volumeDevices [VolumeDevice] merge=devicePath #21
  volumeMounts [VolumeMount] merge=mountPath #9 : Where volumes appear in the container.
  workingDir string #5
EphemeralContainer : A container added to a running pod for debugging.
  args [string] #1.4
  command [string] #1.3
  env [EnvVar] merge=name #1.7
  envFrom [EnvFromSource] #1.19
  image string #1.2
  imagePullPolicy string #1.14
  lifecycle any #1.12
  livenessProbe Probe #1.10
  name! string #1.1
  ports [ContainerPort] merge=containerPort #1.6
  readinessProbe Probe #1.11
  resizePolicy [any] #1.23
  resources ResourceRequirements #1.8
  restartPolicy string #1.24
  securityContext any #1.15
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
  hostIP string #5
  hostPort int #2 : A port of the node that leads to it.
  name string #1 : A name that Services may use.
  protocol string #4 : TCP, UDP or SCTP.
EnvVar : An environment variable.
  name! string #1
  value string #2
  valueFrom EnvVarSource #3
EnvVarSource : Where a variable's value comes from.
  configMapKeyRef KeySelector #3
  fieldRef ObjectFieldSelector #1
  resourceFieldRef any #2
  secretKeyRef KeySelector #4
KeySelector : A key of a ConfigMap or Secret.
  key! string #2
  name string #1.1
  optional bool #3
ObjectFieldSelector : A field of the pod itself.
  apiVersion string #1
  fieldPath! string #2
EnvFromSource : Many variables from one place.
  configMapRef OptionalReference #2
  prefix string #1
  secretRef OptionalReference #3
OptionalReference : An object of the same namespace that may be absent.
  name string #1.1
  optional bool #2
Probe : A question that tells whether a container is well.
  exec ExecAction #1.1
  failureThreshold int #6
  grpc GRPCAction #1.4
  httpGet HTTPGetAction #1.2
  initialDelaySeconds int #2
  periodSeconds int #4
  successThreshold int #5
  tcpSocket TCPSocketAction #1.3
  terminationGracePeriodSeconds long #7
  timeoutSeconds int #3
ExecAction : A command that must succeed.
  command [string] #1
GRPCAction : A gRPC health check.
  port! int #1
  service string #2
HTTPGetAction : A request that must succeed.
  host string #3
  httpHeaders [HTTPHeader] #5
  path string #1
  port! intOrString #2
  scheme string #4
HTTPHeader : A header of a probe.
  name! string #1
  value! string #2
TCPSocketAction : A port that must accept connections.
  host string #2
  port! intOrString #1
ResourceRequirements : Processors, memory and the like.
  claims [any] #3
  limits {quantity} #1 : At most so much.
  requests {quantity} #2 : At least so much.
VolumeDevice : A block device in a container.
  devicePath! string #2
  name! string #1
VolumeMount : Where a volume appears in a container.
  mountPath! string #3
  mountPropagation string #5
  name! string #1
  readOnly bool #2
  recursiveReadOnly string #7
  subPath string #4
  subPathExpr string #6
`,
);

/** Where pods may run, and as whom. */
import { declareTypes } from './declare.ts';

export const schedulingTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Affinity : Where the scheduler should put the pod.
  nodeAffinity NodeAffinity #1 : Which nodes.
  podAffinity PodAffinity #2 : Near which pods.
  podAntiAffinity PodAntiAffinity #3 : Not near which pods.
TopologySpreadConstraint : How evenly pods are spread over zones, nodes and the like.
  labelSelector meta.LabelSelector #4 : Chooses pods by their labels.
  matchLabelKeys [string] #8 : Labels whose values are taken from the pod itself.
  maxSkew! int #1 : By how many pods places may differ.
  minDomains int #5 : So many places there must be.
  nodeAffinityPolicy string #6
  nodeTaintsPolicy string #7
  topologyKey! string #2 : The label of nodes that tells places apart.
  whenUnsatisfiable! string #3 : DoNotSchedule, or ScheduleAnyway.
Toleration : A taint that a pod tolerates.
  effect string #4 : NoSchedule, PreferNoSchedule, NoExecute, or empty for all.
  key string #1
  operator string #2 : Exists, or Equal.
  tolerationSeconds long #5 : How long NoExecute is tolerated.
  value string #3
NodeSelector : Chooses nodes by their labels; one of the terms must hold.
  nodeSelectorTerms! [NodeSelectorTerm] #1 : One of them must hold.
PodSecurityContext : As whom all containers of the pod run.
  appArmorProfile AppArmorProfile #11 : The AppArmor profile.
  fsGroup long #5 : The group that volumes belong to.
  fsGroupChangePolicy string #9 : OnRootMismatch, or Always.
  runAsGroup long #6 : The group number.
  runAsNonRoot bool #3 : Whether root is refused.
  runAsUser long #2 : The user number.
  seccompProfile SeccompProfile #10 : Which system calls are allowed.
  seLinuxChangePolicy string #13
  seLinuxOptions SELinuxOptions #1 : The SELinux label.
  supplementalGroups [long] #4 : More groups of the processes.
  supplementalGroupsPolicy string #12 : Merge, or Strict.
  sysctls [Sysctl] #7 : Kernel parameters of the pod.
  windowsOptions WindowsSecurityContextOptions #8 : The same for Windows.
SecurityContext : As whom a container runs, and with which rights.
  allowPrivilegeEscalation bool #7 : Whether a process may gain more rights than its parent.
  appArmorProfile AppArmorProfile #12 : The AppArmor profile.
  capabilities Capabilities #1 : Rights of root that are added or taken away.
  privileged bool #2 : Whether it may do what root of the node may do.
  procMount string #9 : Default, or Unmasked.
  readOnlyRootFilesystem bool #6 : Whether its root file system is read-only.
  runAsGroup long #8 : The group number.
  runAsNonRoot bool #5 : Whether root is refused.
  runAsUser long #4 : The user number.
  seccompProfile SeccompProfile #11 : Which system calls are allowed.
  seLinuxOptions SELinuxOptions #3 : The SELinux label.
  windowsOptions WindowsSecurityContextOptions #10 : The same for Windows.
NodeAffinity : Which nodes the pod may, or should, run on.
  preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm] #2 : What should hold.
  requiredDuringSchedulingIgnoredDuringExecution NodeSelector #1 : What must hold.
PodAffinity : Which pods the pod must, or should, run near.
  preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] #2 : What should hold.
  requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] #1 : What must hold.
PodAntiAffinity : Which pods the pod must not, or should not, run near.
  preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm] #2 : What should hold.
  requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm] #1 : What must hold.
NodeSelectorTerm : Requirements that must all hold.
  matchExpressions [NodeSelectorRequirement] #1 : Requirements on labels.
  matchFields [NodeSelectorRequirement] #2 : Requirements on fields.
SELinuxOptions : The SELinux label of the processes.
  level string #4
  role string #2
  type string #3
  user string #1
WindowsSecurityContextOptions : As whom the processes run on Windows.
  gmsaCredentialSpec string #2
  gmsaCredentialSpecName string #1
  hostProcess bool #4
  runAsUserName string #3
Sysctl : A kernel parameter.
  name! string #1
  value! string #2
SeccompProfile : Which system calls the processes may make.
  localhostProfile string #2 : A profile of the node.
  type! string #1
AppArmorProfile : The AppArmor profile of the processes.
  localhostProfile string #2 : A profile of the node.
  type! string #1
Capabilities : Rights of root that are added or taken away.
  add [string] #1 : What is added.
  drop [string] #2 : What is taken away.
PreferredSchedulingTerm : Nodes that are preferred, and how much.
  preference! NodeSelectorTerm #2 : The nodes that are preferred.
  weight! int #1 : How much it counts, 1 to 100.
PodAffinityTerm : A set of pods, and what near them means.
  labelSelector meta.LabelSelector #1 : Chooses pods by their labels.
  matchLabelKeys [string] #5 : Labels whose values are taken from the pod itself.
  mismatchLabelKeys [string] #6 : Labels whose values must differ from those of the pod itself.
  namespaces [string] #2 : Names of namespaces.
  namespaceSelector meta.LabelSelector #4 : Chooses namespaces by their labels.
  topologyKey! string #3 : The label of nodes that tells places apart.
WeightedPodAffinityTerm : A set of pods, and how much it counts to be near them.
  podAffinityTerm! PodAffinityTerm #2 : The pods that are meant.
  weight! int #1 : How much it counts, 1 to 100.
NodeSelectorRequirement : One requirement on one label of a node.
  key! string #1
  operator! string #2
  values [string] #3
`,
);

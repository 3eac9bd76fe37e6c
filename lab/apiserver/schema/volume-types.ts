/** Volumes, and the references that many types share. */
import { declareTypes } from './declare.ts';

export const volumeTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Volume : What containers of a pod can mount.
  awsElasticBlockStore AWSElasticBlockStoreVolumeSource #2.4
  azureDisk AzureDiskVolumeSource #2.22
  azureFile AzureFileVolumeSource #2.18
  cephfs CephFSVolumeSource #2.14
  cinder CinderVolumeSource #2.13
  configMap ConfigMapVolumeSource #2.19 : The keys of a ConfigMap as files.
  csi CSIVolumeSource #2.28
  downwardAPI DownwardAPIVolumeSource #2.16
  emptyDir EmptyDirVolumeSource #2.2 : An empty directory that lives as long as the pod.
  ephemeral EphemeralVolumeSource #2.29
  fc FCVolumeSource #2.17
  flexVolume FlexVolumeSource #2.12
  flocker FlockerVolumeSource #2.15
  gcePersistentDisk GCEPersistentDiskVolumeSource #2.3
  gitRepo GitRepoVolumeSource #2.5
  glusterfs GlusterfsVolumeSource #2.9
  hostPath HostPathVolumeSource #2.1 : A directory of the node.
  image ImageVolumeSource #2.30
  iscsi ISCSIVolumeSource #2.8
  name! string #1 : The volume's name, unique in the pod.
  nfs NFSVolumeSource #2.7
  persistentVolumeClaim PersistentVolumeClaimVolumeSource #2.10 : Storage that outlives the pod.
  photonPersistentDisk PhotonPersistentDiskVolumeSource #2.23
  portworxVolume PortworxVolumeSource #2.24
  projected ProjectedVolumeSource #2.26 : Several sources in one directory.
  quobyte QuobyteVolumeSource #2.21
  rbd RBDVolumeSource #2.11
  scaleIO ScaleIOVolumeSource #2.25
  secret SecretVolumeSource #2.6 : The keys of a Secret as files.
  storageos StorageOSVolumeSource #2.27
  vsphereVolume VsphereVirtualDiskVolumeSource #2.20
LocalObjectReference : An object of the same namespace.
  name string #1
ObjectReference : Any object of the cluster.
  apiVersion string #5
  fieldPath string #7 : Which field, such as metadata.name.
  kind string #1
  name string #3
  namespace string #2
  resourceVersion string #6
  uid string #4
TypedLocalObjectReference : An object of the same namespace, of any kind.
  apiGroup string #1
  kind! string #2
  name! string #3
TypedObjectReference : An object of any kind, perhaps of another namespace.
  apiGroup string #1
  kind! string #2
  name! string #3
  namespace string #4
HostPathVolumeSource : A directory of the node.
  path! string #1
  type string #2
EmptyDirVolumeSource : An empty directory.
  medium string #1 : Memory, or empty for the disk of the node.
  sizeLimit quantity #2 : How much may be written to it.
SecretVolumeSource : The keys of a Secret as files.
  defaultMode int #3 : The mode of the files, 0644 unless told otherwise.
  items [KeyToPath] #2 : Which keys, and as which files.
  optional bool #4 : Whether it may be absent.
  secretName string #1
PersistentVolumeClaimVolumeSource : A claim of the same namespace.
  claimName! string #1
  readOnly bool #2 : Whether it cannot be written to.
DownwardAPIVolumeSource : Fields of the pod as files.
  defaultMode int #2 : The mode of the files, 0644 unless told otherwise.
  items [DownwardAPIVolumeFile] #1 : Which keys, and as which files.
ConfigMapVolumeSource : The keys of a ConfigMap as files.
  defaultMode int #3 : The mode of the files, 0644 unless told otherwise.
  items [KeyToPath] #2 : Which keys, and as which files.
  name string #1.1
  optional bool #4 : Whether it may be absent.
ProjectedVolumeSource : Several sources in one directory.
  defaultMode int #2 : The mode of the files, 0644 unless told otherwise.
  sources [VolumeProjection] #1 : What is put together.
EphemeralVolumeSource : A claim that is made for the pod and goes with it.
  volumeClaimTemplate PersistentVolumeClaimTemplate #1
ImageVolumeSource : An image of a registry as a directory.
  pullPolicy string #2
  reference string #1
KeyToPath : A key and the file it becomes.
  key! string #1
  mode int #3 : The mode of the file.
  path! string #2
DownwardAPIVolumeFile : A file with a field of the pod.
  fieldRef ObjectFieldSelector #2 : A field of the pod.
  mode int #4 : The mode of the file.
  path! string #1
  resourceFieldRef ResourceFieldSelector #3 : A limit or request of a container.
VolumeProjection : One source of a projected volume.
  clusterTrustBundle ClusterTrustBundleProjection #5
  configMap ConfigMapProjection #3
  downwardAPI DownwardAPIProjection #2
  secret SecretProjection #1
  serviceAccountToken ServiceAccountTokenProjection #4
PersistentVolumeClaimTemplate : The claim that is made for a pod.
  metadata meta.ObjectMeta #1 : Name, labels, history.
  spec! PersistentVolumeClaimSpec #2
ObjectFieldSelector : A field of the pod itself.
  apiVersion string #1
  fieldPath! string #2 : Which field, such as metadata.name.
ResourceFieldSelector : A limit or request of a container.
  containerName string #1 : Which container.
  divisor quantity #3 : The unit of the number.
  resource! string #2
SecretProjection : The keys of a Secret as files of a projected volume.
  items [KeyToPath] #2 : Which keys, and as which files.
  name string #1.1
  optional bool #4 : Whether it may be absent.
DownwardAPIProjection : Fields of the pod as files of a projected volume.
  items [DownwardAPIVolumeFile] #1 : Which keys, and as which files.
ConfigMapProjection : The keys of a ConfigMap as files of a projected volume.
  items [KeyToPath] #2 : Which keys, and as which files.
  name string #1.1
  optional bool #4 : Whether it may be absent.
ServiceAccountTokenProjection : A token for the pod's account.
  audience string #1 : Whom the token is meant for.
  expirationSeconds long #2 : How long the token is good for.
  path! string #3
ClusterTrustBundleProjection : Certificates that clients should trust, as a file.
  labelSelector meta.LabelSelector #3 : Chooses pods by their labels.
  name string #1
  optional bool #5 : Whether it may be absent.
  path! string #4
  signerName string #2
PersistentVolumeClaimSpec : What is wanted of a claim.
  accessModes [string] #1
  dataSource TypedLocalObjectReference #7
  dataSourceRef TypedObjectReference #8
  resources VolumeResourceRequirements #2
  selector meta.LabelSelector #4
  storageClassName string #5
  volumeAttributesClassName string #9
  volumeMode string #6
  volumeName string #3
VolumeResourceRequirements : How much storage is wanted.
  limits {quantity} #1 : At most so much.
  requests {quantity} #2 : At least so much.
`,
);

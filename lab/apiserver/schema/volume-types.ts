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
GCEPersistentDiskVolumeSource : A disk of Google Compute Engine.
  fsType string #2 : The file system, such as ext4.
  partition int #3
  pdName! string #1
  readOnly bool #4 : Whether it cannot be written to.
AWSElasticBlockStoreVolumeSource : A disk of AWS.
  fsType string #2 : The file system, such as ext4.
  partition int #3
  readOnly bool #4 : Whether it cannot be written to.
  volumeID! string #1
GitRepoVolumeSource : A clone of a Git repository. No longer supported.
  directory string #3
  repository! string #1
  revision string #2
SecretVolumeSource : The keys of a Secret as files.
  defaultMode int #3 : The mode of the files, 0644 unless told otherwise.
  items [KeyToPath] #2 : Which keys, and as which files.
  optional bool #4 : Whether it may be absent.
  secretName string #1
NFSVolumeSource : A directory that an NFS server exports.
  path! string #2
  readOnly bool #3 : Whether it cannot be written to.
  server! string #1
ISCSIVolumeSource : A disk behind iSCSI.
  chapAuthDiscovery bool #8
  chapAuthSession bool #11
  fsType string #5 : The file system, such as ext4.
  initiatorName string #12
  iqn! string #2
  iscsiInterface string #4
  lun! int #3
  portals [string] #7
  readOnly bool #6 : Whether it cannot be written to.
  secretRef LocalObjectReference #10 : A Secret.
  targetPortal! string #1
GlusterfsVolumeSource : A GlusterFS volume. No longer supported.
  endpoints! string #1
  path! string #2
  readOnly bool #3 : Whether it cannot be written to.
PersistentVolumeClaimVolumeSource : A claim of the same namespace.
  claimName! string #1
  readOnly bool #2 : Whether it cannot be written to.
RBDVolumeSource : A Ceph block device. No longer supported.
  fsType string #3 : The file system, such as ext4.
  image! string #2
  keyring string #6
  monitors! [string] #1
  pool string #4
  readOnly bool #8 : Whether it cannot be written to.
  secretRef LocalObjectReference #7 : A Secret.
  user string #5
FlexVolumeSource : A volume of a driver on the node.
  driver! string #1 : The driver that provides it.
  fsType string #2 : The file system, such as ext4.
  options {string} #5
  readOnly bool #4 : Whether it cannot be written to.
  secretRef LocalObjectReference #3 : A Secret.
CinderVolumeSource : A disk of OpenStack.
  fsType string #2 : The file system, such as ext4.
  readOnly bool #3 : Whether it cannot be written to.
  secretRef LocalObjectReference #4 : A Secret.
  volumeID! string #1
CephFSVolumeSource : A CephFS directory. No longer supported.
  monitors! [string] #1
  path string #2
  readOnly bool #6 : Whether it cannot be written to.
  secretFile string #4
  secretRef LocalObjectReference #5 : A Secret.
  user string #3
FlockerVolumeSource : A Flocker volume. No longer supported.
  datasetName string #1
  datasetUUID string #2
DownwardAPIVolumeSource : Fields of the pod as files.
  defaultMode int #2 : The mode of the files, 0644 unless told otherwise.
  items [DownwardAPIVolumeFile] #1 : Which keys, and as which files.
FCVolumeSource : A disk behind Fibre Channel.
  fsType string #3 : The file system, such as ext4.
  lun int #2
  readOnly bool #4 : Whether it cannot be written to.
  targetWWNs [string] #1
  wwids [string] #5
AzureFileVolumeSource : A share of Azure Files.
  readOnly bool #3 : Whether it cannot be written to.
  secretName! string #1
  shareName! string #2
ConfigMapVolumeSource : The keys of a ConfigMap as files.
  defaultMode int #3 : The mode of the files, 0644 unless told otherwise.
  items [KeyToPath] #2 : Which keys, and as which files.
  name string #1.1
  optional bool #4 : Whether it may be absent.
VsphereVirtualDiskVolumeSource : A disk of vSphere.
  fsType string #2 : The file system, such as ext4.
  storagePolicyID string #4
  storagePolicyName string #3
  volumePath! string #1
QuobyteVolumeSource : A Quobyte volume. No longer supported.
  group string #5
  readOnly bool #3 : Whether it cannot be written to.
  registry! string #1
  tenant string #6
  user string #4
  volume! string #2
AzureDiskVolumeSource : A disk of Azure.
  cachingMode string #3
  diskName! string #1
  diskURI! string #2
  fsType string #4 : The file system, such as ext4.
  kind string #6
  readOnly bool #5 : Whether it cannot be written to.
PhotonPersistentDiskVolumeSource : A disk of Photon. No longer supported.
  fsType string #2 : The file system, such as ext4.
  pdID! string #1
ProjectedVolumeSource : Several sources in one directory.
  defaultMode int #2 : The mode of the files, 0644 unless told otherwise.
  sources [VolumeProjection] #1 : What is put together.
PortworxVolumeSource : A Portworx volume.
  fsType string #2 : The file system, such as ext4.
  readOnly bool #3 : Whether it cannot be written to.
  volumeID! string #1
ScaleIOVolumeSource : A ScaleIO volume. No longer supported.
  fsType string #9 : The file system, such as ext4.
  gateway! string #1
  protectionDomain string #5
  readOnly bool #10 : Whether it cannot be written to.
  secretRef! LocalObjectReference #3 : A Secret.
  sslEnabled bool #4
  storageMode string #7
  storagePool string #6
  system! string #2
  volumeName string #8
StorageOSVolumeSource : A StorageOS volume. No longer supported.
  fsType string #3 : The file system, such as ext4.
  readOnly bool #4 : Whether it cannot be written to.
  secretRef LocalObjectReference #5 : A Secret.
  volumeName string #1
  volumeNamespace string #2
CSIVolumeSource : A volume of a CSI driver that lives as long as the pod.
  driver! string #1 : The driver that provides it.
  fsType string #3 : The file system, such as ext4.
  nodePublishSecretRef LocalObjectReference #5
  readOnly bool #2 : Whether it cannot be written to.
  volumeAttributes {string} #4 : What the driver needs to know.
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

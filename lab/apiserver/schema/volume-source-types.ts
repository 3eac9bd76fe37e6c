/** Disks and file systems of clouds and data centres, which the lab never mounts. */
import { declareTypes } from './declare.ts';

export const volumeSourceTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
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
`,
);

import { declareTypes } from './declare.ts';

/** Volumes, and the references that many types share. Sources that the lab never mounts stay open. */
export const volumeTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Volume : What containers of a pod can mount.
  awsElasticBlockStore any #2.4
  azureDisk any #2.22
  azureFile any #2.18
  cephfs any #2.14
  cinder any #2.13
  configMap ConfigMapVolumeSource #2.19 : The keys of a ConfigMap as files.
  csi any #2.28
  downwardAPI any #2.16
  emptyDir EmptyDirVolumeSource #2.2 : An empty directory that lives as long as the pod.
  ephemeral any #2.29
  fc any #2.17
  flexVolume any #2.12
  flocker any #2.15
  gcePersistentDisk any #2.3
  gitRepo any #2.5
  glusterfs any #2.9
  hostPath HostPathVolumeSource #2.1 : A directory of the node.
  image any #2.30
  iscsi any #2.8
  name! string #1 : The volume's name, unique in the pod.
  nfs any #2.7
  persistentVolumeClaim PersistentVolumeClaimVolumeSource #2.10 : Storage that outlives the pod.
  photonPersistentDisk any #2.23
  portworxVolume any #2.24
  projected ProjectedVolumeSource #2.26 : Several sources in one directory.
  quobyte any #2.21
  rbd any #2.11
  scaleIO any #2.25
  secret SecretVolumeSource #2.6 : The keys of a Secret as files.
  storageos any #2.27
  vsphereVolume any #2.20
ConfigMapVolumeSource : The keys of a ConfigMap as files.
  defaultMode int #3
  items [KeyToPath] #2
  name string #1.1
  optional bool #4
SecretVolumeSource : The keys of a Secret as files.
  defaultMode int #3
  items [KeyToPath] #2
  optional bool #4
  secretName string #1
KeyToPath : A key and the file it becomes.
  key! string #1
  mode int #3
  path! string #2
EmptyDirVolumeSource : An empty directory.
  medium string #1
  sizeLimit quantity #2
HostPathVolumeSource : A directory of the node.
  path! string #1
  type string #2
PersistentVolumeClaimVolumeSource : A claim of the same namespace.
  claimName! string #1
  readOnly bool #2
ProjectedVolumeSource : Several sources in one directory.
  defaultMode int #2
  sources [VolumeProjection] #1
VolumeProjection : One source of a projected volume.
  clusterTrustBundle any #5
  configMap ConfigMapVolumeSource #3
  downwardAPI any #2
  podCertificate any #6
  secret any #1
  serviceAccountToken ServiceAccountTokenProjection #4
ServiceAccountTokenProjection : A token for the pod's account.
  audience string #1
  expirationSeconds long #2
  path! string #3
LocalObjectReference : An object of the same namespace.
  name string #1
ObjectReference : Any object of the cluster.
  apiVersion string #5
  fieldPath string #7
  kind string #1
  name string #3
  namespace string #2
  resourceVersion string #6
  uid string #4
`,
);

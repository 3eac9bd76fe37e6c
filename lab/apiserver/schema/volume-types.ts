import { declareTypes } from './declare.ts';

/** Volumes, and the references that many types share. Sources that the lab never mounts stay open. */
export const volumeTypes = declareTypes(
  'io.k8s.api.core.v1',
  `
Volume : What containers of a pod can mount.
  awsElasticBlockStore any
  azureDisk any
  azureFile any
  cephfs any
  cinder any
  configMap ConfigMapVolumeSource : The keys of a ConfigMap as files.
  csi any
  downwardAPI any
  emptyDir EmptyDirVolumeSource : An empty directory that lives as long as the pod.
  ephemeral any
  fc any
  flexVolume any
  flocker any
  gcePersistentDisk any
  gitRepo any
  glusterfs any
  hostPath HostPathVolumeSource : A directory of the node.
  image any
  iscsi any
  name! string : The volume's name, unique in the pod.
  nfs any
  persistentVolumeClaim PersistentVolumeClaimVolumeSource : Storage that outlives the pod.
  photonPersistentDisk any
  portworxVolume any
  projected ProjectedVolumeSource : Several sources in one directory.
  quobyte any
  rbd any
  scaleIO any
  secret SecretVolumeSource : The keys of a Secret as files.
  storageos any
  vsphereVolume any
ConfigMapVolumeSource : The keys of a ConfigMap as files.
  defaultMode int
  items [KeyToPath]
  name string
  optional bool
SecretVolumeSource : The keys of a Secret as files.
  defaultMode int
  items [KeyToPath]
  optional bool
  secretName string
KeyToPath : A key and the file it becomes.
  key! string
  mode int
  path! string
EmptyDirVolumeSource : An empty directory.
  medium string
  sizeLimit quantity
HostPathVolumeSource : A directory of the node.
  path! string
  type string
PersistentVolumeClaimVolumeSource : A claim of the same namespace.
  claimName! string
  readOnly bool
ProjectedVolumeSource : Several sources in one directory.
  defaultMode int
  sources [VolumeProjection]
VolumeProjection : One source of a projected volume.
  clusterTrustBundle any
  configMap ConfigMapVolumeSource
  downwardAPI any
  podCertificate any
  secret any
  serviceAccountToken ServiceAccountTokenProjection
ServiceAccountTokenProjection : A token for the pod's account.
  audience string
  expirationSeconds long
  path! string
LocalObjectReference : An object of the same namespace.
  name string
ObjectReference : Any object of the cluster.
  apiVersion string
  fieldPath string
  kind string
  name string
  namespace string
  resourceVersion string
  uid string
`,
);

import { declareTypes } from './declare.ts';

export const metaTypes = declareTypes(
  'io.k8s.apimachinery.pkg.apis.meta.v1',
  `
ObjectMeta : What every object has: its name, its labels, its history.
  annotations {string} : Notes that tools attach; they cannot be selected by.
  creationTimestamp time : When the object was created. Set by the server.
  deletionGracePeriodSeconds long : How long the object may take to end. Set by the server.
  deletionTimestamp time : When the object will be gone. Set by the server on deletion.
  finalizers [string] merge : Who must agree before the object is removed.
  generateName string : A prefix from which the server makes a unique name, if name is empty.
  generation long : Counts the changes of the desired state. Set by the server.
  labels {string} : Keys and values that selectors choose by.
  managedFields [ManagedFieldsEntry] : Who manages which fields.
  name string : The name, unique among objects of its kind in its namespace.
  namespace string : The namespace; empty for objects of the cluster.
  ownerReferences [OwnerReference] merge=uid : The objects this one depends on.
  resourceVersion string : The version of this state of the object, for watches and for safe updates.
  selfLink string : No longer set.
  uid string : Unique in time and space. Set by the server.
OwnerReference : An object that this one depends on.
  apiVersion! string
  blockOwnerDeletion bool
  controller bool
  kind! string
  name! string
  uid! string
ManagedFieldsEntry : The fields that one manager manages.
  apiVersion string
  fieldsType string
  fieldsV1 any
  manager string
  operation string
  subresource string
  time time
LabelSelector : Chooses objects by their labels; all requirements must hold.
  matchExpressions [LabelSelectorRequirement] : Requirements of sets.
  matchLabels {string} : Labels and the values they must have.
LabelSelectorRequirement : One requirement on one label.
  key! string : The label's key.
  operator! string : In, NotIn, Exists or DoesNotExist.
  values [string] : The values, for In and NotIn.
Condition : One aspect of the state of an object.
  lastTransitionTime! time
  message! string
  observedGeneration long
  reason! string
  status! string
  type! string
ListMeta : What every list has.
  continue string
  remainingItemCount long
  resourceVersion string
  selfLink string
DeleteOptions : How to delete.
  apiVersion string
  dryRun [string]
  gracePeriodSeconds long
  ignoreStoreReadErrorWithClusterBreakingPotential bool
  kind string
  orphanDependents bool
  preconditions Preconditions
  propagationPolicy string
Preconditions : What must hold for a deletion.
  resourceVersion string
  uid string
`,
);

import { declareTypes } from './declare.ts';

/** The types of who may do what: roles, and reviews of tokens and of access. */
export const accessTypes = [
  ...declareTypes(
    'io.k8s.api.rbac.v1',
    `
Role : What may be done in a namespace.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  rules [PolicyRule] #2 : What may be done.
ClusterRole : What may be done in the whole cluster, or in the namespaces where it is bound.
  aggregationRule AggregationRule #3 : Which roles this one is the sum of.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  rules [PolicyRule] #2 : What may be done.
AggregationRule : Which ClusterRoles another is the sum of.
  clusterRoleSelectors [meta.LabelSelector] #1 : The labels of the ClusterRoles that count.
PolicyRule : Some verbs on some resources, or on some paths.
  apiGroups [string] #2 : The groups of the resources; "" is the core group, * all.
  nonResourceURLs [string] #5 : Paths that are no resources; * stands at the end.
  resourceNames [string] #4 : The names of the objects; none stands for all.
  resources [string] #3 : The resources; * is all, */scale a subresource of all.
  verbs! [string] #1 : What may be done; * is everything.
RoleBinding : Who has a role in a namespace.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  roleRef! RoleRef #3 : The role; it cannot be changed.
  subjects [Subject] #2 : Who has it.
ClusterRoleBinding : Who has a role in the whole cluster.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name, labels, history.
  roleRef! RoleRef #3 : The role; it cannot be changed.
  subjects [Subject] #2 : Who has it.
RoleRef : The role that a binding gives.
  apiGroup! string #1
  kind! string #2
  name! string #3
Subject : Somebody who has a role.
  apiGroup string #2
  kind! string #1 : User, Group or ServiceAccount.
  name! string #3
  namespace string #4 : Of a ServiceAccount.
`,
  ),
  ...declareTypes(
    'io.k8s.api.authorization.v1',
    `
SelfSubjectAccessReview : Asks whether you may do something.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! SelfSubjectAccessReviewSpec #2 : What you ask about.
  status SubjectAccessReviewStatus #3 : The answer.
SelfSubjectAccessReviewSpec : What you ask about.
  nonResourceAttributes NonResourceAttributes #2
  resourceAttributes ResourceAttributes #1
SubjectAccessReview : Asks whether somebody may do something.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! SubjectAccessReviewSpec #2 : Whom and what you ask about.
  status SubjectAccessReviewStatus #3 : The answer.
LocalSubjectAccessReview : Asks whether somebody may do something in a namespace.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! SubjectAccessReviewSpec #2 : Whom and what you ask about.
  status SubjectAccessReviewStatus #3 : The answer.
SubjectAccessReviewSpec : Whom and what you ask about.
  extra any #5
  groups [string] #4
  nonResourceAttributes NonResourceAttributes #2
  resourceAttributes ResourceAttributes #1
  uid string #6
  user string #3
NonResourceAttributes : A path that is not a resource.
  path string #1
  verb string #2
ResourceAttributes : A resource and what is done with it.
  fieldSelector FieldSelectorAttributes #8
  group string #3
  labelSelector any #9
  name string #7
  namespace string #1
  resource string #5
  subresource string #6
  verb string #2
  version string #4
FieldSelectorAttributes : The fields that a list would select by.
  rawSelector string #1
  requirements [any] #2
SubjectAccessReviewStatus : The answer.
  allowed! bool #1
  denied bool #4
  evaluationError string #3
  reason string #2
SelfSubjectRulesReview : Asks what you may do in a namespace.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! SelfSubjectRulesReviewSpec #2 : The namespace.
  status SubjectRulesReviewStatus #3 : The answer.
SelfSubjectRulesReviewSpec : What you ask about.
  namespace string #1
SubjectRulesReviewStatus : What somebody may do.
  evaluationError string #4
  incomplete! bool #3
  nonResourceRules! [NonResourceRule] #2
  resourceRules! [ResourceRule] #1
ResourceRule : Verbs on resources.
  apiGroups [string] #2
  resourceNames [string] #4
  resources [string] #3
  verbs! [string] #1
NonResourceRule : Verbs on paths.
  nonResourceURLs [string] #2
  verbs! [string] #1
`,
  ),
  ...declareTypes(
    'io.k8s.api.authentication.v1',
    `
SelfSubjectReview : Asks who you are.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  status SelfSubjectReviewStatus #2 : The answer.
SelfSubjectReviewStatus : Who you are.
  userInfo UserInfo #1
UserInfo : A user.
  extra any #4
  groups [string] #3
  uid string #2
  username string #1
TokenReview : Asks whose a token is.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Ignored.
  spec! TokenReviewSpec #2 : The token.
  status TokenReviewStatus #3 : The answer.
TokenReviewSpec : A token, and for whom it must be good.
  audiences [string] #2
  token string #1
TokenReviewStatus : Whose a token is.
  audiences [string] #4
  authenticated bool #1
  error string #3
  user UserInfo #2
TokenRequest : Asks for a token of a ServiceAccount.
  apiVersion string
  kind string
  metadata meta.ObjectMeta #1 : Name and namespace of the ServiceAccount.
  spec! TokenRequestSpec #2 : What the token is for.
  status TokenRequestStatus #3 : The token.
TokenRequestSpec : What a token is for.
  audiences! [string] #1 : Who shall take it; none: the apiserver.
  boundObjectRef BoundObjectReference #3 : What it dies with.
  expirationSeconds long #4 : How long it is good, at least ten minutes.
BoundObjectReference : A Pod, Secret or Node.
  apiVersion string #2
  kind string #1
  name string #3
  uid string #4
TokenRequestStatus : The token.
  expirationTimestamp! time #2
  token! string #1
`,
  ),
];

import { by, type Behaviours, type ShownBy } from './shown-by.ts'

const integration =
  (topic: string) =>
  (title: string): ShownBy =>
    by(`test/integration/conformance/${topic}.test.ts`, title)
const webhooks = integration('webhooks')
const definitions = integration('custom-resources')
const operations = integration('api-operations')('of %s, from discovery to the deletion of many')
const policies = integration('policies')
const reading = integration('reading')
const fields = integration('field-validation')
const garbage = integration('garbage-collection')
const namespaces = integration('namespaces')
const quotas = integration('quotas')
const accounts = integration('accounts')
const inCluster = (title: string): ShownBy => by('test/e2e/conformance-api.test.ts', title)

/** The code names of one group of upstream's tests, written without what they begin and end with. */
const under = (beginning: string, behaviours: Behaviours): Behaviours =>
  Object.fromEntries(Object.entries(behaviours).map(([name, shown]) => [`${beginning} ${name} [Conformance]`, shown]))

/** Of the API machinery, auth, kubectl and architecture. */
export const apiBehaviours: Behaviours = {
  ...under('[sig-api-machinery] API priority and fairness', {
    'should support FlowSchema API operations': operations,
    'should support PriorityLevelConfiguration API operations': operations,
  }),
  ...under('[sig-api-machinery] AdmissionWebhook [Privileged:ClusterAdmin]', {
    'listing mutating webhooks should work': webhooks('%s: are listed by their labels, and deleted together'),
    'listing validating webhooks should work': webhooks('%s: are listed by their labels, and deleted together'),
    'patching/updating a mutating webhook should work': webhooks('%s: follow updates and patches of their operations, at once'),
    'patching/updating a validating webhook should work': webhooks('%s: follow updates and patches of their operations, at once'),
    'should be able to create and update mutating webhook configurations with match conditions': webhooks(
      '%s: keep their match conditions, new ones too, and refuse what is no expression',
    ),
    'should be able to create and update validating webhook configurations with match conditions': webhooks(
      '%s: keep their match conditions, new ones too, and refuse what is no expression',
    ),
    'should be able to deny attaching pod': webhooks('deny to attach to a pod, by what the client asks for'),
    'should be able to deny custom resource creation, update and deletion': webhooks('deny to create, update and delete them'),
    'should be able to deny pod and configmap creation': webhooks(
      'deny what is created, put or patched, let pass what they do not mind, and do not look into other namespaces',
    ),
    'should deny crd creation': webhooks('deny to create definitions'),
    'should honor timeout': webhooks('are waited for as long as they say'),
    'should include webhook resources in discovery documents': webhooks('are found in the discovery documents'),
    'should mutate configmap': webhooks('change objects one after the other, and pods get their defaults afterwards'),
    'should mutate custom resource': webhooks(
      'change them, but what their schema does not know goes, and the version that is stored may move on',
    ),
    'should mutate custom resource with different stored version': webhooks(
      'change them, but what their schema does not know goes, and the version that is stored may move on',
    ),
    'should mutate custom resource with pruning': webhooks(
      'change them, but what their schema does not know goes, and the version that is stored may move on',
    ),
    "should mutate everything except 'skip-me' configmaps": webhooks('are not asked about what their match conditions exclude'),
    'should mutate pod and apply defaults after mutation': webhooks(
      'change objects one after the other, and pods get their defaults afterwards',
    ),
    'should not be able to mutate or prevent deletion of webhook configuration objects': webhooks(
      'neither change nor keep the configurations of webhooks',
    ),
    'should reject mutating webhook configurations with invalid match conditions': webhooks(
      '%s: keep their match conditions, new ones too, and refuse what is no expression',
    ),
    'should reject validating webhook configurations with invalid match conditions': webhooks(
      '%s: keep their match conditions, new ones too, and refuse what is no expression',
    ),
    'should unconditionally reject operations on fail closed webhook': webhooks(
      'refuse everything where failures are not ignored and nobody answers',
    ),
  }),
  ...under('[sig-api-machinery] AggregatedDiscovery', {
    'should support aggregated discovery interface': reading('finds every built-in resource in aggregated discovery'),
    'should support aggregated discovery interface for CRDs': reading('finds defined resources in aggregated discovery'),
    'should support raw aggregated discovery endpoint Accept headers': reading('finds every built-in resource in aggregated discovery'),
    'should support raw aggregated discovery request for CRDs': reading('finds defined resources in aggregated discovery'),
  }),
  '[sig-api-machinery] Aggregator Should be able to support the 1.17 Sample API Server using the current Aggregator [LinuxOnly] [Conformance]':
    by('control-plane/api-server/aggregator/aggregator.test.ts', 'proxies to it as soon as it answers, with the name of the user'),
  ...under('[sig-api-machinery] CustomResourceConversionWebhook [Privileged:ClusterAdmin]', {
    'should be able to convert a non homogeneous list of CRs': definitions('show what is stored in either version in both'),
    'should be able to convert from CR v1 to CR v2': definitions('show what is stored in either version in both'),
  }),
  '[sig-api-machinery] CustomResourceDefinition Watch [Privileged:ClusterAdmin] CustomResourceDefinition Watch watch on custom resource definition objects [Conformance]':
    definitions('have objects that are watched one by one'),
  ...under('[sig-api-machinery] CustomResourceDefinition resources [Privileged:ClusterAdmin]', {
    'Simple CustomResourceDefinition creating/deleting custom resource definition objects works': definitions(
      'are created and deleted, and listed and deleted together by their labels',
    ),
    'Simple CustomResourceDefinition getting/updating/patching custom resource definition status sub-resource works': definitions(
      'have a status that is read, put and patched by itself',
    ),
    'Simple CustomResourceDefinition listing custom resource definition objects works': definitions(
      'are created and deleted, and listed and deleted together by their labels',
    ),
    'custom resource defaulting for requests and from storage works': definitions(
      'give defaults to what comes in and to what is stored, and take none back',
    ),
    'should include custom resource definition resources in discovery documents': definitions('are found in the discovery documents'),
  }),
  '[sig-api-machinery] CustomResourceFieldSelectors [Privileged:ClusterAdmin] CustomResourceFieldSelectors MUST list and watch custom resources matching the field selector [Conformance]':
    definitions('list and watch what their fields select, in the version that is asked for'),
  ...under('[sig-api-machinery] CustomResourcePublishOpenAPI [Privileged:ClusterAdmin]', {
    'removes definition from spec when one version gets changed to not be served': definitions(
      'follow versions that get another name, or are not served any more',
    ),
    'updates the published spec when one version gets renamed': definitions(
      'follow versions that get another name, or are not served any more',
    ),
    'works for CRD preserving unknown fields at the schema root': definitions('unknown fields at its root'),
    'works for CRD preserving unknown fields in an embedded object': definitions('leave open what may be anything within an object'),
    'works for CRD with validation schema': by('test/compatibility/custom-resources.ts', 'are explained'),
    'works for CRD without validation schema': definitions('no schema'),
    'works for multiple CRDs of different groups': definitions('stand side by side: of two groups, of two versions, of two kinds'),
    'works for multiple CRDs of same group and version but different kinds': definitions(
      'stand side by side: of two groups, of two versions, of two kinds',
    ),
    'works for multiple CRDs of same group but different versions': definitions(
      'stand side by side: of two groups, of two versions, of two kinds',
    ),
  }),
  ...under('[sig-api-machinery] Discovery', {
    'should locate the groupVersion and a resource within each APIGroup': reading(
      'prefers a version that each group has, and finds each version and its resources',
    ),
    'should validate PreferredVersion for each APIGroup': reading(
      'prefers a version that each group has, and finds each version and its resources',
    ),
  }),
  ...under('[sig-api-machinery] FieldValidation', {
    'should create/apply a CR with unknown fields for CRD with no validation schema': fields('unknown fields where there is no schema'),
    'should create/apply a valid CR for CRD with validation schema': fields('a valid custom resource'),
    'should create/apply an invalid CR with extra properties for CRD with validation schema': fields('finds %s of a custom resource'),
    'should detect duplicates in a CR when preserving unknown fields': fields('duplicate fields, unknown ones too'),
    'should detect unknown and duplicate fields of a typed object': fields('unknown and duplicate fields'),
    'should detect unknown metadata fields in both the root and embedded object of a CR': fields(
      'unknown metadata, in embedded objects too',
    ),
    'should detect unknown metadata fields of a typed object': fields('unknown metadata'),
  }),
  ...under('[sig-api-machinery] Garbage collector', {
    'should delete RS created by deployment when not orphaning': garbage('deletes the replica set of a deployment, unless it is to stay'),
    'should delete pods created by rc when not orphaning': garbage('deletes the pods of a controller, unless they are to stay'),
    'should keep the rc around until all its pods are deleted if the deleteOptions says so [Serial]': garbage(
      'keeps an owner that goes in the foreground until its pods have gone',
    ),
    'should not be blocked by dependency circle': garbage('is not held up by owners in a circle'),
    "should not delete dependents that have both valid owner and owner that's waiting for dependents to be deleted [Serial]": garbage(
      'spares pods that another owner still has',
    ),
    'should orphan RS created by deployment when deleteOptions.PropagationPolicy is Orphan': garbage(
      'deletes the replica set of a deployment, unless it is to stay',
    ),
    'should orphan pods created by rc if delete options say so [Serial]': garbage(
      'deletes the pods of a controller, unless they are to stay',
    ),
  }),
  ...under('[sig-api-machinery] MutatingAdmissionPolicy [Privileged:ClusterAdmin]', {
    'should mutate a Deployment': policies('change Deployments: %s'),
    'should mutate a Deployment with annotations': policies('change Deployments: %s'),
    'should support MutatingAdmissionPolicy API operations': operations,
    'should support MutatingAdmissionPolicyBinding API operations': operations,
  }),
  ...under('[sig-api-machinery] Namespaces [Serial]', {
    'should apply a finalizer to a Namespace': namespaces('has finalizers that only its finalize path changes'),
    'should apply an update to a Namespace': namespaces('is patched and updated'),
    'should apply changes to a namespace status': namespaces('has a status that is read, patched and put by itself'),
    'should ensure that all pods are removed when a namespace is deleted': namespaces('takes its pods and services along'),
    'should ensure that all services are removed when a namespace is deleted': namespaces('takes its pods and services along'),
    'should patch a Namespace': namespaces('is patched and updated'),
  }),
  '[sig-api-machinery] OrderedNamespaceDeletion namespace deletion should delete pod first [Conformance]': namespaces(
    'ends its pods before anything else goes',
  ),
  ...under('[sig-api-machinery] ResourceQuota', {
    'should apply changes to a resourcequota status': quotas(
      'has a status that is put and patched by itself, and that becomes what the spec says again',
    ),
    'should be able to update and delete ResourceQuota.': quotas('is updated, patched, listed by labels and deleted'),
    'should create a ResourceQuota and capture the life of a configMap.': quotas('follows the life of %s'),
    'should create a ResourceQuota and capture the life of a pod.': quotas(
      'follows the life of a pod, lets in none that asks too much, and no change of what one asks',
    ),
    'should create a ResourceQuota and capture the life of a replica set.': quotas('follows the life of %s'),
    'should create a ResourceQuota and capture the life of a replication controller.': quotas('follows the life of %s'),
    'should create a ResourceQuota and capture the life of a secret.': quotas('follows the life of %s'),
    'should create a ResourceQuota and capture the life of a service.': quotas(
      'follows the life of services, and lets in no node port or load balancer too many',
    ),
    'should create a ResourceQuota and ensure its status is promptly calculated.': quotas(
      'counts what is there when it comes, itself included',
    ),
    'should manage the lifecycle of a ResourceQuota': quotas('is updated, patched, listed by labels and deleted'),
    'should verify ResourceQuota with best effort scope.': quotas('counts by scopes of %s'),
    'should verify ResourceQuota with terminating scopes.': quotas('counts by scopes of %s'),
  }),
  ...under('[sig-api-machinery] Servers with support for API chunking', {
    'should return chunks of results for list calls': reading('come in pieces of %d that belong together, and say how many are left'),
    'should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Slow]':
      by('control-plane/api-server/server.test.ts', 'tells a client whose place in a list is forgotten how to go on'),
  }),
  '[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does not implement metadata [Conformance]':
    reading('refuses a table of what has none'),
  ...under('[sig-api-machinery] ValidatingAdmissionPolicy [Privileged:ClusterAdmin]', {
    'should allow expressions to refer variables.': policies('validate Deployments by %s, and nothing else'),
    'should support ValidatingAdmissionPolicy API operations': operations,
    'should support ValidatingAdmissionPolicyBinding API operations': operations,
    'should validate against a Deployment': policies('validate Deployments by %s, and nothing else'),
  }),
  ...under('[sig-api-machinery] Watchers', {
    'should be able to restart watching from the last resource version observed by the previous watch': reading(
      'is told from where somebody has been before',
    ),
    'should be able to start watching from a specific resource version': reading('is told from where somebody has been before'),
    'should observe add, update, and delete watch notifications on configmaps': reading(
      'comes to everybody who selects it, and to nobody else',
    ),
    'should observe an object deletion if it stops meeting the requirements of the selector': reading(
      'is gone for those whose selector it does not match any more, and new when it does again',
    ),
    'should receive events on concurrent watches in same order': reading('comes in the same order to all'),
  }),
  '[sig-api-machinery] server version should find the server version [Conformance]': reading('tells the version of the server'),
  '[sig-architecture] Conformance Tests should have at least two untainted nodes [Conformance]': inCluster(
    'has at least two nodes without taints',
  ),
  '[sig-auth] Certificates API [Privileged:ClusterAdmin] should support CSR API operations [Conformance]': integration('api-operations')(
    'of CertificateSigningRequest, its approval and its status',
  ),
  ...under('[sig-auth] ServiceAccounts', {
    'ServiceAccountIssuerDiscovery should support OIDC discovery of service account issuer': inCluster(
      'find out from the issuer of their tokens how to check them',
    ),
    'should allow opting out of API token automount': accounts('of which automounting is %s give pods that say %s a token: %s'),
    'should create a serviceAccountToken and ensure a successful TokenReview': accounts('get tokens, which a review knows'),
    'should guarantee kube-root-ca.crt exist in any namespace': accounts(
      'have the cluster’s CA beside them in every namespace, whatever becomes of it',
    ),
    'should mount an API token into pods': inCluster('are a token that the API knows, the CA and the namespace, in %s'),
    'should mount projected service account token': inCluster('are a token that the API knows, the CA and the namespace, in %s'),
    'should run through the lifecycle of a ServiceAccount': accounts(
      'are created, watched, patched, listed everywhere, updated and deleted together',
    ),
    'should update a ServiceAccount': accounts('are created, watched, patched, listed everywhere, updated and deleted together'),
  }),
  '[sig-auth] SubjectReview should support SubjectReview API operations [Conformance]': accounts(
    'may what reviews of their rights say, before and after a role',
  ),
  ...under('[sig-cli] Kubectl client', {
    'Guestbook application should create and stop a working application': inCluster('runs an application of two tiers, and stops it'),
    'Kubectl api-versions should check if v1 is in available api versions': inCluster(
      'tells its version and the server’s, and what there is',
    ),
    'Kubectl cluster-info should check if Kubernetes control plane services is included in cluster-info': by(
      'test/compatibility/reading.ts',
      'says where the cluster is',
    ),
    'Kubectl describe should check if kubectl describe prints relevant information for rc and pods': inCluster(
      'describes, exposes and patches a replication controller and its pods',
    ),
    'Kubectl diff should check if kubectl diff finds a difference for Deployments': by(
      'test/compatibility/changing.ts',
      'shows a difference and replaces the object',
    ),
    'Kubectl expose should create services for rc': inCluster('describes, exposes and patches a replication controller and its pods'),
    'Kubectl label should update the label on a resource': by('test/compatibility/changing.ts', 'adds, refuses to overwrite, removes'),
    'Kubectl patch should add annotations for pods in rc': inCluster(
      'describes, exposes and patches a replication controller and its pods',
    ),
    "Kubectl replace should update a single-container pod's image": inCluster(
      'tries a change of a pod on the server, and makes it by replacing the pod',
    ),
    'Kubectl run pod should create a pod from an image when restart is Never': by(
      'test/compatibility/running.ts',
      'starts a pod; attached, with its output',
    ),
    'Kubectl server-side dry-run should check if kubectl can dry-run update Pods': inCluster(
      'tries a change of a pod on the server, and makes it by replacing the pod',
    ),
    'Kubectl version should check is all data is printed': inCluster('tells its version and the server’s, and what there is'),
    'Proxy server should support --unix-socket=/path': inCluster('serves the API at a port that nobody had, and at a socket'),
    'Proxy server should support proxy with --port 0': inCluster('serves the API at a port that nobody had, and at a socket'),
    'Update Demo should create and stop a replication controller': inCluster('creates, scales and stops a replication controller'),
    'Update Demo should scale a replication controller': inCluster('creates, scales and stops a replication controller'),
  }),
  '[sig-cli] Kubectl logs logs should be able to retrieve and filter logs [Conformance]': inCluster('shows of logs what it is asked for'),
}

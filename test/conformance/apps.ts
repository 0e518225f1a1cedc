import { by, type Behaviours } from './shown-by.ts'

const subresources = 'test/integration/conformance/workload-subresources.test.ts'
const lifecycles = 'test/integration/conformance/workload-lifecycles.test.ts'
const deployments = 'test/integration/conformance/deployments.test.ts'
const ownership = 'test/integration/conformance/ownership.test.ts'
const jobs = 'test/integration/conformance/jobs.test.ts'
const statefulSets = 'test/integration/conformance/stateful-sets.test.ts'
const daemonSets = 'test/integration/conformance/daemon-sets.test.ts'
const budgets = 'test/integration/conformance/disruption-budgets.test.ts'
const scheduling = 'test/integration/conformance/scheduling.test.ts'
const limitRanges = 'test/integration/conformance/limit-ranges.test.ts'
const events = 'test/integration/conformance/events.test.ts'
const containers = 'test/e2e/conformance-apps.test.ts'

/** Of workloads, scheduling and instrumentation. */
export const appsBehaviours: Behaviours = {
  '[sig-apps] ControllerRevision [Serial] should manage the lifecycle of a ControllerRevision [Conformance]': by(
    lifecycles,
    'ControllerRevisions: patched, made by others, updated and deleted, one by one and by label',
  ),
  '[sig-apps] CronJob should not schedule jobs when suspended [Slow] [Conformance]': by(
    jobs,
    'that is suspended makes no Job though one is due, until it goes on',
  ),
  '[sig-apps] CronJob should not schedule new jobs when ForbidConcurrent [Slow] [Conformance]': by(
    jobs,
    'with concurrencyPolicy $concurrencyPolicy has $jobs Job(s) when the next is due and the first still runs',
  ),
  '[sig-apps] CronJob should replace jobs when ReplaceConcurrent [Conformance]': by(
    jobs,
    'with concurrencyPolicy $concurrencyPolicy has $jobs Job(s) when the next is due and the first still runs',
  ),
  '[sig-apps] CronJob should schedule multiple jobs concurrently [Conformance]': by(
    jobs,
    'with concurrencyPolicy $concurrencyPolicy has $jobs Job(s) when the next is due and the first still runs',
  ),
  '[sig-apps] CronJob should support CronJob API operations [Conformance]': by(
    jobs,
    'is created, listed, watched, patched, updated, written in its status, and deleted alone and with others',
  ),
  '[sig-apps] Daemon set [Serial] should list and delete a collection of DaemonSets [Conformance]': by(
    lifecycles,
    'a collection of $name, listed everywhere by label and deleted with its pods',
  ),
  '[sig-apps] Daemon set [Serial] should retry creating failed daemon pods [Conformance]': by(
    daemonSets,
    'replaces a pod that somebody says has failed, without naming its version',
  ),
  '[sig-apps] Daemon set [Serial] should rollback without unnecessary restarts [Conformance]': by(
    daemonSets,
    'goes back from an image that does not exist without touching the pods that still have the old one',
  ),
  '[sig-apps] Daemon set [Serial] should run and stop complex daemon [Conformance]': by(
    daemonSets,
    'follows the labels of nodes as its nodeSelector says, also when that changes',
  ),
  '[sig-apps] Daemon set [Serial] should run and stop simple daemon [Conformance]': by(
    daemonSets,
    'runs on every node, and again where its pod was deleted',
  ),
  '[sig-apps] Daemon set [Serial] should update pod when spec was updated and update strategy is RollingUpdate [Conformance]': by(
    daemonSets,
    'rolls a new image out, with a revision of its own that its pods bear',
  ),
  '[sig-apps] Daemon set [Serial] should verify changes to a daemon set status [Conformance]': by(
    subresources,
    'have conditions of others in the status of a $name, which watches see and controllers leave alone',
  ),
  '[sig-apps] Deployment Deployment should have a working scale subresource [Conformance]': by(
    subresources,
    'are read and set by the scale of a $name, without naming a version',
  ),
  '[sig-apps] Deployment RecreateDeployment should delete old pods and create new ones [Conformance]': by(
    deployments,
    'that recreates has no new pod as long as there is an old one',
  ),
  '[sig-apps] Deployment RollingUpdateDeployment should delete old pods and create new ones [Conformance]': by(
    deployments,
    'adopts a ReplicaSet with a very high revision, replaces its pods, and has the next revision',
  ),
  '[sig-apps] Deployment deployment should delete old replica sets [Conformance]': by(
    deployments,
    'without history deletes an old ReplicaSet, which made no pod more',
  ),
  '[sig-apps] Deployment deployment should support proportional scaling [Conformance]': by(
    deployments,
    'that is scaled in the middle of a rollout grows all its ReplicaSets in proportion',
  ),
  '[sig-apps] Deployment deployment should support rollover [Conformance]': by(
    deployments,
    'rolls over from a template that never works to the next one',
  ),
  '[sig-apps] Deployment should run the lifecycle of a Deployment [Conformance]': by(
    deployments,
    'is created, patched, replaced without naming a version, read and patched in its status, and deleted with others',
  ),
  '[sig-apps] Deployment should validate Deployment Status endpoints [Conformance]': by(
    subresources,
    'have conditions of others in the status of a $name, which watches see and controllers leave alone',
  ),
  '[sig-apps] DisruptionController Listing PodDisruptionBudgets for all namespaces should list and delete a collection of PodDisruptionBudgets [Conformance]':
    by(budgets, 'is listed with those of other namespaces, and deleted with those of its own'),
  '[sig-apps] DisruptionController should block an eviction until the PDB is updated to allow it [Conformance]': by(
    budgets,
    'blocks evictions until it is changed to allow them, or gone',
  ),
  '[sig-apps] DisruptionController should create a PodDisruptionBudget [Conformance]': by(
    budgets,
    'is created, updated, patched and deleted',
  ),
  '[sig-apps] DisruptionController should observe PodDisruptionBudget status updated [Conformance]': by(
    budgets,
    'says how many pods may go when they are there, and takes what is written of disrupted pods',
  ),
  '[sig-apps] DisruptionController should update/patch PodDisruptionBudget status [Conformance]': by(
    budgets,
    'says how many pods may go when they are there, and takes what is written of disrupted pods',
  ),
  '[sig-apps] Job should adopt matching orphans and release non-matching pods [Conformance]': by(
    ownership,
    'are taken back by a Job that lost them, and released when their labels go',
  ),
  '[sig-apps] Job should allow to use a pod failure policy to ignore failure matching on DisruptionTarget condition [Conformance]': by(
    containers,
    'does not count the failure of a Job’s evicted pod where its policy ignores disruptions',
  ),
  '[sig-apps] Job should allow to use the pod failure policy on exit code to fail the job early [Conformance]': by(
    jobs,
    'ends early by an exit code that the policy names, with pods still running',
  ),
  '[sig-apps] Job should apply changes to a job status [Conformance]': by(
    jobs,
    'has conditions of others in its status, which are patched with annotations, updated and left alone',
  ),
  '[sig-apps] Job should create pods for an Indexed job with completion indexes and specified hostname [Conformance]': by(
    'test/e2e/jobs.test.ts',
    'tell every pod its index, and fail when their policy says so',
  ),
  '[sig-apps] Job should delete a job [Conformance]': by(jobs, 'that runs is deleted with its pods'),
  '[sig-apps] Job should execute all indexes despite some failing when using backoffLimitPerIndex [Conformance]': by(
    jobs,
    'works on every index though some fail, each as often as it may',
  ),
  '[sig-apps] Job should manage the lifecycle of a job [Conformance]': by(
    jobs,
    'is made at rest, patched, replaced and set going, listed everywhere, completes, and is deleted with others',
  ),
  '[sig-apps] Job should mark indexes as failed when the FailIndex action is matched in podFailurePolicy [Conformance]': by(
    jobs,
    'gives an index up whose failure the policy says is final',
  ),
  '[sig-apps] Job should run a job to completion when tasks sometimes fail and are locally restarted [Conformance]': by(
    containers,
    'completes a Job whose containers fail once and are started again where they are',
  ),
  '[sig-apps] Job should terminate job execution when the number of failed indexes exceeds maxFailedIndexes [Conformance]': by(
    jobs,
    'ends when more indexes have failed than may',
  ),
  '[sig-apps] Job with successPolicy should succeeded when all indexes succeeded [Conformance]': by(
    jobs,
    'succeeds by its policy when all indexes have',
  ),
  '[sig-apps] Job with successPolicy succeededCount rule should succeeded even when some indexes remain pending [Conformance]': by(
    jobs,
    'succeeds by its policy with as many indexes as it wants, whatever the others do',
  ),
  '[sig-apps] Job with successPolicy succeededIndexes rule should succeeded even when some indexes remain pending [Conformance]': by(
    jobs,
    'succeeds by its policy with the indexes that it names, whatever the others do',
  ),
  '[sig-apps] ReplicaSet Replace and Patch tests [Conformance]': by(
    lifecycles,
    'a ReplicaSet: scaled by an update, and patched with a container more, which comes first',
  ),
  '[sig-apps] ReplicaSet Replicaset should have a working scale subresource [Conformance]': by(
    subresources,
    'are read and set by the scale of a $name, without naming a version',
  ),
  '[sig-apps] ReplicaSet should adopt matching pods on creation and release no longer matching pods [Conformance]': by(
    ownership,
    'are adopted by a $name that selects them, and released when it does so no longer',
  ),
  '[sig-apps] ReplicaSet should list and delete a collection of ReplicaSets [Conformance]': by(
    lifecycles,
    'a collection of $name, listed everywhere by label and deleted with its pods',
  ),
  '[sig-apps] ReplicaSet should serve a basic image on each replica with a public image [Conformance]': by(
    containers,
    '%s answers with the name of each of its pods, through the proxy of the API server',
  ),
  '[sig-apps] ReplicaSet should validate Replicaset Status endpoints [Conformance]': by(
    subresources,
    'have conditions of others in the status of a $name, which watches see and controllers leave alone',
  ),
  '[sig-apps] ReplicationController should adopt matching pods on creation [Conformance]': by(
    ownership,
    'are adopted by a $name that selects them, and released when it does so no longer',
  ),
  '[sig-apps] ReplicationController should get and update a ReplicationController scale [Conformance]': by(
    subresources,
    'are read and set by the scale of a $name, without naming a version',
  ),
  '[sig-apps] ReplicationController should release no longer matching pods [Conformance]': by(
    ownership,
    'are adopted by a $name that selects them, and released when it does so no longer',
  ),
  '[sig-apps] ReplicationController should serve a basic image on each replica with a public image [Conformance]': by(
    containers,
    '%s answers with the name of each of its pods, through the proxy of the API server',
  ),
  '[sig-apps] ReplicationController should surface a failure condition on a common issue like exceeded quota [Conformance]': by(
    ownership,
    'that a quota forbids are a condition of the $name, until it asks for fewer',
  ),
  '[sig-apps] ReplicationController should test the lifecycle of a ReplicationController [Conformance]': by(
    lifecycles,
    'a ReplicationController: its selector is that of its template, it is patched, written in its status, scaled and deleted',
  ),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] Burst scaling should run to completion even with unhealthy pods [Slow] [Conformance]':
    by(statefulSets, 'that may grow and shrink in parallel waits for no pod'),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] Scaling should happen in predictable order and halt if any stateful pod is unhealthy [Slow] [Conformance]':
    by(statefulSets, 'grows in order and shrinks in reverse, and waits for a pod that is not ready both times'),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] Should recreate evicted statefulset [Conformance]': by(
    containers,
    'makes the pod of a StatefulSet again and again that its node refuses, until it runs',
  ),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should have a working scale subresource [Conformance]': by(
    subresources,
    'are read and set by the scale of a $name, without naming a version',
  ),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should list, patch and delete a collection of StatefulSets [Conformance]':
    by(lifecycles, 'a StatefulSet: patched with replicas and a container more, listed everywhere and deleted with others'),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should perform canary updates and phased rolling updates of template modifications [Conformance]':
    by(statefulSets, 'is updated as far as its partition, phase by phase, and restores each pod with the revision of its phase'),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should perform rolling updates and roll backs of template modifications [Conformance]':
    by(statefulSets, 'is updated in reverse order once all are well, and back to the revision that it had'),
  '[sig-apps] StatefulSet Basic StatefulSet functionality [StatefulSetBasic] should validate Statefulset Status endpoints [Conformance]':
    by(subresources, 'have conditions of others in the status of a $name, which watches see and controllers leave alone'),
  '[sig-instrumentation] Events API should delete a collection of events [Conformance]': by(events, '$name deletes a collection by label'),
  '[sig-instrumentation] Events API should ensure that an event can be fetched, patched, deleted, and listed [Conformance]': by(
    events,
    '$name creates, lists, selects, patches, updates and deletes one',
  ),
  '[sig-instrumentation] Events should delete a collection of events [Conformance]': by(events, '$name deletes a collection by label'),
  '[sig-instrumentation] Events should manage the lifecycle of an event [Conformance]': by(
    events,
    '$name creates, lists, selects, patches, updates and deletes one',
  ),
  '[sig-scheduling] LimitRange should create a LimitRange with defaults and ensure pod has those defaults applied. [Conformance]': by(
    limitRanges,
    'gives containers what they leave out, and lets none in that ask for too little or too much, as long as it is there',
  ),
  '[sig-scheduling] LimitRange should list, patch and delete a LimitRange by collection [Conformance]': by(
    limitRanges,
    'is listed everywhere, patched, and deleted with others by label',
  ),
  '[sig-scheduling] SchedulerPredicates [Serial] validates resource limits of pods that are allowed to run [Conformance]': by(
    scheduling,
    'places no pod that asks for more than is left, and tells why',
  ),
  '[sig-scheduling] SchedulerPredicates [Serial] validates that NodeSelector is respected if matching [Conformance]': by(
    scheduling,
    'places a pod only where its nodeSelector matches, as soon as it does',
  ),
  '[sig-scheduling] SchedulerPredicates [Serial] validates that NodeSelector is respected if not matching [Conformance]': by(
    scheduling,
    'places a pod only where its nodeSelector matches, as soon as it does',
  ),
  '[sig-scheduling] SchedulerPredicates [Serial] validates that there exists conflict between pods with same hostPort and protocol but one using 0.0.0.0 hostIP [Conformance]':
    by(scheduling, 'keeps pods apart whose host port is the same, with all addresses of the node for one of them'),
  '[sig-scheduling] SchedulerPreemption [Serial] PreemptionExecutionPath runs ReplicaSets to verify preemption running path [Conformance]':
    by(scheduling, 'preempts pods of ReplicaSets as few times as it takes'),
  '[sig-scheduling] SchedulerPreemption [Serial] PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods [Conformance]':
    by(scheduling, 'knows PriorityClasses, whose value stays and whose description may change'),
  '[sig-scheduling] SchedulerPreemption [Serial] validates basic preemption works [Conformance]': by(
    scheduling,
    'makes the least important pod give way to one of class $name, and no other',
  ),
  '[sig-scheduling] SchedulerPreemption [Serial] validates lower priority pod preemption by critical pod [Conformance]': by(
    scheduling,
    'makes the least important pod give way to one of class $name, and no other',
  ),
  '[sig-scheduling] SchedulerPreemption [Serial] validates pod disruption condition is added to the preempted pod [Conformance]': by(
    scheduling,
    'tells a pod in a condition that it is preempted, which stays until its finalizer goes',
  ),
}

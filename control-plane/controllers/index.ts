import { nodeDirectoryProvisioner } from '../../api/storage/node-directory.ts'
import type { Client } from '../../client/client.ts'
import { runController, type Controller } from '../../client/controller.ts'
import { EventRecorder } from '../../client/event-recorder.ts'
import { Informers } from '../../client/informers.ts'
import type { WorkQueueObserver } from '../../client/work-queue.ts'
import type { CertificatePair } from '../../common/certificates.ts'
import { systemClock, type AlarmClock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'
import { runAll, type Runnable } from '../../common/run.ts'
import { autoscalerController } from './autoscaler/autoscaler.ts'
import { csrApprovingController } from './certificates/csr-approving.ts'
import { csrCleaner } from './certificates/csr-cleaner.ts'
import { csrSigningController } from './certificates/csr-signing.ts'
import { clusterRoleAggregation } from './cluster-role-aggregation.ts'
import type { ControllerContext } from './context.ts'
import { cronJobController } from './cron-job/cron-job.ts'
import { definitionController } from './custom-resources/definition-controller.ts'
import { finalizingController } from './custom-resources/finalizing-controller.ts'
import { daemonSetController } from './daemon-set/daemon-set.ts'
import { deploymentController } from './deployment/deployment.ts'
import { disruptionController } from './disruption/disruption.ts'
import { staleDisruptionController } from './disruption/stale-disruption.ts'
import { endpointSliceMirroringController } from './endpoints/endpoint-slice-mirroring.ts'
import { endpointSliceController } from './endpoints/endpoint-slices.ts'
import { endpointsController } from './endpoints/endpoints.ts'
import { GarbageCollector } from './garbage-collector/garbage-collector.ts'
import { ingressController } from './ingress/ingress-controller.ts'
import { jobOrphansController } from './job/job-orphans.ts'
import { jobController } from './job/job.ts'
import { ttlAfterFinishedController } from './job/ttl-after-finished.ts'
import { namespaceController } from './namespace.ts'
import { nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle/node-lifecycle.ts'
import { taintEvictionController } from './node-lifecycle/taint-eviction.ts'
import { podGarbageCollector } from './pod-garbage.ts'
import { ResourceQuotaController } from './resource-quota/resource-quota.ts'
import { replicaSetController, replicationController } from './replica-set/replica-set.ts'
import { queueNameOf } from './queue-names.ts'
import { rootCaPublisher } from './root-ca.ts'
import { defaultServiceCidrController } from './service-addresses/default-service-cidr.ts'
import { orphanedAddressRepair, serviceAddressRepair } from './service-addresses/repair-addresses.ts'
import { nodePortRepair } from './service-addresses/repair-ports.ts'
import { serviceCidrController } from './service-addresses/service-cidrs.ts'
import { serviceAccountController } from './service-account.ts'
import { statefulSetController } from './stateful-set/stateful-set.ts'
import { pvcProtectionController, pvProtectionController } from './storage-protection.ts'
import { ephemeralVolumeController } from './ephemeral-volume.ts'
import { persistentVolumeController } from './persistent-volume/persistent-volume.ts'
import { volumeExpansionController } from './persistent-volume/volume-expansion.ts'
import { volumeProvisioner } from './volume-provisioner/volume-provisioner.ts'

export interface ControllersOptions {
  readonly client: Client
  readonly log: Logger
  /** Where pod addresses come from: each node gets a /24 of it. */
  readonly clusterCidr: string
  /** Where services' addresses come from unless ServiceCIDRs say more. */
  readonly serviceCidr: string
  /** The authority that signs certificates of nodes; its certificate is what pods trust. */
  readonly authority: CertificatePair
  /** Names of controllers not to run, as in upstream's `--controllers=-name`. */
  readonly disabled?: readonly string[]
  readonly clock?: AlarmClock
  /** Who is to be told what the queue of this name does. */
  readonly observeQueue?: (name: string) => WorkQueueObserver
}

const garbageCollector = 'garbage-collector-controller'
const resourceQuota = 'resourcequota-controller'
const addressRepair = 'ipallocator-repair-controller'
/** Those whose events are of the newer kind, as upstream's. */
const withSeries: readonly string[] = [addressRepair]

type Create = (context: ControllerContext) => Controller | readonly Controller[]

/** Every controller under the name that its events and `disabled` use. */
const controllersOf = ({ authority, clusterCidr, serviceCidr }: ControllersOptions): Readonly<Record<string, Create>> => ({
  'replicaset-controller': replicaSetController,
  'replicationcontroller-controller': replicationController,
  'statefulset-controller': statefulSetController,
  'daemonset-controller': daemonSetController,
  'deployment-controller': deploymentController,
  'job-controller': context => [jobController(context), jobOrphansController(context)],
  'cronjob-controller': cronJobController,
  'ttl-after-finished-controller': ttlAfterFinishedController,
  'horizontal-pod-autoscaler-controller': autoscalerController,
  'endpoints-controller': endpointsController,
  'endpointslice-controller': endpointSliceController,
  'endpointslice-mirroring-controller': endpointSliceMirroringController,
  'serviceaccount-controller': serviceAccountController,
  'root-ca-certificate-publisher-controller': context => rootCaPublisher(context, authority.cert),
  'namespace-controller': namespaceController,
  'node-controller': nodeLifecycleController,
  'taint-eviction-controller': taintEvictionController,
  'node-ipam-controller': context => nodeIpamController(context, clusterCidr),
  'pod-garbage-collector-controller': podGarbageCollector,
  'certificatesigningrequest-approving-controller': csrApprovingController,
  'certificatesigningrequest-signing-controller': context => csrSigningController(context, authority),
  'certificatesigningrequest-cleaner-controller': csrCleaner,
  'clusterrole-aggregation-controller': clusterRoleAggregation,
  'crd-naming-controller': definitionController,
  'crd-finalizer': finalizingController,
  'disruption-controller': disruptionController,
  'stale-disruption-controller': staleDisruptionController,
  'persistentvolume-controller': persistentVolumeController,
  volume_expand: volumeExpansionController,
  ephemeral_volume: ephemeralVolumeController,
  [nodeDirectoryProvisioner]: volumeProvisioner,
  'service-cidr-controller': serviceCidrController,
  'kubernetes-service-cidr-controller': context => defaultServiceCidrController(context, serviceCidr),
  [addressRepair]: context => [serviceAddressRepair(context), orphanedAddressRepair(context)],
  'portallocator-repair-controller': nodePortRepair,
  'ingress-controller': ingressController,
  'persistentvolumeclaim-protection-controller': pvcProtectionController,
  'persistentvolume-protection-controller': pvProtectionController,
})

/** All controllers, on shared informers. */
export function createControllers(options: ControllersOptions): Runnable {
  const { client, disabled = [], clock = systemClock, observeQueue } = options
  const informers = new Informers(client, options.log, { clock })
  const runnables: Runnable[] = [informers]
  const contextOf = (component: string): ControllerContext => {
    const log = options.log.child({ component })
    const events = new EventRecorder({ client, component, log, clock, style: withSeries.includes(component) ? 'series' : 'count' })
    runnables.push(events)
    const observe = observeQueue && { observeQueue: () => observeQueue(queueNameOf(component)) }
    return { client, informers, events, log, clock, ...observe }
  }
  for (const [name, create] of Object.entries(controllersOf(options))) {
    if (disabled.includes(name)) continue
    const context = contextOf(name)
    for (const controller of [create(context)].flat())
      runnables.push(runController({ controller, informers, log: context.log, clock, observer: context.observeQueue?.() }))
  }
  if (!disabled.includes(garbageCollector)) runnables.push(new GarbageCollector(contextOf(garbageCollector)))
  if (!disabled.includes(resourceQuota)) runnables.push(new ResourceQuotaController(contextOf(resourceQuota)))
  return { run: signal => runAll(runnables, signal) }
}

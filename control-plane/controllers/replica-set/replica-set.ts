import { ReplicaSet } from '../../../api/apps/replica-set.ts'
import { ReplicationController } from '../../../api/core/replication-controller.ts'
import { selectorFromLabels, selectorFromObject } from '../../../api/label-selector.ts'
import type { Controller } from '../../../client/controller.ts'
import type { ControllerContext } from '../context.ts'
import { replicaController } from './replica-controller.ts'

export const replicaSetController = (context: ControllerContext): Controller =>
  replicaController(context, {
    name: 'replicaset-controller',
    kind: ReplicaSet,
    selectorOf: ({ spec }) => selectorFromObject(spec.selector),
  })

/** The same for the older kind, whose selector is a map of labels and which does not tell of pods that are ending. */
export const replicationController = (context: ControllerContext): Controller =>
  replicaController(context, {
    name: 'replicationcontroller-controller',
    kind: ReplicationController,
    selectorOf: ({ spec }) => selectorFromLabels(spec.selector),
    statusOf: ({ terminatingReplicas: _, ...status }) => status,
  })

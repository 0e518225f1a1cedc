import type { Plugin } from '../plugin.ts'

/** Whoever put gates on a pod wants it to wait until they are gone. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue: ({ spec }) =>
    spec.schedulingGates?.length ? `waiting for scheduling gates: [${spec.schedulingGates.map(({ name }) => name).join(' ')}]` : undefined,
  helps: (_, { of, before, after }) =>
    of === 'OwnPod' && Boolean(before?.spec.schedulingGates?.length) && !after?.spec.schedulingGates?.length,
}

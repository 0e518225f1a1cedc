import { expect } from '@jest/globals'
import type { Context } from './context.ts'

/** A generator of kubectl, what it says, and the table of what it made: columns, and how the row begins. */
interface Generator {
  readonly create: string
  readonly says: string
  readonly table: readonly [columns: string, row: string]
}

const generators = (namespace: string): Generator[] => [
  {
    create: 'job made --image=busybox:1.36 -- true',
    says: 'job.batch/made',
    table: ['NAME STATUS COMPLETIONS DURATION AGE', 'made Running 0/1'],
  },
  {
    create: "cronjob made --image=busybox:1.36 --schedule '*/5 * * * *' -- true",
    says: 'cronjob.batch/made',
    table: ['NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE', 'made \\*/5 \\* \\* \\* \\* <none> False 0 <none>'],
  },
  {
    create: 'role made --verb=get,list --resource=pods,deployments.apps',
    says: 'role.rbac.authorization.k8s.io/made',
    table: ['NAME CREATED AT', 'made'],
  },
  {
    create: `rolebinding made --role=made --user=jane --serviceaccount=${namespace}:made`,
    says: 'rolebinding.rbac.authorization.k8s.io/made',
    table: ['NAME ROLE AGE', 'made Role/made'],
  },
  {
    create: `clusterrole ${namespace} --verb=get --resource=nodes`,
    says: `clusterrole.rbac.authorization.k8s.io/${namespace}`,
    table: ['NAME CREATED AT', namespace],
  },
  {
    create: `clusterrolebinding ${namespace} --clusterrole=${namespace} --group=team`,
    says: `clusterrolebinding.rbac.authorization.k8s.io/${namespace}`,
    table: ['NAME ROLE AGE', `${namespace} ClusterRole/${namespace}`],
  },
  { create: 'quota made --hard=pods=5', says: 'resourcequota/made', table: ['NAME REQUEST LIMIT AGE', 'made'] },
  {
    create: `priorityclass ${namespace} --value=1000`,
    says: `priorityclass.scheduling.k8s.io/${namespace}`,
    table: ['NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY', `${namespace} 1000 false`],
  },
  {
    create: 'poddisruptionbudget made --selector=app=none --min-available=1',
    says: 'poddisruptionbudget.policy/made',
    table: ['NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE', 'made 1 N/A 0'],
  },
  {
    create: 'ingress made --class=nginx --rule=example.com/*=web:80',
    says: 'ingress.networking.k8s.io/made',
    table: ['NAME CLASS HOSTS ADDRESS PORTS AGE', 'made nginx example.com 80'],
  },
]

const wordsOf = (line = ''): string => line.trim().split(/\s+/).join(' ')

/** Kinds that kubectl makes by name, whether anything acts on them or not. */
export function kinds({ kubectl, namespace, in_, command }: Context): void {
  const all = generators(namespace)

  command('create', 'makes an object of every other kind it has a generator for, and get shows it', async () => {
    try {
      const said = await Promise.all(all.map(({ create }) => kubectl(`create ${in_} ${create}`)))
      expect(said).toEqual(all.map(({ says }) => `${says} created\n`))
      const tables = await Promise.all(all.map(({ says }) => kubectl(`get ${says} ${in_}`)))
      expect(tables.map(text => text.trim().split('\n').map(wordsOf))).toEqual(
        all.map(({ table: [columns, row] }) => [columns, expect.stringMatching(new RegExp(`^${row}\\s`))]),
      )
    } finally {
      // Some belong to no namespace: they would be in the way of the next try.
      await Promise.all(all.map(({ says }) => kubectl(`delete ${says} ${in_} --ignore-not-found`)))
    }
  })

  command('autoscale', 'makes an autoscaler for a deployment', async () => {
    await kubectl(`create deployment scaled ${in_} --image=busybox:1.36 --replicas=0`)
    expect(await kubectl(`autoscale deployment scaled ${in_} --min=1 --max=3`)).toBe(
      'horizontalpodautoscaler.autoscaling/scaled autoscaled\n',
    )
    const row = wordsOf(await kubectl(`get hpa scaled ${in_} --no-headers`))
    expect(row).toMatch(/^scaled Deployment\/scaled \S.*<unknown>\/80% 1 3 0 /)
    await kubectl(`delete deployment,hpa scaled ${in_}`)
  })

  command('explain, api-resources, api-versions', 'explains kinds that nothing acts on yet', async () => {
    expect(await kubectl('explain statefulset.spec')).toMatch(/KIND:\s+StatefulSet[^]*volumeClaimTemplates\s+<\[\]PersistentVolumeClaim>/)
  })
}

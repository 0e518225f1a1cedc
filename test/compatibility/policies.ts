import { expect } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import type { Context } from './context.ts'

const pod = (name: string, container: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '1000'], ...container }],
    },
  })

/** What namespaces allow: quotas, limit ranges, disruption budgets, pod security. */
export function policies({ kubectl, namespace, in_, command }: Context): void {
  command('create quota, describe quota', 'limits what a namespace uses, and shows it', async () => {
    const other = `${namespace}-quota`
    await kubectl(`create namespace ${other}`)
    try {
      const hard = 'pods=1,limits.cpu=1,count/deployments.apps=2'
      expect(await kubectl(`create quota most --hard=${hard} -n ${other}`)).toBe('resourcequota/most created\n')
      const described = await eventually(async () => {
        const text = await kubectl(`describe quota most -n ${other}`)
        return /limits\.cpu +0 +1/.test(text) && text
      })
      expect(described).toMatch(
        /Name: +most\nNamespace: +\S+\nResource +Used +Hard\n-+ +-+ +-+\ncount\/deployments\.apps +0 +2\nlimits\.cpu +0 +1\npods +0 +1/,
      )
      const create = (name: string, container?: object) => kubectl.try(`apply -n ${other} -f -`, { input: pod(name, container) })
      expect((await create('unlimited')).stderr).toContain('is forbidden: failed quota: most: must specify limits.cpu for: c')
      const limits = { resources: { limits: { cpu: '100m' } } }
      await eventually(async () => (await create('one', limits)).stdout === 'pod/one created\n')
      expect((await create('two', limits)).stderr).toContain(
        'pods "two" is forbidden: exceeded quota: most, requested: pods=1, used: pods=1, limited: pods=1',
      )
      expect(await kubectl(`get quota most -n ${other}`)).toMatch(
        /count\/deployments\.apps: 0\/2, pods: 1\/1 +limits\.cpu: 100m\/1|limits\.cpu: 100m\/1/,
      )
      expect(await kubectl(`describe namespace ${other}`)).toMatch(/Resource Quotas\n +Name: +most/)
    } finally {
      await kubectl(`delete namespace ${other} --wait=false`)
    }
  })

  command('describe limits', 'shows limit ranges, which give pods their defaults', async () => {
    const other = `${namespace}-limits`
    await kubectl(`create namespace ${other}`)
    try {
      const spec = { limits: [{ type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }] }
      const range = JSON.stringify({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'range' }, spec })
      await kubectl(`apply -n ${other} -f -`, { input: range })
      expect(await kubectl(`describe limits range -n ${other}`)).toMatch(/Container +cpu +- +1 +100m +200m +-/)
      await eventually(async () => (await kubectl.try(`apply -n ${other} -f -`, { input: pod('one') })).stdout === 'pod/one created\n')
      const resources = await kubectl(`get pod one -n ${other} -o jsonpath={.spec.containers[0].resources}`)
      expect(JSON.parse(resources)).toEqual({ limits: { cpu: '200m' }, requests: { cpu: '100m' } })
      const large = { resources: { limits: { cpu: '2' } } }
      expect((await kubectl.try(`apply -n ${other} -f -`, { input: pod('large', large) })).stderr).toContain(
        'pods "large" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
      )
    } finally {
      await kubectl(`delete namespace ${other} --wait=false`)
    }
  })

  command('create poddisruptionbudget, describe pdb', 'says how many pods may go', async () => {
    expect(await kubectl(`create poddisruptionbudget web --selector=app=web --min-available=1 ${in_}`)).toBe(
      'poddisruptionbudget.policy/web created\n',
    )
    const replicas = Number(await kubectl(`get deployment web ${in_} -o jsonpath={.spec.replicas}`))
    const described = await eventually(async () => {
      const text = await kubectl(`describe pdb web ${in_}`)
      return new RegExp(`Current: +${replicas}\\n`).test(text) && text
    })
    expect(described).toMatch(
      /Min available: +1\nSelector: +app=web\nStatus:\n +Allowed disruptions: +\d+\n +Current: +\d+\n +Desired: +1\n +Total: +\d+/,
    )
    expect(await kubectl(`get pdb web ${in_}`)).toMatch(/web +1 +N\/A +\d/)
    await kubectl(`delete pdb web ${in_}`)
  })

  command(
    'drain with a budget',
    'waits until the budget lets pods go',
    async () => {
      await kubectl(`scale deployment web --replicas=1 ${in_}`)
      await kubectl(`create poddisruptionbudget web --selector=app=web --min-available=1 ${in_}`)
      const healthy = (count: number) =>
        eventually(
          async () =>
            (await kubectl(`get pdb web ${in_} -o jsonpath={.status.currentHealthy}/{.status.expectedPods}`)) === `${count}/${count}`,
        )
      await healthy(1)
      const node = await kubectl(`get pods ${in_} -l app=web -o jsonpath={.items[0].spec.nodeName}`)
      try {
        const refused = await kubectl.try(`drain ${node} --pod-selector=app=web --timeout=6s`)
        expect(refused.stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.")
        await kubectl(`scale deployment web --replicas=2 ${in_}`)
        await healthy(2)
        expect(await kubectl(`drain ${node} --pod-selector=app=web --timeout=60s`)).toMatch(/pod\/web-\S+ evicted/)
      } finally {
        await kubectl(`uncordon ${node}`)
        await kubectl(`delete pdb web ${in_} --ignore-not-found`)
      }
    },
    120,
  )

  command('label namespace pod-security', 'warns and refuses by the Pod Security Standards', async () => {
    const other = `${namespace}-secure`
    await kubectl(`create namespace ${other}`)
    try {
      await kubectl(`label namespace ${other} pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted`)
      const privileged = { securityContext: { privileged: true } }
      expect((await kubectl.try(`apply -n ${other} -f -`, { input: pod('p', privileged) })).stderr).toContain(
        'pods "p" is forbidden: violates PodSecurity "baseline:latest": privileged (container "c" must not set securityContext.privileged=true)',
      )
      const { stderr } = await eventually(async () => {
        const result = await kubectl.try(`apply -n ${other} -f -`, { input: pod('p') })
        return result.stdout === 'pod/p created\n' && result
      })
      expect(stderr).toContain(
        'Warning: would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set',
      )
      const tightened = await kubectl.try(`label --overwrite namespace ${other} pod-security.kubernetes.io/enforce=restricted`)
      expect(tightened.stderr).toContain(
        `Warning: existing pods in namespace "${other}" violate the new PodSecurity enforce level "restricted:latest"`,
      )
    } finally {
      await kubectl(`delete namespace ${other} --wait=false`)
    }
  })
}

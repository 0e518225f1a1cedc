import { spawn } from 'node:child_process'
import { expect } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { words } from '../support/kubectl.ts'
import { columnsOf, type Context } from './context.ts'

/** Commands about nodes. */
export function nodes({ kubectl, namespace, in_, command }: Context): void {
  command('taint', 'adds and removes taints', async () => {
    const taint = 'compat=x:PreferNoSchedule'
    expect(await kubectl(`taint node node-3 ${taint}`)).toBe('node/node-3 tainted\n')
    expect((await kubectl.try(`taint node node-3 ${taint}`)).stderr).toContain(
      'node node-3 already has compat taint(s) with same effect(s)',
    )
    expect(await kubectl('describe node node-3')).toMatch(/Taints:\s+compat=x:PreferNoSchedule/)
    expect(await kubectl('taint node node-3 compat-')).toBe('node/node-3 untainted\n')
  })

  command(
    'top',
    'shows what nodes and pods use',
    async () => {
      const nodes = await kubectl('top node')
      // Older ones write CPU%.
      expect(columnsOf(nodes.replace(/\(%\)/g, '%'))).toEqual(['NAME', 'CPU(cores)', 'CPU%', 'MEMORY(bytes)', 'MEMORY%'])
      expect(nodes).toMatch(/^node-1\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%/m)
      // A pod that has just started is measured with the second look at it.
      const pods = await eventually(
        async () => {
          const text = await kubectl(`top pod ${in_} -l app=web --containers`)
          return /^web-\S+\s+c\s+\d+m\s+\d+Mi/m.test(text) && text
        },
        { seconds: 60 },
      )
      expect(columnsOf(pods)).toEqual(['POD', 'NAME', 'CPU(cores)', 'MEMORY(bytes)'])
      expect(await kubectl(`top pod ${in_} --sort-by=cpu --sum`)).toMatch(/^\s+\d+m\s+\d+Mi\s*$/m)
      expect(await kubectl('top pod -A')).toContain(namespace)
      expect((await kubectl.try(`top pod ${in_} none`)).stderr).toContain(`pods "${namespace}/none" not found`)
    },
    120,
  )

  command('get apiservices', 'lists what is served, and by whom', async () => {
    const text = await kubectl('get apiservices')
    expect(text).toMatch(/^v1\.apps\s+Local\s+True/m)
    expect(text).toMatch(/^v1beta1\.metrics\.k8s\.io\s+Local\s+True/m)
  })

  command(
    'proxy',
    'leads to pods and services',
    async () => {
      const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: page, labels: { app: page } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: c
      image: busybox:1.36
      command: [sh, -c, 'mkdir /www; echo hello > /www/index.html; httpd -f -p 8080 -h /www']
      ports: [{ containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: page }
spec: { selector: { app: page }, ports: [{ port: 80, targetPort: 8080 }] }
`
      await kubectl(`apply ${in_} -f -`, { input: manifest })
      const path = `/api/v1/namespaces/${namespace}`
      const page = async (of: string) =>
        eventually(async () => (await kubectl.try(`get --raw ${path}/${of}/proxy/`)).stdout === 'hello\n', { seconds: 60 })
      await page('pods/page')
      await page('services/page')
      await page('services/http:page:80')
      const none = await kubectl.try(`get --raw ${path}/services/nobody:80/proxy/`)
      expect(none.stderr).toContain('services "nobody" not found')
      // kubectl's own server: from a browser to the API server, and on to the pod.
      const port = 20_000 + Math.floor(Math.random() * 20_000)
      const child = spawn(kubectl.path, words(`proxy --port=${port}`), { env: { ...process.env, ...kubectl.env } })
      try {
        const get = async () => (await fetch(`http://127.0.0.1:${port}${path}/services/page:80/proxy`)).text()
        expect(await eventually(get, { seconds: 15 })).toBe('hello\n')
      } finally {
        child.kill('SIGKILL')
      }
      await kubectl(`delete ${in_} pod/page service/page`)
    },
    180,
  )

  command(
    'cordon, drain, uncordon',
    'empties a node',
    async () => {
      const node = await kubectl(`get pods ${in_} -l app=web -o jsonpath={.items[0].spec.nodeName}`)
      expect(await kubectl(`cordon ${node}`)).toBe(`node/${node} cordoned\n`)
      try {
        expect(await kubectl(`get node ${node}`)).toContain('Ready,SchedulingDisabled')
        const drained = await kubectl(`drain ${node} --pod-selector=app=web --timeout=60s`)
        expect(drained).toMatch(/pod\/web-\S+ evicted\n[^]*drained\n/)
      } finally {
        expect(await kubectl(`uncordon ${node}`)).toBe(`node/${node} uncordoned\n`)
      }
    },
    90,
  )
}

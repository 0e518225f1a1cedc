import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { kubectlPaths } from '../support/kubectl.ts'
import { must, run } from '../support/shell.ts'
import { kubectlOfCluster, ownNamespace, testCluster } from '../support/test-cluster.ts'

const namespace = `other-clients-${process.pid}`
let own: AsyncDisposable

const env = { KUBECONFIG: testCluster.kubeconfig, KUBECTL_COMMAND: kubectlPaths().at(-1) ?? 'kubectl' }
const has = async (program: string, ...args: string[]): Promise<boolean> => {
  try {
    return (await run(program, args)).code === 0
  } catch {
    // There is no such program.
    return false
  }
}
const there = {
  python: await has('/usr/bin/python3', '-c', 'import kubernetes'),
  ruby: await has('ruby', '-e', 'require "kubeclient"'),
  kubecolor: existsSync('/usr/bin/kubecolor'),
  kubetail: existsSync('/usr/bin/kubetail'),
}
const testOf = (client: keyof typeof there) => {
  if (!there[client]) console.warn(`skipped: ${client} is not installed here (scripts/test installs it where it may)`)
  return there[client] ? it : it.skip
}

beforeAll(async () => {
  const kubectl = kubectlOfCluster()
  own = await ownNamespace(kubectl, namespace)
  await kubectl(`run server -n ${namespace} --image=busybox:1.36 -- sh -c 'while :; do echo tick; sleep 0.3; done'`)
  await kubectl(`wait --for=condition=Ready pod/server -n ${namespace} --timeout=90s`, { timeoutSeconds: 100 })
}, 120_000)
afterAll(async () => {
  await own[Symbol.asyncDispose]()
}, 120_000)

const python = `
import sys
from kubernetes import client, config, watch
from kubernetes.stream import stream
config.load_kube_config()
core = client.CoreV1Api()
ns = sys.argv[1]
core.create_namespaced_config_map(ns, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="python"), data={"a": "1"}))
core.patch_namespaced_config_map("python", ns, {"data": {"a": "2"}})
print("patched", core.read_namespaced_config_map("python", ns).data["a"])
for event in watch.Watch().stream(core.list_namespaced_pod, ns, timeout_seconds=30):
    print("event", event["type"], event["object"].metadata.name)
    break
print("exec", stream(core.connect_get_namespaced_pod_exec, "server", ns, command=["echo", "hello"], stderr=True, stdin=False, stdout=True, tty=False).strip())
print("log", core.read_namespaced_pod_log("server", ns, tail_lines=1).strip())
print("nodes", len(client.CoreV1Api().list_node().items))
try:
    core.read_namespaced_pod("none", ns)
except client.exceptions.ApiException as error:
    print("error", error.status)
`

const ruby = `
require "kubeclient"
config = Kubeclient::Config.read(ENV.fetch("KUBECONFIG"))
context = config.context
client = Kubeclient::Client.new(context.api_endpoint, "v1", ssl_options: context.ssl_options, auth_options: context.auth_options)
ns = ARGV[0]
client.create_config_map(Kubeclient::Resource.new(metadata: { name: "ruby", namespace: ns }, data: { a: "1" }))
client.patch_config_map("ruby", { data: { a: "2" } }, ns)
puts "patched #{client.get_config_map("ruby", ns).data.a}"
client.watch_pods(namespace: ns) { |notice| puts "event #{notice.type} #{notice.object.metadata.name}"; break }
puts "log #{client.get_pod_log("server", ns, tail_lines: 1).to_s.strip}"
puts "nodes #{client.get_nodes.length}"
begin
  client.get_pod("none", ns)
rescue Kubeclient::ResourceNotFoundError => e
  puts "error #{e.error_code}"
end
`

describe('other people’s clients', () => {
  testOf('python')(
    'python3-kubernetes writes, watches, runs and reads',
    async () => {
      const output = await must('/usr/bin/python3', ['-c', python, namespace], { env })
      expect(output).toBe('patched 2\nevent ADDED server\nexec hello\nlog tick\nnodes 3\nerror 404\n')
    },
    90_000,
  )

  testOf('ruby')(
    'ruby-kubeclient writes, watches and reads',
    async () => {
      const output = await must('ruby', ['-e', ruby, namespace], { env })
      expect(output).toBe('patched 2\nevent ADDED server\nlog tick\nnodes 3\nerror 404\n')
    },
    90_000,
  )

  testOf('kubecolor')(
    'kubecolor colours what kubectl prints',
    async () => {
      const output = await must('/usr/bin/kubecolor', ['--force-colors', 'get', 'pods', '-n', namespace], { env })
      expect(output).toContain('\u001b[')
      expect(output).toMatch(/server/)
      expect(await must('/usr/bin/kubecolor', ['--force-colors', 'describe', 'pod', 'server', '-n', namespace], { env })).toMatch(
        /Scheduled/,
      )
    },
    90_000,
  )

  testOf('kubetail')(
    'kubetail follows the logs of pods by a part of their name',
    async () => {
      const path = `${env.KUBECTL_COMMAND.replace(/\/[^/]*$/, '')}:/usr/bin:/bin`
      const child = spawn('/usr/bin/kubetail', ['serv', '-n', namespace, '-k', 'false'], {
        env: { ...process.env, ...env, PATH: path },
        detached: true,
      })
      let output = ''
      try {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`kubetail printed no logs: ${output}`)), 60_000)
          const hear = (chunk: Buffer) => {
            output += chunk.toString()
            if (!/tick[^]*tick/.test(output)) return
            clearTimeout(timer)
            resolve()
          }
          child.stdout.on('data', hear)
          child.stderr.on('data', hear)
        })
        expect(output).toContain('server')
      } finally {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      }
    },
    90_000,
  )
})

import { expect } from '@jest/globals'
import { columnsOf, untilOutput, type Context } from './context.ts'

const columns = {
  'deployments -o wide': 'NAME|READY|UP-TO-DATE|AVAILABLE|AGE|CONTAINERS|IMAGES|SELECTOR',
  'pods -o wide': 'NAME|READY|STATUS|RESTARTS|AGE|IP|NODE|NOMINATED NODE|READINESS GATES',
  'services -A -o wide': 'NAMESPACE|NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|SELECTOR',
  'nodes -o wide': 'NAME|STATUS|ROLES|AGE|VERSION|INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME',
  replicasets: 'NAME|DESIRED|CURRENT|READY|AGE',
  events: 'LAST SEEN|TYPE|REASON|OBJECT|MESSAGE',
  serviceaccounts: 'NAME|AGE',
  configmaps: 'NAME|DATA|AGE',
  namespaces: 'NAME|STATUS|AGE',
  'endpoints -A': 'NAMESPACE|NAME|ENDPOINTS|AGE',
  'endpointslices -A': 'NAMESPACE|NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE',
  'leases -A': 'NAMESPACE|NAME|HOLDER|AGE',
}

/** Commands that look and change nothing. */
export function reading({ kubectl, in_, command }: Context): void {
  command('get', "prints upstream's columns", async () => {
    const printed = await Promise.all(Object.keys(columns).map(async kind => columnsOf(await kubectl(`get ${kind} ${in_}`)).join('|')))
    expect(printed).toEqual(Object.values(columns))
    expect(await kubectl(`get pods -l app=web ${in_} --no-headers`)).toMatch(/^web-[a-z0-9]+-[a-z0-9]{5}\s+1\/1\s+Running\s+0\s+\S+\n$/)
    expect(await kubectl(`get all ${in_}`)).toMatch(/pod\/web-[^]*deployment.apps\/web[^]*replicaset.apps\/web-/)
  })

  command('get -o yaml, json, name, jsonpath, custom-columns', 'prints objects', async () => {
    const formats = ['yaml', 'json', 'name', 'jsonpath={.status.readyReplicas}', 'custom-columns=N:.metadata.name --no-headers']
    const [yaml, json, name, path, column] = await Promise.all(formats.map(format => kubectl(`get deployment web ${in_} -o ${format}`)))
    expect(yaml).toContain('kind: Deployment')
    expect(JSON.parse(json ?? '')).toMatchObject({ apiVersion: 'apps/v1', spec: { replicas: 1 } })
    expect([name, path, column]).toEqual(['deployment.apps/web\n', '1', 'web\n'])
  })

  command('get -w', 'watches', async () => {
    const watching = untilOutput(kubectl, `get configmaps ${in_} -w --no-headers`, /watched\s+1/)
    await kubectl('version -o json')
    await kubectl(`create configmap watched ${in_} --from-literal=a=b`)
    expect(await watching).toMatch(/watched\s+1/)
  })

  command('get -l, --field-selector', 'selects', async () => {
    const selections = [
      '-l app=web',
      '-l app!=web',
      "-l 'app in (web, x)'",
      '--field-selector=status.phase=Running',
      '--field-selector=metadata.name=x',
    ]
    const found = await Promise.all(selections.map(selection => kubectl(`get pods ${in_} ${selection} -o name`)))
    expect(found.map(names => names !== '')).toEqual([true, false, true, true, false])
    const { stderr } = await kubectl.try(`get pods ${in_} --field-selector=foo=bar`)
    expect(stderr).toContain('field label not supported: foo')
  })

  command('get --raw', 'asks for any path', async () => {
    const answers = await Promise.all(['/healthz', '/readyz', '/livez'].map(path => kubectl(`get --raw ${path}`)))
    expect(answers.map(answer => answer.trim())).toEqual(['ok', 'ok', 'ok'])
  })

  command('describe', 'tells about deployments, pods and nodes, with their events', async () => {
    const [deployment, pod, node] = await Promise.all(
      [`deployment web ${in_}`, `pods ${in_}`, 'node node-1'].map(what => kubectl(`describe ${what}`)),
    )
    expect(deployment).toMatch(/Replicas:\s+1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable/)
    expect(deployment).toMatch(/Normal\s+ScalingReplicaSet\s+\S+\s+deployment-controller\s+Scaled up replica set web-/)
    expect(pod).toMatch(/Normal\s+Scheduled\s+\S+\s+default-scheduler\s+Successfully assigned compat-\S+ to node-\d/)
    expect(pod).toMatch(/Normal\s+Started\s+\S+\s+kubelet/)
    expect(node).toMatch(/KubeletReady\s+kubelet is posting ready status/)
    expect(node).toMatch(/Non-terminated Pods:[^]*Allocated resources:/)
  })

  command('explain, api-resources, api-versions', 'knows every field and resource', async () => {
    const [image, kind, all] = await Promise.all(
      ['pod.spec.containers.image', 'deployment', 'pod --recursive'].map(what => kubectl(`explain ${what}`)),
    )
    expect(image).toMatch(/FIELD:\s+image/)
    expect(kind).toMatch(/KIND:\s+Deployment/)
    expect(all).toContain('terminationGracePeriodSeconds')
    expect((await kubectl.try('explain pod.spec.nodeSe')).stderr).toContain('field "nodeSe" does not exist')
    const resources = await kubectl('api-resources')
    expect(columnsOf(resources)).toEqual(['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'])
    expect(resources).toMatch(/deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/)
    expect(await kubectl('api-versions')).toContain('apps/v1')
  })

  command('events', 'lists events by object', async () => {
    expect(await kubectl(`events ${in_} --for deployment/web`)).toMatch(/ScalingReplicaSet\s+Deployment\/web/)
  })

  command('cluster-info, version', 'says where the cluster is', async () => {
    expect(await kubectl('cluster-info')).toMatch(/Kubernetes control plane.* is running at .*https:/)
    expect(JSON.parse(await kubectl('version -o json'))).toMatchObject({ serverVersion: { major: '1', minor: '36' } })
  })

  command('kinds that are not served', "get upstream's error", async () => {
    const { stderr, code } = await kubectl.try(`get widgets ${in_}`)
    expect([stderr, code]).toEqual(['error: the server doesn\'t have a resource type "widgets"\n', 1])
    const unknown = await kubectl.try(`apply ${in_} -f -`, { input: 'apiVersion: v1\nkind: Pood\nmetadata: { name: x }\n' })
    expect(unknown.stderr).toContain('no matches for kind "Pood" in version "v1"\nensure CRDs are installed first')
  })
}

import { expect } from '@jest/globals'
import { cronTab, cronTabs } from '../support/cron-tab.ts'
import { columnsOf, type Context } from './context.ts'

/** A definition of this kubectl's own, so that several may be tested one after the other or at once. */
function ownDefinition(namespace: string) {
  const group = `${namespace}.example.com`
  const short = `ct${namespace.replaceAll(/[^0-9]/g, '')}`
  const definition = {
    ...cronTabs,
    metadata: { name: `crontabs.${group}` },
    spec: { ...cronTabs.spec, group, names: { ...cronTabs.spec.names, shortNames: [short] } },
  }
  const object = (spec: object = {}) => JSON.stringify({ ...cronTab('my-cron', spec), apiVersion: `${group}/v1` })
  return { group, short, definition: JSON.stringify(definition), name: definition.metadata.name, object }
}

/** What users do with resources that they define. */
export function customResources({ kubectl, namespace, in_, command }: Context): void {
  const { group, short, definition, name, object } = ownDefinition(namespace)
  const resource = `crontabs.${group}`
  const apply = (input: string, flags = '') => kubectl.try(`apply ${flags} ${in_} -f -`, { input })

  command('custom resources', 'are defined, and used at once', async () => {
    const defined = await kubectl('apply -f -', { input: definition })
    expect(defined).toBe(`customresourcedefinition.apiextensions.k8s.io/${name} created\n`)
    expect(await kubectl(`wait --for=condition=Established crd/${name} --timeout=30s`)).toContain('condition met')
    const again = await kubectl('apply -f -', { input: definition })
    expect(again).toBe(`customresourcedefinition.apiextensions.k8s.io/${name} unchanged\n`)
    expect((await apply(object())).stdout).toBe(`crontab.${group}/my-cron created\n`)
    expect((await apply(object())).stdout).toBe(`crontab.${group}/my-cron unchanged\n`)
    expect(await kubectl('get crd')).toMatch(new RegExp(`^${name}\\s+\\d{4}-`, 'm'))
    expect(await kubectl(`api-resources --api-group=${group}`)).toMatch(
      new RegExp(`crontabs\\s+${short}\\s+${group}/v1\\s+true\\s+CronTab`),
    )
  })

  command('custom resources', 'are listed with their columns, under every name', async () => {
    for (const called of [short, 'crontab.' + group, resource]) {
      const table = await kubectl(`get ${called} ${in_}`)
      expect(columnsOf(table)).toEqual(['NAME', 'SPEC', 'REPLICAS', 'AGE'])
      expect(table).toMatch(/my-cron\s+\* \* \* \* \*\/5\s+1\s+\d+s/)
    }
    expect(columnsOf(await kubectl(`get ${short} ${in_} -o wide`))).toContain('READY')
    expect(await kubectl(`get all ${in_}`)).toContain(`crontab.${group}/my-cron`)
    expect(await kubectl(`get ${short} ${in_} --field-selector spec.image=my-image -o name`)).toBe(`crontab.${group}/my-cron\n`)
    expect(await kubectl(`describe ${resource} my-cron ${in_}`)).toMatch(/Cron Spec:\s+\* \* \* \* \*\/5/)
  })

  command('custom resources', 'are explained', async () => {
    const explained = await kubectl(`explain crontab.spec --api-version=${group}/v1`)
    expect(explained).toMatch(/KIND:\s+CronTab/)
    expect(explained).toMatch(/cronSpec\s+<string> -required-\n\s+When it runs\./)
    const explain = (path: string) => kubectl(`explain ${path} --api-version=${group}/v1`)
    expect(await explain('crontab')).toMatch(
      /DESCRIPTION:.*Runs something at times.*FIELDS:.*apiVersion.*<string>.*APIVersion defines.*spec.*<Object>.*What is wanted/s,
    )
    expect(await explain('crontab.metadata')).toMatch(
      /DESCRIPTION:.*Standard object's metadata.*FIELDS:.*creationTimestamp.*<string>.*CreationTimestamp is a timestamp/s,
    )
    expect(await explain('crontab.spec.ports')).toMatch(/ports.*<\[\]Object>.*FIELDS:.*name.*<string>/s)
    expect((await kubectl.try(`explain crontab.spec.ports2 --api-version=${group}/v1`)).stderr).toContain('field "ports2" does not exist')
  })

  command('custom resources', 'are changed, in every way but strategic', async () => {
    const replicas = () => kubectl(`get ${resource} my-cron ${in_} -o jsonpath={.spec.replicas}`)
    await kubectl(`patch ${resource} my-cron ${in_} --type=merge -p '{"spec":{"replicas":2}}'`)
    expect(await replicas()).toBe('2')
    await kubectl(`patch ${resource} my-cron ${in_} --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`)
    expect(await replicas()).toBe('3')
    expect((await kubectl.try(`patch ${resource} my-cron ${in_} -p '{"spec":{"replicas":1}}'`)).stderr).toContain(
      `application/strategic-merge-patch+json is not supported by ${group}/v1, Kind=CronTab`,
    )
    expect(await kubectl(`scale ${resource} my-cron ${in_} --replicas=4`)).toBe(`crontab.${group}/my-cron scaled\n`)
    expect(await replicas()).toBe('4')
    expect((await apply(object({ replicas: 5 }))).stdout).toBe(`crontab.${group}/my-cron configured\n`)
    expect((await apply(object({ replicas: 2 }), '--server-side --force-conflicts')).stdout).toBe(
      `crontab.${group}/my-cron serverside-applied\n`,
    )
    expect(await replicas()).toBe('2')
    expect(await kubectl(`label ${resource} my-cron a=b ${in_}`)).toContain('labeled')
  })

  command('custom resources', 'are refused when they are not what the definition says', async () => {
    expect((await apply(object({ unknown: 1 }))).stderr).toMatch(/unknown field "spec\.unknown"/)
    const mistyped = await kubectl.try(`patch ${resource} my-cron ${in_} --type=merge -p '{"spec":{"replicas":"x"}}'`)
    expect(mistyped.stderr).toContain('spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"')
    const broken = await kubectl.try(`patch ${resource} my-cron ${in_} --type=merge -p '{"spec":{"replicas":9}}'`)
    expect(broken.stderr).toContain('spec.replicas: Invalid value: "object": replicas must not exceed maxReplicas')
  })

  command('custom resources', 'go, and so does everything with the definition', async () => {
    expect(await kubectl(`delete ${resource} my-cron ${in_}`)).toContain('deleted')
    await apply(object())
    expect(await kubectl(`delete crd ${name}`)).toContain('deleted')
    const { stderr } = await kubectl.try(`get ${resource} ${in_}`)
    expect(stderr).toMatch(/the server (could not find the requested resource|doesn't have a resource type)/)
  })
}

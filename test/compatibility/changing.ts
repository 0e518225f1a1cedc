import { expect } from '@jest/globals'
import { eventually } from '../support/eventually.ts'
import { deployment, type Context } from './context.ts'

/** Commands that write objects. */
export function changing({ kubectl, in_, command }: Context): void {
  const replicas = () => kubectl(`get deployment web ${in_} -o jsonpath={.spec.replicas}`)

  command('create', 'makes objects with its generators', async () => {
    await Promise.all(
      [
        `deployment made ${in_} --image=busybox:1.36 -- sleep 1000`,
        `secret generic made ${in_} --from-literal=key=value`,
        `serviceaccount made ${in_}`,
        `service clusterip made ${in_} --tcp=80:8080`,
      ].map(what => kubectl(`create ${what}`)),
    )
    expect(await kubectl(`create token made ${in_}`)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n?$/)
    const { stderr } = await kubectl.try(`create serviceaccount made ${in_}`)
    expect(stderr).toContain('serviceaccounts "made" already exists')
  })

  command('apply --server-side', 'owns fields, refuses what others own, takes over from client-side apply', async () => {
    const map = (value: string) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned' }, data: { key: value } })
    const apply = (value: string, flags = '') => kubectl.try(`apply --server-side ${flags} ${in_} -f -`, { input: map(value) })
    expect((await apply('one')).stdout).toBe('configmap/owned serverside-applied\n')
    const refused = await apply('two', '--field-manager=other')
    expect(refused.stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl": .data.key')
    expect((await apply('two', '--field-manager=other --force-conflicts')).stdout).toBe('configmap/owned serverside-applied\n')
    const managers = await kubectl(`get configmap owned ${in_} --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}`)
    expect(managers).toBe('other')
    const current = await kubectl(`get deployment web ${in_} -o jsonpath={.spec.replicas}`)
    const input = deployment.replace(/replicas: \d+/, `replicas: ${current}`)
    expect(await kubectl(`apply --server-side ${in_} -f -`, { input })).toBe('deployment.apps/web serverside-applied\n')
    expect(await kubectl(`apply ${in_} -f -`, { input })).toMatch(/^deployment.apps\/web (unchanged|configured)\n$/)
    await kubectl(`delete configmap owned ${in_}`)
  })

  command('delete', 'deletes, and waits until it is done', async () => {
    const output = await kubectl(`delete deployment,secret,serviceaccount,service made ${in_}`, { timeoutSeconds: 60 })
    expect(output).toContain('deployment.apps "made" deleted')
    expect((await kubectl.try(`delete pod none ${in_}`)).stderr).toBe('Error from server (NotFound): pods "none" not found\n')
    expect(await kubectl(`delete pod none ${in_} --ignore-not-found`)).toBe('')
  })

  command('patch', 'patches in three ways', async () => {
    await kubectl(`patch deployment web ${in_} -p '{"metadata":{"annotations":{"a":"1","b":"1"}}}'`)
    await kubectl(`patch deployment web ${in_} --type=merge -p '{"metadata":{"annotations":{"b":null}}}'`)
    await kubectl(`patch deployment web ${in_} --type=json -p '[{"op":"add","path":"/metadata/annotations/c","value":"1"}]'`)
    const annotations = await kubectl(`get deployment web ${in_} -o jsonpath={.metadata.annotations}`)
    expect(annotations).toMatch(/"a":"1".*"c":"1"/)
    expect(annotations).not.toContain('"b"')
    const wrong = await kubectl.try(`patch deployment web ${in_} -p '{"spec":{"replicas":"x"}}'`)
    expect(wrong.stderr).toBe('The request is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32\n')
  })

  command('label, annotate', 'adds, refuses to overwrite, removes', async () => {
    expect(await kubectl(`label deployment web tier=front ${in_}`)).toBe('deployment.apps/web labeled\n')
    expect((await kubectl.try(`label deployment web tier=back ${in_}`)).stderr).toContain('--overwrite is false')
    expect(await kubectl(`annotate deployment web note=hello ${in_}`)).toMatch(/^deployment.apps\/web annotated?\n$/)
    expect(await kubectl(`get deployment -l tier=front ${in_} -o jsonpath={.items[0].metadata.annotations.note}`)).toBe('hello')
    expect(await kubectl(`label deployment web tier- ${in_}`)).toBe('deployment.apps/web unlabeled\n')
  })

  command('edit', 'opens an editor on the object', async () => {
    const output = await kubectl(`edit deployment web ${in_}`, {
      env: { EDITOR: "sed -i 's/minReadySeconds: .*//; s/note: hello/note: edited/'" },
    })
    expect(output).toBe('deployment.apps/web edited\n')
    expect(await kubectl(`get deployment web ${in_} -o jsonpath={.metadata.annotations.note}`)).toBe('edited')
  })

  command('diff, replace', 'shows a difference and replaces the object', async () => {
    const { code, stdout } = await kubectl.try(`diff ${in_} -f -`, { input: deployment })
    expect(code).toBe(1)
    expect(stdout).toMatch(/-\s+replicas: 1\n\+\s+replicas: 2/)
    expect(await kubectl(`replace ${in_} -f -`, { input: deployment.replace('replicas: 2', 'replicas: 1') })).toBe(
      'deployment.apps/web replaced\n',
    )
  })

  command('scale', 'changes the number of replicas', async () => {
    expect(await kubectl(`scale deployment web --replicas=2 ${in_}`)).toBe('deployment.apps/web scaled\n')
    expect((await kubectl.try(`scale deployment web --current-replicas=7 --replicas=2 ${in_}`)).stderr).toContain(
      'Expected replicas to be 7',
    )
    expect(await replicas()).toBe('2')
    await eventually(async () => (await kubectl(`get deployment web ${in_} -o jsonpath={.status.readyReplicas}`)) === '2')
    await kubectl(`scale deployment web --replicas=1 ${in_}`)
  })

  command('wait', 'waits for conditions, values and deletion', async () => {
    const outputs = await Promise.all(
      ['condition=Available deployment/web', 'jsonpath={.status.replicas}=1 deployment/web', 'delete pod/none'].map(what =>
        kubectl(`wait --for=${what} ${in_} --timeout=30s`),
      ),
    )
    expect(outputs.slice(0, 2)).toEqual(['deployment.apps/web condition met\n', 'deployment.apps/web condition met\n'])
    const late = await kubectl.try(`wait --for=condition=Never deployment/web ${in_} --timeout=1s`)
    expect(late.stderr).toBe('error: timed out waiting for the condition on deployments/web\n')
  })

  command('expose', 'makes a service for a deployment', async () => {
    expect(await kubectl(`expose deployment web --port=80 ${in_}`)).toBe('service/web exposed\n')
    await eventually(async () => /web\s+10\./.test(await kubectl(`get endpoints web ${in_}`)))
  })

  command('set image, set env', 'changes the template', async () => {
    expect(await kubectl(`set image deployment/web c=busybox:latest ${in_}`)).toBe('deployment.apps/web image updated\n')
    expect(await kubectl(`set env deployment/web A=b ${in_}`)).toBe('deployment.apps/web env updated\n')
  })

  command(
    'rollout',
    'shows, undoes, pauses and restarts',
    async () => {
      expect(await kubectl(`rollout undo deployment/web --to-revision=1 ${in_}`)).toBe('deployment.apps/web rolled back\n')
      expect(await kubectl(`rollout status deployment/web ${in_} --timeout=60s`)).toContain('successfully rolled out')
      const history = await kubectl(`rollout history deployment/web ${in_}`)
      expect(history).toMatch(/^deployment.apps\/web \nREVISION {2}CHANGE-CAUSE\n[^]*\n4 {9}<none>/)
      expect(await kubectl(`rollout history deployment/web --revision=4 ${in_}`)).toMatch(/Image:\s+busybox:1.36/)
      expect(await kubectl(`rollout pause deployment/web ${in_}`)).toBe('deployment.apps/web paused\n')
      expect(await kubectl(`rollout resume deployment/web ${in_}`)).toBe('deployment.apps/web resumed\n')
      expect(await kubectl(`rollout restart deployment/web ${in_}`)).toBe('deployment.apps/web restarted\n')
      expect(await kubectl(`rollout status deployment/web ${in_} --timeout=60s`)).toContain('successfully rolled out')
    },
    120,
  )
}

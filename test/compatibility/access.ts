import { expect } from '@jest/globals'
import type { Context } from './context.ts'

/** Who may do what: roles, bindings, and questions about them. */
export function access({ kubectl, namespace, in_, command }: Context): void {
  const bot = `--as=system:serviceaccount:${namespace}:bot`
  const may = async (question: string) => (await kubectl.try(`auth can-i ${question} ${in_}`)).stdout.trim()

  command('auth can-i', 'knows what bound roles allow, and says why not', async () => {
    await kubectl(`create serviceaccount bot ${in_}`)
    expect(await may(`list pods ${bot}`)).toBe('no')
    await kubectl(`create rolebinding bot-views --clusterrole=view --serviceaccount=${namespace}:bot ${in_}`)
    // The role is put together by a controller.
    await kubectl('wait --for=jsonpath={.rules[0].verbs[0]}=get clusterrole/view --timeout=30s')
    expect(await Promise.all(['list pods', 'get secrets', 'delete pods'].map(what => may(`${what} ${bot}`)))).toEqual(['yes', 'no', 'no'])
    await kubectl(`get deployment web ${in_} ${bot}`)
    const { stderr } = await kubectl.try(`delete deployment web ${in_} ${bot}`)
    expect(stderr).toContain(
      `deployments.apps "web" is forbidden: User "system:serviceaccount:${namespace}:bot" cannot delete resource "deployments" in API group "apps" in the namespace "${namespace}"`,
    )
  })

  command('auth can-i --list', 'lists what somebody may do', async () => {
    const asAdmin = await kubectl(`auth can-i --list ${in_}`)
    expect(asAdmin).toMatch(/^Resources +Non-Resource URLs +Resource Names +Verbs\n\*\.\* +\[\] +\[\] +\[\*\]\n/)
    expect(await kubectl(`auth can-i --list ${in_} ${bot}`)).toMatch(/^deployments\.apps +\[\] +\[\] +\[get list watch\]$/m)
  })

  command('auth reconcile', 'brings roles up to date', async () => {
    const role = (verbs: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reconciled, namespace: ${namespace} }
rules: [{ apiGroups: [''], resources: [pods], verbs: ${verbs} }]
`
    expect(await kubectl('auth reconcile -f -', { input: role('[get]') })).toContain('role.rbac.authorization.k8s.io/reconciled reconciled')
    await kubectl('auth reconcile -f -', { input: role('[list]') })
    const path = 'jsonpath={.rules[*].verbs}'
    expect(await kubectl(`get role reconciled ${in_} -o ${path}`)).toBe('["get"] ["list"]')
  })

  command('create role, create rolebinding', 'refuses to give away what one has not', async () => {
    await kubectl(`create rolebinding eve-administers --clusterrole=admin --user=eve ${in_}`)
    await kubectl('wait --for=jsonpath={.rules[0].verbs[0]} clusterrole/admin --timeout=30s')
    await kubectl(`create role own --verb=get --resource=pods ${in_} --as=eve`)
    const role = await kubectl.try(`create role more --verb=get --resource=nodes ${in_} --as=eve`)
    expect(role.stderr).toContain(
      'user "eve" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}',
    )
    const binding = await kubectl.try(`create rolebinding more --clusterrole=cluster-admin --user=eve ${in_} --as=eve`)
    expect(binding.stderr).toContain('{APIGroups:["*"], Resources:["*"], Verbs:["*"]}')
  })
}

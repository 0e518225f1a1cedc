import { Pod } from '../../../api/core/pod.ts'
import { podReferences } from '../../../api/core/pod-references.ts'
import { ServiceAccount } from '../../../api/core/service-account.ts'
import { forbidden } from '../../../api/errors.ts'
import type { Clock } from '../../../common/clock.ts'
import type { Lookup } from '../interfaces.ts'
import { isMirrorPod } from '../../../api/static-pods.ts'
import { onCreate, type AdmissionRule } from './rule.ts'
import { withServiceAccountToken } from './service-account-token-volume.ts'

const defaultName = 'default'
/** A namespace's default account is made by a controller right after the namespace: a pod that comes in between waits this long. */
const patience = { attempts: 20, milliseconds: 50 }

/** Upstream's ServiceAccount admission: every pod runs as an account that exists, with its token mounted and its pull secrets. */
export const serviceAccount = (lookup: Lookup, clock: Clock): AdmissionRule =>
  onCreate(Pod, async (pod, { namespace, name }) => {
    if (isMirrorPod(pod)) return checkedMirrorPod(pod, name)
    const accountName = pod.spec.serviceAccountName || defaultName
    const account = await findAccount({ lookup, clock }, namespace, accountName)
    if (!account) {
      const why = `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`
      throw forbidden(Pod, name, why)
    }
    return withAccount(pod, account)
  })

async function findAccount({ lookup, clock }: { lookup: Lookup; clock: Clock }, namespace: string, name: string) {
  for (let attempt = 1; ; attempt++) {
    const account = lookup.get(ServiceAccount, { namespace, name })
    if (account || name !== defaultName || attempt === patience.attempts) return account
    await clock.sleep(patience.milliseconds)
  }
}

/** The pod as the account would have it. */
function withAccount(pod: Pod, account: ServiceAccount): Pod {
  const { name } = account.metadata
  const pullSecrets = pod.spec.imagePullSecrets?.length ? pod.spec.imagePullSecrets : account.imagePullSecrets
  const spec = {
    ...pod.spec,
    serviceAccountName: name,
    serviceAccount: name,
    ...(pullSecrets?.length ? { imagePullSecrets: pullSecrets } : {}),
  }
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
  return { ...pod, spec: mounts ? withServiceAccountToken(spec) : spec }
}

/** A mirror pod is made by a node: if it could refer to secrets, the node could read any of them. */
function checkedMirrorPod(pod: Pod, name: string): Pod {
  const [reference] = podReferences(pod)
  const what = reference?.resource === 'serviceaccounts' ? 'service accounts' : reference?.resource
  if (what) throw forbidden(Pod, name, `a mirror pod may not reference ${what}`)
  const refersToToken = pod.spec.volumes?.some(({ projected }) => projected?.sources?.some(source => source.serviceAccountToken))
  if (refersToToken) throw forbidden(Pod, name, 'a mirror pod may not use ServiceAccountToken volume projections')
  return pod
}

import { Secret } from '../../../api/core/secret.ts'
import { forbidden } from '../../../api/errors.ts'
import { concerns, type AdmissionRule } from './rule.ts'

/** Tokens that live in secrets for ever are not issued here; refusing them is clearer than a secret that never gets its token. */
export const serviceAccountTokenSecrets: AdmissionRule = {
  validate(context) {
    if (context.verb !== 'create' || !concerns(context, Secret)) return
    if ((context.object as Secret).type !== 'kubernetes.io/service-account-token') return
    throw forbidden(Secret, context.name, 'tokens in secrets are not issued; use a projected volume or "kubectl create token"')
  },
}

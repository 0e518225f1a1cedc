import type { Kind } from '../../../api/kind.ts'
import type { StatusDetails } from '../../../api/errors.ts'

/** The Status that answers requests which have nothing else to show. */
export const success = (code?: number, details?: StatusDetails): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details ? { details } : {}),
  ...(code === undefined ? {} : { code }),
})

/** What upstream says of an object that is gone. */
export const deleted = (kind: Kind, { name, uid }: { readonly name: string; readonly uid: string }): object =>
  success(undefined, { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural, uid })

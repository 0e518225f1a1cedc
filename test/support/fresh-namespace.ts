import { Namespace } from '../../api/core/namespace.ts'
import { ServiceAccount } from '../../api/core/service-account.ts'
import type { Client } from '../../client/client.ts'
import { eventually } from './eventually.ts'

/** The name of a namespace that nobody else uses, in which pods may be created. */
export async function freshNamespace(client: Client): Promise<string> {
  const { metadata } = await client.create(Namespace, { metadata: { generateName: 'test-' } } as never)
  await eventually(async () => client.get(ServiceAccount, { name: 'default', namespace: metadata.name }))
  return metadata.name
}

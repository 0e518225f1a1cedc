import { must } from './shell.ts'

export type NodeFault = 'cut' | 'slow' | 'lose'

/** Does to a node of the test cluster what `scripts/node` does, until it is disposed of. */
export async function nodeFault(fault: NodeFault, node: string, amount?: string): Promise<AsyncDisposable> {
  await must('scripts/node', [fault, node, ...(amount === undefined ? [] : [amount])])
  return {
    async [Symbol.asyncDispose]() {
      await must('scripts/node', ['heal', node])
    },
  }
}

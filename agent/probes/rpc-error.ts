import { messageOf } from '../../common/error-message.ts'
import { isRuntimeError } from '../runtime/runtime.ts'

/** A failure of the runtime as upstream's kubelet shows it, which asks its runtime through gRPC. */
export const rpcError = (error: unknown): string =>
  `rpc error: code = ${isRuntimeError(error, 'NotFound') ? 'NotFound' : 'Unknown'} desc = ${messageOf(error)}`

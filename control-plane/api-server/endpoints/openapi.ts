import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Kind } from '../../../api/kind.ts'

export class OpenApi {
  constructor(readonlyKinds: readonly Kind[]) {
    void readonlyKinds
  }
  async serve(_request: IncomingMessage, _response: ServerResponse, _info: { path: string; query: URLSearchParams }): Promise<boolean> {
    return false
  }
}

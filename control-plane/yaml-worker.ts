import { parentPort } from 'node:worker_threads'
import type { YamlAnswer } from './api-server/endpoints/yaml-reader.ts'
import { parseYaml } from './api-server/endpoints/yaml-text.ts'
import { messageOf } from '../common/error-message.ts'

/** A thread that reads long YAML texts for the API server; a program of its own. */
parentPort?.on('message', (text: string) => parentPort?.postMessage(answerTo(text)))

function answerTo(text: string): YamlAnswer {
  try {
    return { json: JSON.stringify(parseYaml(text) ?? null) }
  } catch (error) {
    return { error: messageOf(error) }
  }
}

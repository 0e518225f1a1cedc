import { parentPort } from 'node:worker_threads'
import { answerToYaml } from './api-server/yaml-answer.ts'

// A thread that reads long YAML texts for the API server; a program of its own.
parentPort?.on('message', (text: string) => parentPort?.postMessage(answerToYaml(text)))

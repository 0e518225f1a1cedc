import { describe, expect, it } from '@jest/globals'
import { timeoutOf } from './deadline.ts'
import { isLongRunning } from './long-running.ts'
import { readRequestInfo } from './request-info.ts'

const of = (timeout: string) => timeoutOf(new URLSearchParams({ timeout }))

describe('deadlines', () => {
  it.each([
    ['', 60_000],
    ['5s', 5000],
    ['1500ms', 1500],
    ['0s', 60_000],
    ['-5s', 60_000],
    ['2m', 60_000],
  ])('of timeout=%s', (text, expected) => expect(of(text)).toBe(expected))

  it.each([
    ['x', 'invalid timeout specified in the request URL - time: invalid duration "x"'],
    ['10', 'invalid timeout specified in the request URL - time: missing unit in duration "10"'],
  ])('refuses timeout=%s', (text, message) => expect(() => of(text)).toThrow(message))

  it.each([
    ['GET', '/api/v1/pods?watch=1', true],
    ['GET', '/api/v1/namespaces/a/pods/b/log?follow=1', true],
    ['POST', '/api/v1/namespaces/a/pods/b/exec', true],
    ['GET', '/api/v1/nodes/n/proxy/stats', true],
    ['GET', '/api/v1/pods', false],
    ['POST', '/api/v1/namespaces/a/pods/b/eviction', false],
    ['GET', '/openapi/v2', false],
  ])('are not for %s %s: %s', (method, url, expected) => expect(isLongRunning(readRequestInfo(method, url))).toBe(expected))
})

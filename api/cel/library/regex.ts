import { goMatches, goRegex } from '../regex.ts'
import type { Library } from './library.ts'

/** `matches` is the language's own, with Go's regular expressions instead of the engine's; `find` and `findAll` are Kubernetes'. */
export const regex: Library = environment => {
  environment
    .registerFunction('string.matchesGo(string): bool', (text: string, pattern: string) => goMatches(pattern, text))
    .registerFunction('matchesGo(string, string): bool', (text: string, pattern: string) => goMatches(pattern, text))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => findAll(text, pattern, 1)[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern, -1))
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
      findAll(text, pattern, Number(limit)),
    )
}

function findAll(text: string, pattern: string, limit: number): string[] {
  const matcher = goRegex(pattern).matcher(text)
  const found: string[] = []
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '')
  return found
}

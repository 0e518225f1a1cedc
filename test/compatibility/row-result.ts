import type { Outcome } from '../support/shell.ts'
import type { Row } from './commands/row.ts'

/** Warnings, of the server and of the client about versions, are no failure. */
const warnings = /^(Warning: .*\n|WARNING: version difference.*\n)*$/

/** What came out otherwise than the row says. */
export function mismatches(row: Row, { code, stdout, stderr }: Outcome): string[] {
  const wrong = [
    ...(code === (row.code ?? 0) ? [] : [`exit code ${code}, not ${row.code ?? 0}`]),
    ...mismatch('output', row.out, stdout),
    ...mismatch('errors', row.err ?? (row.terminal ? undefined : warnings), stderr),
  ]
  return wrong.length === 0 ? [] : [...wrong, `stdout: ${stdout.slice(0, 1500)}`, `stderr: ${stderr.slice(0, 1500)}`]
}

function mismatch(what: string, wanted: string | RegExp | undefined, got: string): string[] {
  if (wanted === undefined || (typeof wanted === 'string' ? wanted === got : wanted.test(got))) return []
  return [`${what} should be ${typeof wanted === 'string' ? JSON.stringify(wanted) : wanted}`]
}

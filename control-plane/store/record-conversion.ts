import type { RootDatabase } from 'lmdb'
import type { Record } from './change-log.ts'

/** How the first version kept a record: its headline and, behind a line break, its value, in one text. */
const oldName = 'records'

/** So many at once: what a transaction took away is room for the next one, and the file hardly grows. */
const chunk = 1_000

function decode(revision: number, text: string): Record {
  const end = text.indexOf('\n')
  const [type, createRevision, previousRevision, ...key] = text.slice(0, end).split(' ')
  const deleted = type === 'delete'
  return {
    revision,
    key: key.join(' '),
    createRevision: Number(createRevision),
    previousRevision: Number(previousRevision),
    deleted,
    value: deleted ? undefined : text.slice(end + 1),
  }
}

/**
 * Moves the records of a file that the first version wrote to where they belong now, once. Each transaction moves some, so a
 * record is always in exactly one of the two places, and a conversion that was interrupted goes on where it was.
 */
export function convertRecords(root: RootDatabase, put: (record: Record) => unknown): void {
  if (![...root.getKeys()].includes(oldName)) return
  const old = root.openDB<string, number>({ name: oldName, encoding: 'string' })
  for (;;) {
    const texts = [...old.getRange({ limit: chunk })]
    if (texts.length === 0) break
    root.transactionSync(() => {
      for (const { key, value } of texts) {
        put(decode(key, value))
        void old.remove(key)
      }
    })
  }
  old.dropSync()
}

import { wrapped } from './output.ts'

/** What stands below the options in the help of a command. */
export function help({ examples, notes = [] }: { readonly examples: readonly string[]; readonly notes?: readonly string[] }): string {
  return [
    '',
    'Examples:',
    ...examples.map((example) => `  $ ${example}`),
    ...notes.flatMap((note) => ['', wrapped(note, 0)]),
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.',
  ].join('\n')
}

export const JSON_OPTION = ['--json', 'print the result as one JSON document'] as const

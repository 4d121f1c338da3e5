import { SETTINGS } from '../src/config.ts'

/** The table of all settings, as the documentation has it. */
export function configurationReference(): string {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => {
    const file = 'secret' in setting ? ` Or \`${name}_FILE\`: a file that holds it.` : ''
    return `| \`${name}\` | ${setting.default === '' ? 'none' : `\`${setting.default}\``} | ${`${setting.description}${file}`.replaceAll('|', '\\|')} |`
  })
  return `${['| variable | default | what it is |', '| --- | --- | --- |', ...rows].join('\n')}\n`
}

import type { ConsentMode } from './contract.ts'

/** What to paste into the pages of a site. */
export function snippetOf(publicUrl: string, writeKey: string, mode: ConsentMode): string {
  const consent = mode === 'off' ? '' : ` data-consent="${mode}"`
  return `<script async src="${publicUrl.replace(/\/$/, '')}/tag.js" data-key="${writeKey}"${consent}></script>`
}

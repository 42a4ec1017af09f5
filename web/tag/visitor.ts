// Who the visitor is on this device, and which visit this is. Both only exist while consent allows it.
import { drop, randomId, read, write } from './store.ts'

const COOKIE = '_hgk'
const YEAR_AND_A_MONTH = 34_000_000 // seconds
const VISIT_GAP = 1_800_000 // 30 minutes without an event end a visit
const ID = /^[0-9a-f]{32}$/

let known = ''

/** The id of this device: kept in a first-party cookie (so that sub-domains share it) and in localStorage (so that one of them survives). */
export function visitorId(): string {
  if (known) return known
  const found = new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]{32})`).exec(document.cookie)?.[1] ?? read('v')
  known = ID.test(found) ? found : randomId()
  write('v', known)
  setCookie(known, YEAR_AND_A_MONTH)
  return known
}

/** Forgets the visitor: no cookie, no id, no visit. */
export function forget(): void {
  known = ''
  drop('v')
  drop('s')
  setCookie('', 0)
}

/** The id of the visit that `now` belongs to; two tabs share it. */
export function visitId(now: number): string {
  const [id, last] = read('s').split(' ')
  const current = id && now - Number(last) < VISIT_GAP ? id : randomId().slice(16)
  write('s', `${current} ${now}`)
  return current
}

/** On the widest domain that takes it: a browser refuses a cookie for a public suffix such as co.jp, and the next narrower is tried. */
function setCookie(value: string, seconds: number): void {
  const parts = location.hostname.split('.')
  for (let i = parts.length - 2; i >= -1; i--) {
    const domain = i < 0 ? '' : `;domain=${parts.slice(i).join('.')}`
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous and not everywhere
    document.cookie = `${COOKIE}=${value};path=/;max-age=${seconds};samesite=lax${location.protocol === 'https:' ? ';secure' : ''}${domain}`
    if (seconds && document.cookie.includes(`${COOKIE}=${value}`)) return
  }
}

/** Events that a list may show as "the latest thing a lead did"; what we do by ourselves is not among them. */
export const ACTIONS: readonly string[] = [
  'page.viewed',
  'form.submitted',
  'file.downloaded',
  'link.clicked',
  'mail.opened',
  'mail.clicked',
  'mail.unsubscribed',
  'seminar.attended',
  'call.logged',
  'card.scanned',
  'deal.created',
  'deal.won',
  'deal.lost',
]

const SEPARATOR = '\n'

/** A keyset cursor: the order it belongs to, the value of that order as text, and the id. Opaque to clients. */
export function encodeKey(order: string, key: string, id: string): string {
  return Buffer.from([order, id, key].join(SEPARATOR)).toString('base64url')
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The position a cursor stands for; undefined when it is not one of this order. */
export function decodeKey(order: string, cursor: string): { key: string; id: string } | undefined {
  const [of, id = '', ...rest] = Buffer.from(cursor, 'base64url').toString().split(SEPARATOR)
  return of === order && UUID.test(id) ? { key: rest.join(SEPARATOR), id } : undefined
}

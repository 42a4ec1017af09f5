// Codes of the two columns that a send reads: the larger one wins.

/** Why no commercial mail may go to an address; larger is harder to lift. */
export const MAIL_STOP = { none: 0, unsubscribe: 1, manual: 2, hard_bounce: 3, complaint: 4 } as const
export type StopReason = Exclude<keyof typeof MAIL_STOP, 'none'>

/** On what ground commercial mail may go out (特定電子メール法 art. 3); larger is stronger. */
export const MAIL_BASIS = { none: 0, published: 1, relation: 2, card: 3, consent: 4 } as const
export type Basis = Exclude<keyof typeof MAIL_BASIS, 'none'>

const wordOf = <T extends Record<string, number>>(codes: T, code: number): keyof T & string =>
  Object.keys(codes).find((word) => codes[word] === code) ?? 'none'

/** The word of a `mail_stop` code. */
export const stopWord = (code: number): keyof typeof MAIL_STOP => wordOf(MAIL_STOP, code)
/** The word of a `mail_basis` code. */
export const basisWord = (code: number): keyof typeof MAIL_BASIS => wordOf(MAIL_BASIS, code)

/** May commercial mail go to this person at all? */
export const isSendable = (person: { readonly mail: string | null; readonly mail_stop: number; readonly mail_basis: number }): boolean =>
  person.mail !== null && person.mail_stop === MAIL_STOP.none && person.mail_basis > MAIL_BASIS.none

/** Under whose name mails are claimed, recorded and told of. */
export const SENDER = { kind: 'system', name: 'mail sender' } as const

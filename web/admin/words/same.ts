/** The shape of one language's words: same keys, any text. English is typed by it. */
export type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

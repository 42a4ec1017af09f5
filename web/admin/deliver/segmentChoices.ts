export interface Choice {
  readonly value: string
  readonly label: string
}

/** What is chosen and is there no more stands among the choices by a name of its own, so that it can be taken out. */
export const withGone = (known: readonly Choice[], chosen: readonly string[], name: string): Choice[] => [
  ...known,
  ...chosen.filter((value) => !known.some((one) => one.value === value)).map((value) => ({ value, label: name })),
]

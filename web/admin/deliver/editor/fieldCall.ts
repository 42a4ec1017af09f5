/** Whether text up to the caret ends with what opens the merge fields. */
export const callsFields = (before: string): boolean => /[#＃]$/.test(before)

/** The editor takes over what an IME wrote some 20 ms after its end, and some browsers tell of the confirming key only then. */
const SETTLED_MS = 50

/** Runs `look` when what an IME has just confirmed ends with the sign that opens the merge fields. It must look whether the next words are being composed already. */
export function onceComposed(written: string, look: () => void): void {
  if (callsFields(written)) setTimeout(look, SETTLED_MS)
}

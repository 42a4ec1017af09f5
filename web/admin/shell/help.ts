const wanted = 'hagukumi:help'

/** Opens the list of keys from anywhere. */
export const openHelp = () => dispatchEvent(new Event(wanted))

/** Hears `openHelp`; gives back the way to stop. */
export function onHelp(show: () => void): () => void {
  addEventListener(wanted, show)
  return () => removeEventListener(wanted, show)
}

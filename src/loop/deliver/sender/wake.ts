// New mail in the queue wakes the sender of this process at once; senders elsewhere look twice a second.
const waiting = new Set<() => void>()

/** Called after commit by whoever queued something. */
export function wakeSender(): void {
  for (const wake of waiting) wake()
}

/** Registers a sleeper; the answer unregisters it. */
export function onWake(wake: () => void): () => void {
  waiting.add(wake)
  return () => waiting.delete(wake)
}

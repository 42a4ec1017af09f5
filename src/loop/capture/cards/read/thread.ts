// The entry of a reading thread: one card at a time, answered by message. Language data and wasm live and end with the thread.
import { parentPort } from 'node:worker_threads'
import { type ReadAsk, readCard } from './card.ts'

parentPort?.on('message', async ({ ask, id }: { id: number; ask: ReadAsk }) => {
  try {
    parentPort?.postMessage({ id, answer: await readCard(ask) })
  } catch (error) {
    parentPort?.postMessage({ id, fault: error instanceof Error ? error.message : String(error) })
  }
})

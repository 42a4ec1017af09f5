import type { Heard } from '../step/state.ts'
import type { RunHow } from '../tables.ts'

/** A run as it is stored: whose, of which version, where it stands and since when. */
export interface RunRow {
  readonly bucket: number
  readonly person_id: string
  readonly id: string
  readonly scenario_id: string
  readonly version: number
  readonly step: string | null
  readonly arrived_at: Date
  readonly due_at: Date | null
  readonly heard: Heard | null
  readonly steps: number
  readonly trigger_id: string
  readonly cause_id: string
  readonly hop: number
  readonly entered_at: Date
  readonly ended_at: Date | null
  readonly how: RunHow | null
}

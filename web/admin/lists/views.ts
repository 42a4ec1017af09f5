/** What a saved view keeps of a list. */
export interface ViewState {
  search: Record<string, string>
  columns: string[]
  density: 'compact' | 'standard' | 'roomy'
}

// A template that keeps its thread busy for minutes within one single tag, where none of the engine's own limits looks.

/** Short enough to be parsed. */
export const RUNAWAY = {
  subject: 'x',
  html: `{% if ${'lead.company contains "ab" or '.repeat(10_000)}false %}x{% endif %}`,
  text: '',
}

/** Someone for whom it runs away. */
export const LONG = { lead: { company: 'a'.repeat(1_000_000) } }

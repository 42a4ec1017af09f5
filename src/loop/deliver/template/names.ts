/** How a segment is called in a template's context. */
export const segmentName = (id: string): string => `in_segment.s_${id.replaceAll('-', '_')}`

// Where a thread that reads cards begins. Named by itself, since all parts of the built server lie in one folder (tools/bundle.mjs).
import './thread.ts'

// The room's front door: drafts of declarations from what stands somewhere.
export { draftOf } from './draft.ts';
export { terraformState } from './terraform-state.ts';
export type { Seen } from '../providers/aws/seen.ts';

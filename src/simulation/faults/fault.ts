// The shape of a fault: how it strikes, what it really harms, and how it ends.
import type { Random } from '../random.ts';
import type { Harm } from '../truth.ts';
import type { Hospital } from '../world/hospital.ts';

export type Struck = { readonly harms: readonly Harm[]; heal(): void };
export type Fault = {
  readonly name: string;
  /** How long it stands; `undefined` where it is over as soon as it struck. */
  readonly lastsMs?: { readonly least: number; readonly most: number };
  /** Undefined when there is nothing that it could strike now. */
  strike(hospital: Hospital, random: Random): Struck | undefined;
};

/** Only Resus is harmed. */
export const onlyResus: readonly Harm[] = [{ kind: 'resus' }];

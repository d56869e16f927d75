// What a workload says of being ready before anything is lost: what everything stands on. Optional, and each has a finding of
// `resus lint` that asks for it.
import Type, { type Static } from 'typebox';
import { foundations, type Preparedness } from '../core/estate.ts';
import { present } from './kinds/kind.ts';
import { Choice, closed, Text } from './schema.ts';

/** Properties of a workload's `spec`. */
export const preparedness = {
  provides: Type.Optional(
    Type.Array(Choice(foundations, 'a service that nearly everything stands on'), {
      minItems: 1,
      maxItems: foundations.length,
      uniqueItems: true,
      title: 'which of the services that nearly everything stands on it is: who people are, where things are, what time it is, the keys',
    }),
  ),
  worksWithout: Type.Optional(
    Type.Object(Object.fromEntries(foundations.map((each) => [each, Type.Optional(Text(`why it works without ${each}, and how`))])), {
      ...closed,
      title: 'which of these services it does not need at all, each with how it does without',
    }),
  ),
};
const whole = Type.Object(preparedness, closed);

export function preparednessOf({ provides, worksWithout }: Static<typeof whole>): Preparedness {
  return present({ provides, worksWithout: worksWithout === undefined ? undefined : present({ ...worksWithout }) }) as Preparedness;
}

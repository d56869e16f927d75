// What a workload says of being ready before anything is lost: what everything stands on, and that the standby is equal. Optional, and each has a finding of
// `resus lint` that asks for it.
import Type, { type Static } from 'typebox';
import { foundations, parities, type Parity, type Preparedness } from '../core/estate.ts';
import { present } from './kinds/kind.ts';
import { Choice, closed, Text } from './schema.ts';

const equalIn: Readonly<Record<Parity, string>> = {
  engine: 'how its versions and patch levels are known to be equal',
  parameters: 'how its settings are known to be equal',
  certificates: 'how it is known to have certificates for the same names, and as long',
  licences: 'how it is known to be licensed for the whole load, or that nothing is',
};
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
  parity: Type.Optional(
    Type.Object(Object.fromEntries(parities.map((each) => [each, Type.Optional(Text(equalIn[each]))])), {
      ...closed,
      title: 'how the standby is known to be equal: in words, or the id of the probe that compares',
    }),
  ),
};
const whole = Type.Object(preparedness, closed);

export function preparednessOf({ provides, worksWithout, parity }: Static<typeof whole>): Preparedness {
  return present({
    provides,
    worksWithout: worksWithout === undefined ? undefined : present({ ...worksWithout }),
    parity: parity === undefined ? undefined : present({ ...parity }),
  }) as Preparedness;
}

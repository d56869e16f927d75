// What a workload says of being ready before anything is lost: what everything stands on, that the standby is equal, and the way in when all
// else fails. Optional, and each has a finding of
// `resus lint` that asks for it.
import Type, { type Static } from 'typebox';
import { foundations, parities, type Parity, type Preparedness } from '../core/estate.ts';
import { present } from './kinds/kind.ts';
import type { SiteId, WorkloadId } from '../core/values.ts';
import { Choice, closed, Refers, Text } from './schema.ts';

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
  breakGlass: Type.Optional(
    Type.Object(
      {
        how: Text('what is opened, by whom, and what it gives'),
        needs: Type.Array(Refers('Workload', 'what it does not work without'), {
          maxItems: 20,
          uniqueItems: true,
          default: [],
          title: 'what of the declared it does not work without: a network, a jump host, a vault',
        }),
        site: Type.Optional(Refers('Site', 'where it is kept, and from where it is used')),
      },
      { ...closed, title: 'how people still do what it is for while it is lost, by a way that must not need it' },
    ),
  ),
};
const whole = Type.Object(preparedness, closed);

export function preparednessOf({ provides, worksWithout, parity, breakGlass }: Static<typeof whole>): Preparedness {
  return present({
    provides,
    worksWithout: worksWithout === undefined ? undefined : present({ ...worksWithout }),
    parity: parity === undefined ? undefined : present({ ...parity }),
    breakGlass:
      breakGlass === undefined
        ? undefined
        : present({
            how: breakGlass.how,
            needs: breakGlass.needs.map((each) => each as WorkloadId),
            site: breakGlass.site as SiteId | undefined,
          }),
  }) as Preparedness;
}

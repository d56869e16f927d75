// The FIS model of one region: its templates and experiments, and the changes to them.

import type { Hospital } from '../../hospital.ts';
import { History } from '../history.ts';
import type { RdsModel } from '../rds/model.ts';
import type { Tally } from '../tally.ts';
import type { Tempo } from '../tempo.ts';
import type { ActionState, Experiment, FisState, Template } from './state.ts';

export interface FisModel {
  readonly region: string;
  readonly hospital: Hospital;
  readonly rds: RdsModel;
  readonly tempo: Tempo;
  readonly tally: Tally;
  readonly history: History<FisState>;
  /** Calls that stop the experiments that are under way. */
  readonly stops: Map<string, () => void>;
  putTemplate(template: Template): void;
  removeTemplate(id: string): void;
  putExperiment(experiment: Experiment): void;
  changeExperiment(id: string, part: Partial<Experiment>): void;
  changeAction(id: string, name: string, part: Partial<ActionState>): void;
  rememberToken(token: string, made: { readonly id: string; readonly of: string }): void;
}

export function makeFisModel(region: string, rds: RdsModel): FisModel {
  const { hospital, tempo, tally } = rds;
  const history = new History<FisState>({ templates: {}, experiments: {}, tokens: {} }, () => tempo.now());
  const change = (part: Partial<FisState>): void => history.set({ ...history.current, ...part });
  const put = (experiment: Experiment): void => change({ experiments: { ...history.current.experiments, [experiment.id]: experiment } });
  const find = (id: string): Experiment | undefined => history.current.experiments[id];
  return {
    region,
    hospital,
    rds,
    tempo,
    tally,
    history,
    stops: new Map(),
    putTemplate: (template) => change({ templates: { ...history.current.templates, [template.id]: template } }),
    removeTemplate(id) {
      const { [id]: _gone, ...templates } = history.current.templates;
      change({ templates });
    },
    putExperiment: put,
    changeExperiment(id, part) {
      const experiment = find(id);
      if (experiment !== undefined) put({ ...experiment, ...part });
    },
    changeAction(id, name, part) {
      const experiment = find(id);
      const state = experiment?.states[name];
      if (experiment !== undefined && state !== undefined)
        put({ ...experiment, states: { ...experiment.states, [name]: { ...state, ...part } } });
    },
    rememberToken: (token, made) => change({ tokens: { ...history.current.tokens, [token]: made } }),
  };
}

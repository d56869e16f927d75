// Every finding, one line each, in the order in which the page tells them: targets, replicas, runbooks, practice, eyes, files.
import type { Finding } from '../finding.ts';
import { acceptanceUnused } from './acceptance-unused.ts';
import { approvalOverRto } from './approval-over-rto.ts';
import { automationInverted } from './automation-inverted.ts';
import { availabilityUnreachable } from './availability-unreachable.ts';
import { backupDeletable } from './backup-deletable.ts';
import { backupOverRpo } from './backup-over-rpo.ts';
import { backupUndeclared } from './backup-undeclared.ts';
import { backupWithData } from './backup-with-data.ts';
import { breakGlassCircular } from './break-glass-circular.ts';
import { breakGlassUndeclared } from './break-glass-undeclared.ts';
import { byHandUnpractised } from './by-hand-unpractised.ts';
import { credentialsShort } from './credentials-short.ts';
import { cachesUndeclared } from './caches-undeclared.ts';
import { canaryOnPatients } from './canary-on-patients.ts';
import { dependencyCircle } from './dependency-circle.ts';
import { diagnosisImpossible } from './diagnosis-impossible.ts';
import { diagnosisUntreated } from './diagnosis-untreated.ts';
import { dnsTtlOverRto } from './dns-ttl-over-rto.ts';
import { drillMissing } from './drill-missing.ts';
import { drillNeverRun } from './drill-never-run.ts';
import { drillOverdue } from './drill-overdue.ts';
import { drillRare } from './drill-rare.ts';
import { fenceByClaim } from './fence-by-claim.ts';
import { fewVantages } from './few-vantages.ts';
import { foundationUndeclared } from './foundation-undeclared.ts';
import { gamedayUngated } from './gameday-ungated.ts';
import { gamedayWithoutAbort } from './gameday-without-abort.ts';
import { gxpAdHoc } from './gxp-ad-hoc.ts';
import { heartbeatOverRpo } from './heartbeat-over-rpo.ts';
import { innerHaUndeclared } from './inner-ha-undeclared.ts';
import { irreversibleUnapproved } from './irreversible-unapproved.ts';
import { journalEvacuated } from './journal-evacuated.ts';
import { journalSiteUndeclared } from './journal-site-undeclared.ts';
import { lagOverRpo } from './lag-over-rpo.ts';
import { lostControlPlane } from './lost-control-plane.ts';
import { lostResource } from './lost-resource.ts';
import { noFailback } from './no-failback.ts';
import { noSwitchover } from './no-switchover.ts';
import { parityUndeclared } from './parity-undeclared.ts';
import { privateZoneUndeclared } from './private-zone-undeclared.ts';
import { privateZone } from './private-zone.ts';
import { promoteWithoutFence } from './promote-without-fence.ts';
import { recoveryOrder } from './recovery-order.ts';
import { replicasTogether } from './replicas-together.ts';
import { replicationUndeclared } from './replication-undeclared.ts';
import { route53ControlPlane } from './route53-control-plane.ts';
import { rtoInverted } from './rto-inverted.ts';
import { rtoTight } from './rto-tight.ts';
import { rtoUnreachable } from './rto-unreachable.ts';
import { resourceElsewhere } from './resource-elsewhere.ts';
import { secretInYaml } from './secret-in-yaml.ts';
import { sharedAccount } from './shared-account.ts';
import { sharedResource } from './shared-resource.ts';
import { sharedSite } from './shared-site.ts';
import { singlePoint } from './single-point.ts';
import { spotCapacity } from './spot-capacity.ts';
import { stepWithoutEstimate } from './step-without-estimate.ts';
import { strategyTooWeak } from './strategy-too-weak.ts';
import { stsGlobalEndpoint } from './sts-global-endpoint.ts';
import { targetMissed } from './target-missed.ts';
import { timeoutUnderEstimate } from './timeout-under-estimate.ts';
import { vantagesTogether } from './vantages-together.ts';
import { weakerDependency } from './weaker-dependency.ts';

export const findings: readonly Finding[] = [
  rtoUnreachable,
  rtoTight,
  targetMissed,
  stepWithoutEstimate,
  timeoutUnderEstimate,
  dnsTtlOverRto,
  cachesUndeclared,
  approvalOverRto,
  heartbeatOverRpo,
  lagOverRpo,
  replicationUndeclared,
  backupUndeclared,
  backupOverRpo,
  backupWithData,
  backupDeletable,
  weakerDependency,
  dependencyCircle,
  singlePoint,
  recoveryOrder,
  foundationUndeclared,
  breakGlassCircular,
  breakGlassUndeclared,
  replicasTogether,
  sharedSite,
  sharedAccount,
  sharedResource,
  spotCapacity,
  parityUndeclared,
  resourceElsewhere,
  strategyTooWeak,
  availabilityUnreachable,
  automationInverted,
  rtoInverted,
  fenceByClaim,
  promoteWithoutFence,
  irreversibleUnapproved,
  lostControlPlane,
  lostResource,
  gxpAdHoc,
  route53ControlPlane,
  privateZone,
  privateZoneUndeclared,
  stsGlobalEndpoint,
  diagnosisUntreated,
  diagnosisImpossible,
  innerHaUndeclared,
  noSwitchover,
  noFailback,
  drillMissing,
  byHandUnpractised,
  drillRare,
  drillOverdue,
  drillNeverRun,
  gamedayUngated,
  gamedayWithoutAbort,
  fewVantages,
  vantagesTogether,
  journalEvacuated,
  journalSiteUndeclared,
  credentialsShort,
  canaryOnPatients,
  secretInYaml,
  acceptanceUnused,
];

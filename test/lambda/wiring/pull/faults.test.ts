import { caseOf } from '../../../support/paging-kinds.ts';
import { startStages } from '../../../support/pull-stages.ts';
import { describeAccess } from './describe-access.ts';
import { describeFaults } from './describe-faults.ts';
import { describeListings } from './describe-listings.ts';

// One kind with links and one without. faults.soak.ts tests every case on all kinds.
const LINKED = caseOf('hal');
const UNLINKED = caseOf('numberedPages');
const cases = [LINKED, UNLINKED];

const stages = startStages([...cases, caseOf('after')]);

// The client meets a fault before the paging matters, so the two kinds take turns.
describeFaults(stages, (index) => (index % 2 === 0 ? [LINKED] : [UNLINKED]));
describeAccess(stages, cases);
describeListings(stages, ({ outcomes }) => cases.filter(({ kind }) => outcomes[kind] !== undefined), cases);

import { PAGING_CASES } from '../../../support/paging-kinds.ts';
import { startStages } from '../../../support/pull-stages.ts';
import { describeAccess } from './describe-access.ts';
import { describeFaults } from './describe-faults.ts';
import { describeListings } from './describe-listings.ts';

const stages = startStages(PAGING_CASES);

describeFaults(stages, () => PAGING_CASES);
describeAccess(stages, PAGING_CASES);
describeListings(stages, () => PAGING_CASES, PAGING_CASES);

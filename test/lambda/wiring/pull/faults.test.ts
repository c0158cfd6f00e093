import { caseOf } from '../../../support/paging-kinds.ts';
import { describeFaults } from './describe-faults.ts';

// One kind with links and one without; faults.soak.ts has the others.
describeFaults([caseOf('hal'), caseOf('numberedPages')]);

import { caseOf } from '../../../support/paging-kinds.ts';
import { describeFaults } from './describe-faults.ts';

// The kinds that faults.test.ts leaves out.
describeFaults([caseOf('linkedPages'), caseOf('after'), caseOf('onePage')]);

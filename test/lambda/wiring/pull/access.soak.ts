import { caseOf } from '../../../support/paging-kinds.ts';
import { describeAccess } from './describe-access.ts';

// The kinds that access.test.ts leaves out.
describeAccess([caseOf('linkedPages'), caseOf('after'), caseOf('onePage')]);

import { caseOf } from '../../../support/paging-kinds.ts';
import { describeAccess } from './describe-access.ts';

// One kind with links and one without; access.soak.ts has the others.
describeAccess([caseOf('hal'), caseOf('numberedPages')]);

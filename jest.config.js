import { availableParallelism } from 'node:os';

export default {
  testEnvironment: '<rootDir>/test/support/environment.js',
  // Some tests wait for processes, so one worker more than processors keeps all of them busy.
  maxWorkers: availableParallelism() + 1,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  moduleNameMapper: { '^procurios-sync$': '<rootDir>/config/index.ts' },
  // No test may fail because the machine is busy, so this only ends a test that hangs.
  testTimeout: 300_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.procurios-sync'],
};

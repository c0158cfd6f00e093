import { TestEnvironment } from 'jest-environment-node';

// Jest sets it in its workers if it is started on a terminal, and Node then colours what the commands print.
// Only here can it be removed, because tests see a copy of the environment.
delete process.env.FORCE_COLOR;

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default TestEnvironment;

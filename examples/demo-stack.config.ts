/**
 * `demo.config.ts` for the demo's stack. A stack refuses an address on this machine, so this one has another, and
 * `PROCURIOS_HOST` leads the functions to the simulator.
 */
import { defineConfig } from 'procurios-sync';
import demo from './demo.config.ts';

export default defineConfig({ ...demo, host: 'https://demo.procurios.example' });

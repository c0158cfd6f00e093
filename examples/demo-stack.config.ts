/** `demo.config.ts` as a stack takes it: with an address that is no machine's own. Functions reach the simulator by `PROCURIOS_HOST`. */
import { defineConfig } from 'procurios-sync';
import demo from './demo.config.ts';

export default defineConfig({ ...demo, host: 'https://demo.procurios.example' });

#!/usr/bin/env node
import './check-node.js';

// Not a static import, because that would load TypeScript before the check above can run.
await import('./procurios-sync.ts');

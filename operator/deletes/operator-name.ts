import { hostname, userInfo } from 'node:os';

/** Who gives a command, for other operators: `anna on build-7`. */
export function operatorName(): string {
  return `${userName()} on ${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return `process ${process.pid}`;
  }
}

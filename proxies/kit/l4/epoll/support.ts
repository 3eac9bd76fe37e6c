/** Where the calls of Linux are known: their numbers differ on other machines. */
export const isEpollKnown =
  process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

/** SIGHUP: whoever changed something says that it is to be read now. */

export function onHangUp(reload: () => void): Disposable {
  process.on('SIGHUP', reload);
  return { [Symbol.dispose]: () => void process.removeListener('SIGHUP', reload) };
}

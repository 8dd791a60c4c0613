// Where this version of the front end waits on a page: whoever brings it fills the slot, and all widgets take it from there.

const slot = (globalThis["CIBERAULA_KEY"] ??= _newSlot());

function _newSlot() {
  const made = { asked: new WeakMap() };
  made.code = new Promise((resolve) => (made.fill = resolve));
  return made;
}

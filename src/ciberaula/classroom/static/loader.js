// What every widget but the first of a kernel carries instead of the front end: it waits for it, or has it sent.

const WAIT_MS = 1_000; // for a widget of this page that carries it
const AGAIN_MS = 20_000; // until a kernel is asked once more: on a weak connection the code takes its time

/** Ask the kernel of this widget for the code, unless another widget of that kernel has. */
function _ask(model) {
  const kernel = model.widget_manager ?? slot; // each notebook has its own
  if (Date.now() - (slot.asked.get(kernel) ?? -Infinity) < AGAIN_MS) return;
  slot.asked.set(kernel, Date.now());
  model.send({ type: "code" });
}

async function _sent(message) {
  if (message.type !== "code") return;
  const address = URL.createObjectURL(new Blob([message.code], { type: "text/javascript" }));
  await import(address); // fills the slot
  URL.revokeObjectURL(address);
}

async function render(context) {
  const { model, signal } = context;
  const asking = setInterval(() => _ask(model), WAIT_MS);
  signal.addEventListener("abort", () => clearInterval(asking));
  model.on("msg:custom", _sent);
  const code = await slot.code;
  clearInterval(asking);
  model.off("msg:custom", _sent);
  return signal.aborted ? undefined : code.render(context);
}

export default { render };

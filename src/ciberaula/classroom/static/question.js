// The frame of every widget: heading, prompt, control, buttons, state of saving, explanation.

const TYPING_PAUSE_MS = 700;
const SUPPRESS = "data-lm-suppress-shortcuts";
const CONTROLS = {
  single: choiceControl,
  multiple: choiceControl,
  ordering: orderingControl,
  matching: matchingControl,
  number: numberControl,
  text: textControl,
  form: formControl,
  fitting: formControl,
  coding: codingControl,
};

function render({ model, el }) {
  const spec = model.get("spec");
  const view = newId("view");
  const talk = { stamp: null, count: 0, pressed: null };
  const send = (message) => {
    talk.count += 1;
    talk.stamp = `${view}-${talk.count}`;
    root.dataset.waiting = ""; // for whoever looks at the page: not everything sent has been heard yet
    if (message.type === "press") talk.pressed = talk.stamp;
    model.send({ ...message, stamp: talk.stamp });
  };
  const status = h("p", { class: "ciberaula-status", role: "status" });
  const root = h(
    "section",
    { class: "ciberaula ciberaula-live", lang: spec.lang, [SUPPRESS]: "true" },
    h("h3", {}, spec.title),
    spec.prompt ? h("div", { class: "ciberaula-prompt", html: spec.prompt }) : null,
  );
  // JupyterLab's one-key commands (delete a cell, run it) must not fire while a person writes an answer.
  root.addEventListener("keydown", (event) => _keepKey(root, event));
  const isDesk = spec.type === "desk";
  const answering = spec.type === "scenario" ? _storyBody : _answerBody;
  const body = isDesk ? deskBody(spec, send, status) : answering(spec, send, talk);
  root.append(body.element, ...(isDesk ? [] : [status]), ...(body.after || []));
  el.append(root);

  const update = () => {
    const state = model.get("state");
    const mine = state.stamp !== "" && state.stamp === talk.stamp;
    if (mine) talk.stamp = null; // everything this view sent has been heard
    _showStatus(status, state.status);
    body.update(state, mine);
    if (mine) delete root.dataset.waiting;
    if (state.stamp && state.stamp === talk.pressed) _bringIntoView(root, status);
  };
  update();
  model.on("change:state", update);
  const arrived = (message, buffers) => {
    if (message.type === "file" && message.stamp === talk.pressed) _keepFile(message, buffers[0]);
  };
  model.on("msg:custom", arrived);
  const leaving = () => body.flush && body.flush();
  window.addEventListener("pagehide", leaving);
  send({ type: "shown" });
  return () => {
    leaving();
    window.removeEventListener("pagehide", leaving);
    model.off("change:state", update);
    model.off("msg:custom", arrived);
  };
}

/** After the button: explanations above it may have pushed the verdict off the screen. */
function _bringIntoView(root, status) {
  const explanation = root.querySelector(".ciberaula-explanation:not([hidden])");
  requestAnimationFrame(() => {
    if (explanation) explanation.scrollIntoView({ block: "nearest" });
    status.scrollIntoView({ block: "nearest" });
  });
}

/** Give the person a file that Python made, as any download of the browser. */
function _keepFile(message, data) {
  const address = URL.createObjectURL(new Blob([data], { type: message.media_type }));
  const link = h("a", { href: address, download: message.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Keep a key to the widget, except the one that saves the notebook. */
function _keepKey(root, event) {
  if (!((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s")) {
    event.stopPropagation();
    return;
  }
  root.removeAttribute(SUPPRESS); // JupyterLab looks at it when the event arrives at the document
  setTimeout(() => root.setAttribute(SUPPRESS, "true"));
}

function _showStatus(place, status) {
  place.replaceChildren();
  place.className = "ciberaula-status";
  if (!status || !status.text) return;
  const time = status.at
    ? ` (${new Date(status.at).toLocaleTimeString("es", { hour: "2-digit", minute: "2-digit" })})`
    : "";
  place.append(symbol(status.level), ` ${status.text}${time}`);
  place.classList.add(`ciberaula-${status.level}`);
}

function _storyBody(spec, send) {
  const element = h("div", { class: "ciberaula-story" });
  let shown = null;
  return {
    element,
    update(state) {
      const now = JSON.stringify(state.story);
      if (now === shown) return;
      const arrived = drawStory(element, state.story, spec.ui, send);
      if (shown !== null) arrived.focus();
      shown = now;
    },
  };
}

function _answerBody(spec, send, talk) {
  const make = CONTROLS[spec.type];
  const typing = debounced(() => report(), TYPING_PAUSE_MS);
  const changed = (whileTyping) => {
    typing.later();
    if (whileTyping !== true) typing.flush();
  };
  const control = make ? make(spec, changed) : { element: h("div"), get: () => undefined, set() {}, explain() {} };
  let sent = null;

  function report() {
    const value = control.get();
    const text = JSON.stringify(value);
    if (value === undefined || text === sent) return;
    sent = text;
    send({ type: "save", value });
  }

  const explanation = h("div", { class: "ciberaula-explanation", hidden: true });
  const result = h("div", { class: "ciberaula-result", "aria-live": "polite", tabindex: "0", hidden: true });
  const buttons = (spec.buttons || []).map((button) =>
    h(
      "button",
      {
        type: "button",
        class: "ciberaula-button",
        onclick: () => {
          typing.flush();
          const value = control.get();
          if (value !== undefined) send({ type: "press", button: button.id, value });
        },
      },
      button.label,
    ),
  );
  const actions = buttons.length ? h("div", { class: "ciberaula-actions" }, ...buttons) : null;
  // What the button keeps is the result: in the explorer it stands below it.
  const inside = spec.type === "fitting" ? [control.element, result, actions] : [control.element, actions];
  let applied; // the value Python last told us, so that what a person is writing is never taken from her
  return {
    element: h("div", {}, ...inside),
    after: spec.type === "fitting" ? [] : [explanation, result],
    flush: () => typing.flush(),
    update(state) {
      // Fields drawn anew hold what the person chose since: what Python tells here may be older than that.
      if (control.refit) control.refit(state.sections || spec.sections, talk.stamp === null ? state.value : control.get());
      const writing = typing.due || (control.typed || []).includes(document.activeElement);
      const told = JSON.stringify(state.value);
      const mine = talk.stamp !== null || writing;
      if (told !== applied && !(mine && applied !== undefined)) {
        if (JSON.stringify(control.get()) !== told) control.set(state.value);
        sent = JSON.stringify(control.get());
        applied = told;
      }
      if (control.kept) control.kept(state);
      control.explain(state.feedback && state.feedback.items);
      const text = state.feedback && state.feedback.explanation;
      explanation.hidden = !text;
      if (explanation.innerHTML !== (text || "")) explanation.innerHTML = text || "";
      result.hidden = !state.result;
      if (result.dataset.html !== state.result) {
        result.innerHTML = state.result || "";
        result.dataset.html = state.result || "";
      }
    },
  };
}

// The frame of the case desk: clock, connection, ways, the last result, and the screen. Python holds all of it.

const PATIENCE_MS = 20_000; // after so long without an answer a person may press again

function deskBody(spec, send, status) {
  const clock = h("p", { class: "ciberaula-clock" });
  const pause = h("div");
  const top = h("div", { class: "ciberaula-head" }, clock, pause);
  const ways = h("div");
  const result = h("div", { class: "ciberaula-said", tabindex: "-1" }, status);
  const after = h("div", { class: "ciberaula-after" });
  result.append(after);
  const title = h("h4", { tabindex: "-1" });
  const parts = h("div");
  const element = h(
    "div",
    { class: "ciberaula-desk" },
    top,
    ways,
    result,
    h("div", { class: "ciberaula-screen" }, title, parts),
  );
  const waiting = { until: 0, at: 0 };
  const tools = { ui: spec.ui, drafts: new Map(), folds: new Map(), forms: new Map(), act };
  let shown = "";

  /** Send a command. A second press before the answer is no second wish; ``quietly``: saved while a person writes. */
  function act(command, more, quietly) {
    if (!quietly) {
      if (Date.now() < waiting.until) return;
      waiting.until = Date.now() + PATIENCE_MS;
      element.setAttribute("aria-busy", "true");
    }
    send({ type: "desk", ...command, ...more, at: waiting.at });
  }

  function update(state, mine) {
    const desk = state.desk;
    waiting.at = desk.at;
    if (mine) {
      waiting.until = 0;
      element.removeAttribute("aria-busy");
    }
    if (desk.screen.key !== shown) {
      shown = desk.screen.key;
      parts.drawn = [];
      parts.replaceChildren();
      tools.forms.clear();
    }
    top.hidden = !desk.head.clock;
    _drawClock(clock, desk.head);
    drawParts(pause, desk.head.pause ? [desk.head.pause] : [], tools);
    drawParts(ways, desk.ways ? [desk.ways] : [], tools);
    drawParts(after, desk.after, tools);
    if (title.textContent !== desk.screen.title) title.textContent = desk.screen.title;
    drawParts(parts, desk.screen.parts, tools);
    for (const [id, form] of tools.forms) {
      const about = desk.form.id === id ? desk.form : { problems: {}, refused: "" };
      form.tell(about.problems, about.refused);
    }
    if (mine) _moveFocus(desk.focus, { title, parts, result, form: tools.forms.get(desk.form.id) });
  }

  return { element, update, flush: () => tools.forms.forEach((form) => form.flush()) };
}

function _drawClock(place, head) {
  const text = JSON.stringify([head.clock, head.day, head.connection]);
  if (place.dataset.text === text) return;
  place.dataset.text = text;
  const mark = h("span", { "aria-hidden": "true" }, head.connected ? "● " : "○ ");
  place.replaceChildren(
    h("strong", {}, head.clock),
    h("span", { class: "ciberaula-day" }, head.day),
    h("span", { class: "ciberaula-connection" }, mark, head.connection),
  );
}

/** After what this person did: to the new screen or part of it, to the result, or to what she should mend. */
function _moveFocus(focus, places) {
  const targets = {
    screen: () => places.title,
    inside: () => places.parts.querySelector("h5[tabindex]"),
    said: () => places.result,
    form: () => places.form && (places.form.wrong() || places.form.first()),
  };
  const target = targets[focus] && targets[focus]();
  if (!target) return;
  target.focus({ preventScroll: true });
  const top = target.getBoundingClientRect().top;
  if (top < 0 || top > window.innerHeight / 2) target.scrollIntoView({ block: "start" });
}

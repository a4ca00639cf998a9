// Drafts: every change is kept in this browser at once and on the server a moment later.
const form = document.getElementById("voucher");
const says = form.dataset;
const note = document.getElementById("saved");
const told = document.getElementById("told");
const LEFT_OUT = new Set(["csrf", "nonce", "pin", "keep", "template_name", "draft", "version"]);
const WAIT = 800;
const AGAIN = 5000;
const field = (name) => form.elements.namedItem(name);
const place = () => says.store + field("draft").value;

const fields = () =>
  Object.fromEntries([...new FormData(form)].filter(
    ([name, value]) => typeof value === "string" && value && !LEFT_OUT.has(name)));

const local = {
  put: (key, entry) => { try { localStorage.setItem(key, JSON.stringify(entry)); } catch { /* full or off */ } },
  get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  drop: (key) => { try { localStorage.removeItem(key); } catch { /* off */ } },
  keys: () => { try { return Object.keys(localStorage).filter((key) => key.startsWith(says.store)); } catch { return []; } },
};

const post = async (values) => {
  const body = new URLSearchParams({ ...values, csrf: field("csrf").value });
  const answer = await fetch(says.drafts, { method: "POST", body, headers: { accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.code), { said: found.sentence });
  return found;
};

const tell = (text, link) => {
  const line = document.createElement("p");
  line.textContent = text;
  if (link) {
    const go = document.createElement("a");
    go.href = link;
    go.textContent = ` ${says.saysOpen}`;
    line.append(go);
  }
  told.append(line);
  told.hidden = false;
};

const beside = (other) =>
  tell(`${says.saysOther}${other.by} ${other.at.slice(0, 16).replace("T", " ")}。${says.saysMine}`);

let timer = 0;
let running = null;
let change = 0;

const save = async () => {
  clearTimeout(timer);
  const mine = change;
  const key = place();
  const [draft, version] = [field("draft").value, field("version").value];
  try {
    const answer = await post({ ...fields(), draft, version });
    field("draft").value = answer.draft;
    field("version").value = answer.version;
    if (answer.other) beside(answer.other);
    if (answer.draft !== key.slice(says.store.length)) local.drop(key);
    if (mine === change) local.drop(place());
    else later(WAIT);
    note.textContent = says.saysSaved;
  } catch (fault) {
    note.textContent = fault.said || says.saysAway;
    later(AGAIN);
  }
};

const once = () => (running ??= save().finally(() => { running = null; }));
const later = (wait) => { clearTimeout(timer); timer = setTimeout(once, wait); };

const changed = (event) => {
  if (event && LEFT_OUT.has(event.target.name)) return;
  change += 1;
  const version = field("version").value;
  local.put(place(), { fields: fields(), version, sent: false });
  later(WAIT);
};

form.addEventListener("input", changed);
form.addEventListener("change", changed);
window.addEventListener("online", () => change && later(0));

// A save on its way ends before the voucher goes; what the server refuses is still here.
form.addEventListener("submit", (event) => {
  const by = event.submitter;
  if (running) {
    event.preventDefault();
    running.then(() => form.requestSubmit(by));
    return;
  }
  clearTimeout(timer);
  const entry = local.get(place());
  if (entry) local.put(place(), { ...entry, sent: true });
});

// Signed by passkey: gone without a submit, and done.
form.addEventListener("signed", () => {
  clearTimeout(timer);
  local.drop(place());
});

// What an earlier visit could not send: sent now. Done voucher: forgotten.
const recover = async () => {
  const done = new URLSearchParams(location.search).has("done");
  let here = false;
  for (const key of local.keys()) {
    const entry = local.get(key);
    const draft = key.slice(says.store.length);
    if (!entry || (entry.sent && done)) { local.drop(key); continue; }
    try {
      const answer = await post({ ...entry.fields, draft, version: entry.version });
      local.drop(key);
      if (answer.other) beside(answer.other);
      if (draft === field("draft").value && !answer.other && !says.typed) here = true;
      else tell(says.saysBack, `${says.room}?draft=${answer.draft}`);
    } catch { /* next time */ }
  }
  if (here && !change) location.reload();
};
recover();

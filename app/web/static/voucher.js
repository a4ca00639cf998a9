// The voucher grid by keyboard: the keys that bookkeepers know, sums as they type, a pasted table.
import { combobox, meant, spells } from "./lookup.js";
import { capital, parse, plain, yuan } from "./money.js";

const form = document.getElementById("voucher");
const says = form.dataset;
const body = form.querySelector("table.entry tbody");
const foot = form.querySelector("table.entry tfoot");
const told = document.getElementById("told");
const MOST = 60;
const field = (name) => form.elements.namedItem(name);
const cell = (name, row) => field(`${name}${row}`);
const count = () => body.rows.length;
const rowOf = (input) => Number(/\d+$/.exec(input.name)?.[0] ?? -1);
const is = (input, ...names) => names.some((name) => new RegExp(`^${name}\\d+$`).test(input.name));
const set = (input, value) => {
  input.value = value;
  input.dispatchEvent(new Event("input", { bubbles: true }));
};
const tell = (text) => {
  told.textContent = text;
  told.hidden = !text;
};

let accounts = [];
let dimensions = {};  // values by the code of the dimension
const touched = new Set(says.typed ? ["kind", "purpose"] : []);
if (field("purpose").value) ["kind", "purpose"].forEach((name) => touched.add(name));

// Positive is a debit, negative a credit; null when the row has no readable amount.
const amount = (row) => {
  const [debit, credit] = ["debit", "credit"].map((side) => cell(side, row).value.trim());
  if (Boolean(debit) === Boolean(credit)) return null;
  const fen = parse(debit || credit);
  return Number.isNaN(fen) ? null : debit ? fen : -fen;
};
const rows = () => [...Array(count()).keys()];
const legs = () =>
  rows().map((row) => ({ row, fen: amount(row), account: meant(accounts, cell("account", row).value) }));

const side = (fen) =>
  fen === 0 ? says.saysEven : `${fen > 0 ? says.saysDebit : says.saysCredit} ${yuan(Math.abs(fen))}`;

const total = () => {
  const all = legs();
  const debit = all.reduce((sum, leg) => sum + Math.max(leg.fen ?? 0, 0), 0);
  const credit = all.reduce((sum, leg) => sum - Math.min(leg.fen ?? 0, 0), 0);
  const even = document.getElementById("even");
  foot.hidden = false;
  document.getElementById("debits").value = yuan(debit);
  document.getElementById("credits").value = yuan(credit);
  document.getElementById("capital").textContent = debit ? capital(debit) : "";
  even.textContent = debit === credit
    ? even.dataset.even
    : `${debit > credit ? even.dataset.debit : even.dataset.credit} ${yuan(Math.abs(debit - credit))}`;
  even.classList.toggle("warn", debit !== credit);
  const moved = {};
  for (const { row, account } of all) ask(row, account);
  for (const { row, fen, account } of all) {
    const note = body.rows[row].querySelector(".balance");
    if (!account) { note.textContent = ""; continue; }
    moved[account.code] = (moved[account.code] ?? account.fen) + (fen ?? 0);
    const now = moved[account.code];
    const before = now - (fen ?? 0);
    note.textContent = `${says.saysBalance} ${side(before)}${fen ? ` → ${side(now)}` : ""}`;
  }
  guess(all);
};

// 收款、付款、转账 follow from the money accounts; the item when only one fits the account.
const guess = (all) => {
  const root = (leg) => leg.account.code.split(".")[0];
  const known = all.filter((leg) => leg.account && leg.fen !== null);
  const money = known.filter((leg) => ["101", "102"].includes(root(leg)));
  if (known.length < 2) return;
  const sum = money.reduce((fen, leg) => fen + leg.fen, 0);
  if (!touched.has("kind"))
    field("kind").value = !money.length ? "transfer" : sum > 0 ? "receipt" : "payment";
  if (touched.has("purpose")) return;
  const wanted = { receipt: "income", payment: "spending", transfer: "transfer" }[field("kind").value];
  const others = known.filter((leg) => !money.includes(leg)).map(root);
  const fitting = [...field("purpose").options].filter(
    (one) => one.dataset.side === wanted && others.includes(one.dataset.account));
  field("purpose").value = fitting.length === 1 ? fitting[0].value : "";
};

// A dimension is asked for on its accounts alone; what was chosen stays to be seen.
const ask = (row, account) => {
  for (const label of body.rows[row].querySelectorAll(".dim")) {
    const codes = label.dataset.accounts.split(" ").filter(Boolean);
    const wanted = account && (!codes.length || codes.some((code) => `${account.code}.`.startsWith(`${code}.`)));
    label.hidden = !wanted && !label.querySelector("input").value;
  }
};
const dims = (row) => [...body.rows[row].querySelectorAll(".dim:not([hidden]) input")];

const dress = (row) => {
  for (const input of body.rows[row].querySelectorAll(".dim input")) {
    const values = dimensions[/^dim_(.+)_\d+$/.exec(input.name)[1]] ?? [];
    combobox(input, values, { list: input.getAttribute("aria-label"), none: says.saysNothing }, total);
  }
  const note = document.createElement("small");
  note.className = "balance";
  const input = cell("account", row);
  note.id = `balance${row}`;
  input.setAttribute("aria-describedby", note.id);
  combobox(input, accounts, { list: `${says.saysList} ${row + 1}`, none: says.saysNone }, total);
  input.closest("td").append(note);
};

const add = () => {
  if (count() >= MOST) return;
  const row = count();
  const made = body.rows[0].cloneNode(true);
  for (const extra of made.querySelectorAll(".choices, .balance")) extra.remove();
  for (const input of made.querySelectorAll("input")) {
    input.name = input.name.replace(/\d+$/, row);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, row + 1));
    input.value = "";
    for (const name of ["aria-controls", "aria-activedescendant", "aria-describedby"]) input.removeAttribute(name);
  }
  body.append(made);
  dress(row);
};
const filled = (row) => ["account", "debit", "credit"].some((name) => cell(name, row).value.trim());
const grow = () => { if (filled(count() - 1)) add(); };

// The order of Enter: summary, the grid row by row, and out of it when the sums are equal.
const balanced = () => {
  const known = legs().filter((leg) => leg.fen !== null);
  return known.length > 1 && known.reduce((sum, leg) => sum + leg.fen, 0) === 0;
};
const following = (input) => {
  const row = rowOf(input);
  const next = () => {
    if (row + 1 >= count()) add();
    return balanced() && !filled(row + 1) ? field("payee") : cell("words", Math.min(row + 1, count() - 1));
  };
  if (input.name === "summary") return cell("account", 0);
  if (is(input, "words")) return cell("account", row);
  if (is(input, "account", "dim_.+_")) {
    const all = dims(row);
    return all[all.indexOf(input) + 1] ?? cell("debit", row);
  }
  if (is(input, "debit")) return input.value.trim() || cell("credit", row).value.trim() ? next() : cell("credit", row);
  if (is(input, "credit")) return next();
  const all = [...form.elements].filter((one) => one.type !== "hidden" && one.offsetParent);
  return all[all.indexOf(input) + 1];
};

const missing = () => [...form.querySelectorAll(":invalid")].find((one) => one.name !== "pin");
const submit = () => {
  const lacking = missing() ?? (field("pin").value ? null : field("pin"));
  if (lacking) lacking.focus();
  else form.requestSubmit();
};

const onAmount = (event, input) => {
  const row = rowOf(input);
  const other = cell(is(input, "debit") ? "credit" : "debit", row);
  if (event.key === "=") {
    const rest = rows().reduce((sum, one) => sum + (one === row ? 0 : amount(one) ?? 0), 0);
    const into = cell(rest > 0 ? "credit" : "debit", row);
    set(cell(rest > 0 ? "debit" : "credit", row), "");
    set(into, rest ? plain(Math.abs(rest)) : "");
    into.focus();
  } else if (event.key === " ") {
    [input.value, other.value] = [other.value, input.value];
    set(other, other.value);
    other.focus();
  } else if (event.key === "-" || event.key === "－") {
    tell(says.saysRed);
  } else if (event.key === "?" || event.key === "？") {
    const help = document.getElementById("keys");
    help.open = true;
    help.querySelector("summary").focus();
  } else return;
  event.preventDefault();
};

// Initials choose an item (sdtx for 水电通讯费), those that fit the account first.
let typed = "";
let last = 0;
const onPurpose = (event, select) => {
  if (!/^[a-z]$/i.test(event.key)) return;
  event.preventDefault();
  typed = (event.timeStamp - last < 1500 ? typed : "") + event.key;
  last = event.timeStamp;
  const heard = [...select.options].filter((one) => spells(typed, (one.dataset.letters ?? "").split(" ")));
  const roots = legs().map((leg) => leg.account?.code.split(".")[0]);
  const found = heard.find((one) => roots.includes(one.dataset.account)) ?? heard[0];
  if (found) set(select, found.value);
};

let before = "";
form.addEventListener("focusin", (event) => { before = event.target.value; });
form.addEventListener("keydown", (event) => {
  const input = event.target;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "F8") {
    event.preventDefault();
    input.blur();
    submit();
  } else if (event.key === "F7") {
    event.preventDefault();
    if (!is(input, "account", "dim_.+_")) cell("account", Math.max(0, rowOf(input))).focus();
  } else if (event.key === "Enter" && input.matches("input:not([type=file]):not([name=pin]):not([name=template_name]), select")) {
    event.preventDefault();
    following(input)?.focus();
  } else if (event.key === "Enter" && input.name === "template_name") {
    event.preventDefault();
    input.closest("details").querySelector("button").click();
  } else if (event.key === "Escape" && input.matches("input:not([type=file])")) {
    set(input, before);
  } else if (input === field("purpose")) onPurpose(event, input);
  else if (is(input, "debit", "credit")) onAmount(event, input);
});

form.addEventListener("input", (event) => {
  const input = event.target;
  if (is(input, "words") && [...".。"].some((dot) => input.value === dot.repeat(2))) {
    const row = rowOf(input);
    set(input, (row ? cell("words", row - 1).value : "") || field("summary").value);
  }
  if (input.name === "kind" || input.name === "purpose") touched.add(input.name);
  if (is(input, "account", "debit", "credit")) { grow(); total(); }
});

// A table from a spreadsheet: quoted cells, merged cells (empty below and beside), a head, a sum.
const table = (text) => {
  const lines = text.replace(/\r\n?/g, "\n").match(/(?:"(?:[^"]|"")*"|[^\n])+/g) ?? [];
  const inner = (one) => (/^".*"$/s.test(one) ? one.slice(1, -1).replace(/""/g, '"') : one);
  return lines
    .map((line) => line.split("\t").map((one) => inner(one).replace(/\s+/g, " ").trim()))
    .filter((line) => line.some(Boolean));
};
const COLUMNS = ["words", "account", "debit", "credit"];
const HEADS = { 摘要: "words", 科目: "account", 会计科目: "account", 借方: "debit", 贷方: "credit", 借方金额: "debit", 贷方金额: "credit" };
const SUM = /^(合计|总计|小计)/;

const place = (lines, first, start) => {
  const unread = [];
  const left = [];
  const heads = lines[0].map((one) => HEADS[one]);
  const titled = heads.filter(Boolean).length > 1;
  const columns = titled ? heads : COLUMNS.slice(start);
  let row = first;
  let words = "";
  for (const line of titled ? lines.slice(1) : lines) {
    const what = line.join(" ").trim();
    if (line.some((one) => SUM.test(one)) || row >= MOST) { left.push(what); continue; }
    while (row >= count()) add();
    line.forEach((value, at) => {
      const name = columns[at];
      if (!name) { if (value) unread.push(`${says.saysRow} ${row + 1}：${value}`); return; }
      let known = value;
      if (name === "words") known = words = value || words;
      else if (name === "account" && value) {
        const one = meant(accounts, value);
        if (one) known = `${one.code} ${one.name}`;
        else unread.push(`${says.saysRow} ${row + 1}：${value}`);
      } else if (value) {
        const fen = parse(value);
        if (Number.isNaN(fen) || fen < 0) unread.push(`${says.saysRow} ${row + 1}：${value}`);
        else known = fen ? plain(fen) : "";
      }
      set(cell(name, row), known);
    });
    row += 1;
  }
  const parts = [`${says.saysPasted}${row - first}。`];
  if (unread.length) parts.push(`${says.saysUnread}${unread.join("；")}。`);
  if (left.length) parts.push(`${says.saysLeft}${left.join("；")}。`);
  tell(parts.join(" "));
};

body.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const start = COLUMNS.findIndex((name) => is(event.target, name));
  place(table(text), rowOf(event.target), start);
});

const begin = async () => {
  const answer = await fetch(says.accounts);
  accounts = await answer.json();
  if (says.dimensions) {
    const found = await (await fetch(says.dimensions)).json();
    dimensions = Object.fromEntries(found.map((one) => [one.code, one.values]));
  }
  rows().forEach(dress);
  total();
  form.dataset.ready = "yes";
};
if (!says.typed) field("summary").focus();
begin();

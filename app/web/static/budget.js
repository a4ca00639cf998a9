// One line under the voucher form: what the item's budget is, what is used, what this leaves.
import { parse, yuan } from "./money.js";

const line = document.getElementById("budget");
const form = document.getElementById("voucher");
const said = line.dataset;
let year = "";
let uses = {};

const total = () => {
  let sum = 0;
  for (const input of form.querySelectorAll('input[name^="debit"]')) sum += parse(input.value) || 0;
  return sum;
};

const say = () => {
  const found = uses[form.elements.purpose.value];
  line.hidden = !found;
  if (!found) return;
  const [budget, used, pending] = found;
  const left = budget - used - pending;
  const after = left - total();
  const parts = [[said.budget, budget], [said.used, used], [said.pending, pending], [said.left, left]];
  const words = parts.map(([word, fen]) => `${word} ${yuan(fen)}`);
  words.push(after < 0 ? `${said.over} ${yuan(-after)}` : `${said.after} ${yuan(after)}`);
  line.textContent = words.join(" · ");
  line.className = after < 0 ? "notice" : "small";
};

const ask = async () => {
  const wanted = form.elements.day.value.slice(0, 4);
  if (/^20\d\d$/.test(wanted) && wanted !== year) {
    year = wanted;
    try {
      const answer = await fetch(`${said.from}?year=${year}`);
      uses = answer.ok ? await answer.json() : {};
    } catch {
      uses = {};
    }
  }
  say();
};

if (line && form) {
  form.addEventListener("input", ask);
  form.addEventListener("change", ask);
  ask();
}

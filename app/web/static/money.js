// Amounts as ledger/money.py reads and writes them, in fen.
const WIDE = "０１２３４５６７８９，．－−＋￥";
const NARROW = "0123456789,.--+¥";
const AMOUNT = /^([-+]?)\s*¥?\s*([-+]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]{1,2}))?\s*元?$/;
const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const UNITS = [[1e8, "亿"], [1e4, "万"], [1000, "仟"], [100, "佰"], [10, "拾"]];

// The amount in fen, or NaN if the text is none.
export const parse = (text) => {
  const plain = [...text.trim()].map((c) => NARROW[WIDE.indexOf(c)] ?? c).join("");
  const found = AMOUNT.exec(plain);
  if (!found || !(found[3] || found[4]) || (found[1] && found[2])) return NaN;
  const fen = Number(found[3].replace(/,/g, "") + (found[4] || "").padEnd(2, "0"));
  if (!Number.isSafeInteger(fen)) return NaN;
  return found[1] === "-" || found[2] === "-" ? -fen : fen;
};

export const plain = (fen) =>
  `${fen < 0 ? "-" : ""}${Math.floor(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;

export const yuan = (fen) => plain(fen).replace(/\B(?=(\d{3})+\.)/g, ",");

const spell = (number) => {
  for (const [unit, word] of UNITS) {
    if (number < unit) continue;
    const head = Math.floor(number / unit);
    const rest = number % unit;
    const gap = rest > 0 && rest < Math.floor(unit / 10) ? "零" : "";
    return spell(head) + word + gap + (rest ? spell(rest) : "");
  }
  return DIGITS[number];
};

// 大写金额.
export const capital = (fen) => {
  const all = Math.abs(fen);
  const [whole, jiao, cent] = [Math.floor(all / 100), Math.floor(all / 10) % 10, all % 10];
  let text = whole || !fen ? `${spell(whole)}元` : "";
  if (whole && (jiao || cent) && (whole % 10 === 0 || jiao === 0)) text += "零";
  text += jiao ? `${DIGITS[jiao]}角` : "";
  text += cent ? `${DIGITS[cent]}分` : "整";
  return fen < 0 ? `负${text}` : text;
};
